"""A command replaces and deletes only what it wrote itself, and refuses before the work what it would have to spoil."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import sim
from sim.output import locks
from sim.output.folder import MARKER, UNMARKED
from sim.report.run.folder import write_atomically
from tests.bad.calls import Outcome, typed
from tests.cli.calls import files
from tests.study.conftest import contents, write_into

STUDY = ["tideover", "study", "study.yaml", "-q", "-w", "1", "-n", "2"]
PRECIOUS = "do not lose me"


def run(folder: Path, *words: str) -> Outcome:
    return typed(["tideover", "run", "starter.yaml", "-q", "--no-report", *words], folder)


@pytest.fixture
def work(tmp_path: Path) -> Path:
    """A folder with a study and its scenario."""
    write_into(tmp_path)
    return tmp_path


def test_a_run_replaces_its_own_files_and_leaves_others(work: Path) -> None:
    assert run(work, "-o", "out").code == 0
    (work / "out" / "notes.txt").write_text(PRECIOUS)
    (work / "out" / "deep").mkdir()
    (work / "out" / "deep" / "more.txt").write_text(PRECIOUS)
    before = contents(work / "out")
    again = run(work, "-o", "out", "--set", "disruptions.ban.for=10d", "--daily", "none", "--replace")
    assert again.code == 0, again.printed
    after = contents(work / "out")
    assert after["notes.txt"] == after["deep/more.txt"] == PRECIOUS.encode()
    assert after["metrics.csv"] != before["metrics.csv"]
    assert "daily.parquet" in before and "daily.parquet" not in after  # ours, and not written this time
    ours = set(json.loads(after[MARKER])["files"])
    assert ours == set(after) - {"notes.txt", "deep/more.txt", MARKER}
    assert not [name for name in files(work) if Path(name).name.startswith(".tideover-")]


def test_a_run_that_is_replaced_is_as_a_new_one(work: Path) -> None:
    assert run(work, "-o", "one").code == run(work, "-o", "two", "--seed", "9").code == 0
    assert run(work, "-o", "two", "--replace").code == 0
    one, two = contents(work / "one"), contents(work / "two")
    assert {n: one[n] for n in one if n != "manifest.json"} == {n: two[n] for n in two if n != "manifest.json"}


FOREIGN = {
    "another program's manifest": {"manifest.json": '{"name": "my extension", "version": 3}'},
    "a manifest that is no JSON": {"manifest.json": "[[["},
    "a manifest that is a list": {"manifest.json": "[1]"},
    "an empty manifest": {"manifest.json": ""},
    "a marker that is damaged": {"tideover.json": '{"tideover": "run"', "manifest.json": "{}"},
    "a marker of a later form": {"tideover.json": '{"tideover": "run", "form": 99, "files": []}'},
    "a marker that leads out": {"tideover.json": '{"tideover": "run", "form": 1, "files": ["../victim.txt"]}'},
    "a file": {"thesis.txt": PRECIOUS},
    "a folder": {"deep/thesis.txt": PRECIOUS},
}


@pytest.mark.parametrize("command", [["run", "starter.yaml"], ["study", "study.yaml"]], ids=["run", "study"])
@pytest.mark.parametrize("content", FOREIGN.values(), ids=FOREIGN)
def test_a_folder_of_something_else_is_refused_before_the_work(
    command: list[str], content: dict[str, str], work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sim, "run", lambda *_, **__: pytest.fail("it ran all the same"), raising=False)
    monkeypatch.setattr("sim.study.run.run.replicate", lambda *_: pytest.fail("it ran all the same"))
    for name, text in content.items():
        (work / "taken" / name).parent.mkdir(parents=True, exist_ok=True)
        (work / "taken" / name).write_text(text)
    (work / "victim.txt").write_text(PRECIOUS)
    before = contents(work)
    outcome = typed(["tideover", *command, "-o", "taken"], work)
    assert outcome.code == 2 and "so it is not overwritten" in outcome.printed and "--out" in outcome.printed
    assert contents(work) == before


def test_a_run_and_a_study_do_not_take_each_others_folder(work: Path) -> None:
    assert typed([*STUDY, "-o", "one"], work).code == run(work, "-o", "two").code == 0
    before = contents(work)
    first, second = run(work, "-o", "one"), typed([*STUDY, "-o", "two"], work)
    assert first.code == second.code == 2
    assert "this is the folder of a study, not a run folder" in first.printed
    assert "this is a run folder, not the folder of a study" in second.printed
    assert contents(work) == before


def test_a_run_and_a_study_of_one_name_do_not_wipe_each_other(work: Path) -> None:
    text = (work / "study.yaml").read_text().replace("study: small", "study: my-scenario")
    (work / "study.yaml").write_text(text)
    assert run(work).code == 0
    before = contents(work / "reports")
    assert typed(STUDY, work).code == 2
    assert contents(work / "reports") == before


def test_folders_of_the_time_before_markers_are_known_by_their_manifest(work: Path) -> None:
    assert run(work, "-o", "one").code == typed([*STUDY, "-o", "two"], work).code == 0
    for name in ("one", "two"):
        (work / name / MARKER).unlink()
        known = re.compile(UNMARKED["run" if name == "one" else "study"][1])
        for path in [path for path in (work / name).rglob("*") if path.is_file()]:
            if not known.fullmatch(path.relative_to(work / name).as_posix()):
                path.unlink()  # a table that came after that time
        (work / name / "thesis.txt").write_text(PRECIOUS)
    assert run(work, "-o", "two").code == typed([*STUDY, "-o", "one"], work).code == 2
    assert run(work, "-o", "one", "--daily", "none").code == typed([*STUDY, "-o", "two"], work).code == 0
    for name in ("one", "two"):
        assert (work / name / "thesis.txt").read_text() == PRECIOUS
    assert not (work / "one" / "daily.parquet").exists()


@pytest.mark.parametrize("command", [["run", "starter.yaml"], ["study", "study.yaml"]], ids=["run", "study"])
@pytest.mark.parametrize("there", ["nothing", "an empty folder", "foreign files", "a run of ours"])
def test_a_symbolic_link_is_refused(command: list[str], there: str, work: Path) -> None:
    target = work / "elsewhere"
    if there == "a run of ours":
        assert run(work, "-o", "elsewhere").code == 0
    elif there != "nothing":
        target.mkdir()
    if there == "foreign files":
        (target / "thesis.txt").write_text(PRECIOUS)
    (work / "link").symlink_to(target)
    before = contents(work)
    outcome = typed(["tideover", *command, "-o", "link"], work)
    assert outcome.code == 2 and "symbolic link" in outcome.printed
    assert contents(work) == before and (work / "link").is_symlink()


def test_a_file_of_ones_own_in_the_place_of_a_result_is_told_before_the_work(
    work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(work, "-o", "out").code == 0
    (work / "out" / "report.html").write_text(PRECIOUS)  # --no-report wrote none
    monkeypatch.setattr(sim, "run", lambda *_, **__: pytest.fail("it ran all the same"), raising=False)
    outcome = typed(["tideover", "run", "starter.yaml", "-o", "out"], work)
    assert outcome.code == 2 and "report.html: Tideover did not write this" in outcome.printed
    assert (work / "out" / "report.html").read_text() == PRECIOUS


def test_files_are_not_deleted_through_a_link_within_the_folder(work: Path) -> None:
    assert typed([*STUDY, "-o", "out"], work).code == 0
    shutil.move(work / "out" / "replications", work / "elsewhere")
    (work / "out" / "replications").symlink_to(work / "elsewhere")
    before = contents(work / "elsewhere")
    assert typed([*STUDY, "-o", "out"], work).code == 2
    assert contents(work / "elsewhere") == before


@pytest.mark.parametrize("command", [["run", "starter.yaml"], ["study", "study.yaml"]], ids=["run", "study"])
def test_a_place_below_a_file_is_refused_before_the_work(
    command: list[str], work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sim, "run", lambda *_, **__: pytest.fail("it ran all the same"), raising=False)
    monkeypatch.setattr("sim.study.run.run.replicate", lambda *_: pytest.fail("it ran all the same"))
    (work / "thesis.txt").write_text(PRECIOUS)
    outcome = typed(["tideover", *command, "-q", "-o", "thesis.txt/deep/er"], work)
    assert outcome.code == 2 and "thesis.txt is a file, so there can be no folder in it" in outcome.printed


def test_a_study_leaves_foreign_files_below_it(work: Path) -> None:
    assert typed([*STUDY, "-o", "out"], work).code == 0
    for name in (
        "thesis.txt",
        "replications/thesis.txt",
        "replications/my-scenario/mine.parquet",
        "unfinished/a/b.txt",
    ):
        (work / "out" / name).parent.mkdir(parents=True, exist_ok=True)
        (work / "out" / name).write_text(PRECIOUS)
    text = (work / "study.yaml").read_text().replace("[none, double]", "[none]")
    (work / "study.yaml").write_text(text)
    assert typed([*STUDY, "-o", "out"], work).code == 2  # another study by now
    assert typed([*STUDY, "-o", "out", "--replace"], work).code == 0
    after = contents(work / "out")
    assert len([name for name, content in after.items() if content == PRECIOUS.encode()]) == 4
    assert "replications/my-scenario/none.parquet" in after
    assert "replications/my-scenario/double.parquet" not in after  # ours, and not of this study any more
    asked = typed(["tideover", "query", "out", "SELECT DISTINCT strategy FROM replications"], work)
    assert asked.code == 0 and "none" in asked.printed  # what is not ours is not read


STRATEGY = {"../victim": "../../victim", "slash": "/../../../victim", "absolute": "/tmp/victim", "dots": "..",
            "device": "NUL", "long": "a" * 300, "unicode": "für alle"}  # fmt: skip


@pytest.mark.parametrize("name", STRATEGY.values(), ids=STRATEGY)
def test_no_strategy_leads_out_of_the_folder_of_results(name: str, tmp_path: Path) -> None:
    work = tmp_path / "a" / "b" / "c" / "d"
    work.mkdir(parents=True)
    path = write_into(work)
    written = json.dumps(name)
    scenario = (work / "starter.yaml").read_text().replace("\n  double:", f"\n  {written}:")
    (work / "starter.yaml").write_text(scenario)
    path.write_text(path.read_text().replace("double", written).replace("daily: true", ""))
    before = set(files(tmp_path))
    assert run(work, "-s", name).code == 0
    outcome = typed(STUDY, work)
    assert outcome.code == 0, outcome.printed
    new = set(files(tmp_path)) - before
    assert new and all(part.startswith("a/b/c/d/reports") for part in new)
    asked = typed(["tideover", "query", "reports/small", "SELECT DISTINCT strategy FROM summary"], work)
    assert asked.code == 0 and len(asked.printed.splitlines()) == 3


def test_strategies_that_only_capitals_tell_apart_are_refused(work: Path) -> None:
    text = (work / "study.yaml").read_text()
    (work / "study.yaml").write_text(text.replace("[none, double]", "[none, {name: None}]"))
    outcome = typed(STUDY, work)
    assert outcome.code == 2 and "capitals" in outcome.printed and "None" in outcome.printed


HOLD = """
import sys, time
from pathlib import Path
from sim.output.locks import HeldFolder, Workplace
held = HeldFolder(Path(sys.argv[1])) if sys.argv[2] == "hold" else Workplace(Path(sys.argv[1]), sys.argv[2])
print("held", flush=True)
time.sleep(600)
"""


def holder(folder: Path, what: str) -> subprocess.Popen[str]:
    """A process that is at work in a folder."""
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(folder), what], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None and process.stdout.readline() == "held\n"
    return process


@pytest.mark.parametrize("command", [["run", "starter.yaml", "--no-report"], STUDY[1:]], ids=["run", "study"])
def test_a_folder_in_which_another_is_at_work_is_refused_and_its_owner_named(command: list[str], work: Path) -> None:
    words = ["tideover", *command, "-o", "out"]
    assert typed(words, work).code == 0
    with holder(work / "out", "hold") as other:
        outcome = typed(words, work)
        other.kill()
    assert outcome.code == 2
    assert (
        f"another command is at work in this folder: process {other.pid} on {socket.gethostname()}" in outcome.printed
    )
    assert typed(words, work).code == 0  # what a killed one held is taken over
    assert not [name for name in files(work / "out") if "tideover-" in name]


def test_what_a_process_of_another_machine_holds_is_not_taken_over(work: Path) -> None:
    (work / "out").mkdir()
    owner = {"process": 1, "host": "another-machine", "since": "2024-01-01T00:00:00+00:00"}
    (work / "out" / locks.OWNER).write_text(json.dumps(owner))
    outcome = typed([*STUDY, "-o", "out"], work)
    assert outcome.code == 2 and "process 1 on another-machine" in outcome.printed and "delete" in outcome.printed
    (work / "out" / locks.OWNER).unlink()
    assert typed([*STUDY, "-o", "out"], work).code == 0


def test_leftovers_of_killed_processes_are_cleared_and_nothing_else(work: Path) -> None:
    for name in (".tideover-mine", ".tideover-far"):
        (work / name).mkdir()
        (work / name / "thesis.txt").write_text(PRECIOUS)
    far = {"process": 1, "host": "another-machine", "since": "2024-01-01T00:00:00+00:00"}
    (work / ".tideover-far" / locks.OWNER).write_text(json.dumps(far))
    with holder(work, locks.ASIDE) as dead, holder(work, locks.ASIDE) as alive:
        dead.kill()
        dead.wait()
        assert len(list(work.glob(".tideover-*"))) == 4
        assert run(work, "-o", "out").code == 0
        assert len(list(work.glob(".tideover-*"))) == 3  # the dead one's is gone
        alive.kill()
    assert run(work, "-o", "out").code == 0
    assert sorted(path.name for path in work.glob(".tideover-*")) == [".tideover-far", ".tideover-mine"]
    assert os.path.exists(work / ".tideover-mine" / "thesis.txt")


def test_a_run_that_is_killed_while_it_replaces_another_never_leaves_files_of_both(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the instant, what is there is of one run, and a manifest says that it is all of it."""

    def filled(content: dict[str, str]) -> dict[str, bytes]:
        def fill(place: Path) -> None:
            (place / "tables").mkdir()
            for name, text in content.items():
                (place / name).write_text(text)

        write_atomically(tmp_path / "out", fill)
        return {name: text.encode() for name, text in content.items()}

    old = filled(dict.fromkeys(["manifest.json", "metrics.csv", "lots.parquet", "tables/stock.csv"], "old"))
    moments: list[dict[str, bytes]] = []

    def watched(step: Callable[..., None]) -> Callable[..., None]:
        def wrapped(*args: object, **kwargs: object) -> None:
            moments.append(contents(tmp_path / "out"))
            step(*args, **kwargs)

        return wrapped

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", watched(os.replace))
        patch.setattr(Path, "unlink", watched(Path.unlink))
        new = filled(dict.fromkeys(["manifest.json", "metrics.csv", "daily.parquet", "tables/cover.csv"], "new"))
    assert len(moments) >= len(old) + len(new)
    for moment in moments:
        results = {name: there for name, there in moment.items() if "tideover" not in name}
        assert len(set(results.values())) <= 1
        assert "manifest.json" not in results or results in (old, new)
