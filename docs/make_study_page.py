"""Run the shipped study of IV fluids to its end, write its brief, and put its figures on the page about studies.

Goes on where an earlier run in `reports/us-iv-fluids` stopped; `make study-page` calls it. On two quiet processors the
whole of it takes about ten minutes.
"""

from __future__ import annotations

import re
import shlex
import sys
import time
from pathlib import Path

import pandas as pd
from click.testing import CliRunner

import sim
from sim.cli import cli
from sim.report.study.study_page import study_page
from sim.study.run.query import query
from sim.study.run.run import StudyResult

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "studies.md"
STUDY = ROOT / "scenarios" / "studies" / "us-iv-fluids.yaml"
FOLDER = ROOT / "reports" / "us-iv-fluids"
ASKED = re.compile(r"^\$ tideover query reports/us-iv-fluids (.*(?:\n> .*)*)", re.MULTILINE)
FIGURES = re.compile(r"(<!-- figures: [^>]* -->\n).*?(<!-- end of figures -->)", re.DOTALL)


def headline(page: str) -> str:
    """The page's query for the headline."""
    found = ASKED.search(page)
    assert found is not None, f"{PAGE.name} asks nothing of reports/us-iv-fluids"
    return shlex.split(found[1].replace("\n> ", " "))[0]


def figures(answer: pd.DataFrame, result: StudyResult) -> str:
    """The answer to the query as a table, strategies across, and what it comes to in words."""
    wide = answer.pivot(index="scenario", columns="strategy", values="averted")
    strategies = list(wide.max().sort_values(ascending=False).index)
    lines = ["| scenario | " + " | ".join(strategies) + " |", "|---|" + "---|" * len(strategies)]
    for scenario in result.design.scenarios:
        cells = [f"{wide.loc[scenario, name]:,.0f}" for name in strategies]
        lines.append(f"| {scenario} | " + " | ".join(cells) + " |")
    draws = f"Bags averted, mean of {result.number} draws of each."
    chosen = result.regret[(result.regret["measure"] == "units_unmet") & result.regret["chosen"]]
    if chosen.empty:  # the end decides, or the draws cannot tell
        return "\n".join(["", *lines, "", f"{draws} None is called best: [why](#where-the-end-decides).", ""])
    best = {scenario: str(wide.loc[scenario].idxmax()) for scenario in result.design.scenarios}
    told = ", ".join(f"`{name}` in `{scenario}`" for scenario, name in best.items())
    row = chosen.iloc[0]
    behind = f"{row['largest_regret']:,.0f}"
    cautious = f"The cautious choice is `{row['strategy']}`: never more than {behind} bags behind the best."
    return "\n".join(["", *lines, "", f"{draws} Best is {told}.", cautious, ""])


def main(workers: int | None = None) -> None:
    """Bring study, brief and page up to date."""
    began = time.monotonic()
    result = sim.run_study(STUDY, FOLDER, workers=workers)
    if result.failures:
        raise SystemExit("\n".join(map(str, result.failures)))
    (FOLDER / "study.html").write_text(study_page(result), encoding="utf-8")
    print(f"study: {result.number} replications of {len(result.design.cases)} cases, {time.monotonic() - began:.0f} s")
    words = ["brief", str(STUDY), "--out", str(FOLDER), "--quiet", *(["--workers", str(workers)] if workers else [])]
    done = CliRunner().invoke(cli, words, catch_exceptions=False)
    if done.exit_code:
        raise SystemExit(done.output)
    print(done.output.strip())
    page = PAGE.read_text(encoding="utf-8")
    told = figures(query(FOLDER, headline(page)), result)
    PAGE.write_text(FIGURES.sub(lambda match: f"{match[1]}{told}{match[2]}", page), encoding="utf-8")
    print(told)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else None)
