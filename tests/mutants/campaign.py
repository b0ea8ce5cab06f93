"""`make mutants`: small faults are put into the code one by one, and the tests are asked whether they notice.

Works on a copy of the last commit below `.mutants`, and goes on where it was stopped. Prints what was found as the
tables of docs/testing.md, with all that survived and has no explanation in `explained.toml`.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tomllib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cosmic_ray.mutating import mutate_and_test
from cosmic_ray.work_db import WorkDB
from cosmic_ray.work_item import TestOutcome, WorkResult
from scipy.stats import binomtest

from tests.mutants.judges import PYTEST, Judges, environment, watch
from tests.mutants.mutations import PACKAGES, fill, in_turn

ROOT = Path(__file__).resolve().parents[2]
EXPLAINED = Path(__file__).with_name("explained.toml")
LIMITS = "ulimit -t {seconds} -v 12000000; exec "
"""Of processor time and memory; in a shell, before the tests."""
PATIENCE = 7200
"""Seconds by the clock, for what waits without using the processor: tests take a few minutes of it at most."""


@dataclass(frozen=True)
class Verdict:
    """What became of one mutant: `change` is the line before and after; `fate` killed, stuck, survived or explained."""

    package: str
    place: str
    change: tuple[str, str]
    fate: str


def tree_of(commit: str, folder: Path) -> Path:
    """A copy of the files of a commit, laid anew: a campaign that was stopped may have left a fault in it."""
    tree = folder / "tree"
    tree.mkdir(parents=True, exist_ok=True)
    packed = subprocess.run(["git", "archive", commit], cwd=ROOT, capture_output=True, check=True)
    subprocess.run(["tar", "-x"], cwd=tree, input=packed.stdout, check=True)
    return tree


def judged(item: Any, judges: Judges, folder: Path) -> WorkResult:
    """Put the fault in, run the tests that can see it until the first fails, take the fault out."""
    (mutation,) = item.mutations
    tests = judges.of(str(mutation.module_path), mutation.start_pos[0], mutation.end_pos[0])
    if not tests:
        return mutate_and_test(item.mutations, "true", PATIENCE)
    asked = folder / "asked.txt"
    asked.write_text("\n".join(tests) + "\n", encoding="utf-8")
    seconds = 60 + 4 * int(sum(judges.seconds[test] for test in tests))
    command = LIMITS.format(seconds=seconds) + " ".join([*PYTEST, "-x", f"@{asked}"])
    return mutate_and_test(item.mutations, f'bash -c "{command}"', PATIENCE)


def verdict(item: Any, result: WorkResult, explained: set[tuple[str, str, str]]) -> Verdict:
    """The fate of a mutant. `stuck` is one that no test refused: it ran into the limit of time or memory."""
    (mutation,) = item.mutations
    file = str(mutation.module_path)
    lines = (result.diff or "").splitlines()
    change = tuple(
        " ".join(" ".join(line[1:] for line in lines if line[:1] == sign and line[:3] != sign * 3).split())
        for sign in "-+"
    )
    if result.test_outcome == TestOutcome.SURVIVED:
        fate = "explained" if (file, *change) in explained else "survived"
    else:
        fate = "killed" if " failed" in (result.output or "") or " error" in (result.output or "") else "stuck"
    return Verdict(file.split("/")[1], f"{file}:{mutation.start_pos[0]} {mutation.definition_name or ''}", change, fate)


def report(verdicts: list[Verdict]) -> str:
    """Tables of the fates by package and of the survivors, with Wilson's interval of the share that was noticed."""
    lines = ["| package | mutants | killed | stuck | explained | survived |", "|---|---|---|---|---|---|"]
    for package in (*PACKAGES, "all"):
        fates = Counter(v.fate for v in verdicts if package in ("all", v.package))
        counts = [fates.total(), *(fates[fate] for fate in ("killed", "stuck", "explained", "survived"))]
        lines.append(f"| {package} | " + " | ".join(str(count) for count in counts) + " |")
    number, left = len(verdicts), sum(v.fate == "survived" for v in verdicts)
    if number:
        interval = binomtest(left, number).proportion_ci(method="wilson")
        found = f"{left} of {number} ({left / number:.1%}) survived without an explanation"
        lines += ["", f"{found}; 95% interval {interval.low:.1%} to {interval.high:.1%} (Wilson)."]
    lines += ["", "| survivor | was | is |", "|---|---|---|"]
    for v in sorted((v for v in verdicts if v.fate == "survived"), key=lambda v: v.place):
        lines.append(f"| {v.place} | `{v.change[0]}` | `{v.change[1]}` |".replace("||", "\\|\\|"))
    return "\n".join(lines) + "\n"


def explanations() -> set[tuple[str, str, str]]:
    """(file, line before, line after) of the survivors that change nothing anybody could see."""
    found = tomllib.loads(EXPLAINED.read_text(encoding="utf-8"))
    return {(entry["file"], entry["was"], entry["is"]) for entry in found["mutant"]}


def main() -> None:
    """Judge mutants until as many are judged as were asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--sample", type=int, default=200, help="mutants to judge, earlier ones of this commit included"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2, help="processes for the run that sees which test runs what")
    options = parser.parse_args()
    commit = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.strip()
    folder = ROOT / ".mutants" / f"{commit[:12]}-{options.seed}"
    tree = tree_of(commit, folder)
    watch(tree, folder, options.workers)
    os.environ |= environment(tree)
    os.chdir(tree)
    session = folder / "session.sqlite"
    db = WorkDB(str(session), WorkDB.Mode.create)
    if not db.num_work_items:
        fill(db, options.seed)
    judges, explained = Judges.read(tree, folder), explanations()
    known, verdicts = dict(db.results), []
    for item in in_turn(db)[: options.sample]:
        if item.job_id not in known:
            db.set_result(item.job_id, judged(item, judges, folder))
            known |= dict(db.results)
        verdicts.append(verdict(item, known[item.job_id], explained))
        sys.stdout.write(f"{verdicts[-1].fate:9} {verdicts[-1].place}  {verdicts[-1].change[1]}\n")
        sys.stdout.flush()
    text = report(verdicts)
    (folder / "report.md").write_text(text, encoding="utf-8")
    sys.stdout.write(f"\n{text}\n{folder / 'report.md'}\n")


if __name__ == "__main__":
    main()
