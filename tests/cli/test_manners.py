"""How the command behaves among others: terminals, pipes, interruptions, folders it may not write to."""

from __future__ import annotations

import contextlib
import os
import pty
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import sim
import sim.report.run.folder
from tests.bad.calls import typed
from tests.cli.calls import PROGRAM, files, tideover

LONG = ["--set", "end=2080-01-01"]
"""Makes a run that takes well over a second."""


@pytest.fixture(autouse=True)
def interruptible() -> Iterator[None]:
    """A shell starts what runs in the background deaf to Ctrl-C, and programs pass that on to those they start."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def on_a_terminal(
    words: list[str], cwd: Path, stop: signal.Signals | None = None, after: float = 1.0
) -> tuple[str, int]:
    """What is shown on a terminal, and how the program ends.

    It is sent `stop` once it shows its progress; `after` are the seconds from which on a run counts as long.
    """
    master, slave = pty.openpty()
    code = f"from sim import cli, options; options.LONG_RUN = {after}; cli.main()"
    program = [sys.executable, "-W", "error", "-c", code]
    environment = os.environ | {"TERM": "xterm", "COLUMNS": "100"}
    with subprocess.Popen(
        [*program, *words], cwd=cwd, stdout=subprocess.DEVNULL, stderr=slave, env=environment
    ) as process:
        os.close(slave)
        shown = b""
        with contextlib.suppress(OSError):  # the end of the program ends the terminal
            while part := os.read(master, 4096):
                shown += part
                if stop is not None and b"simulating" in shown:
                    process.send_signal(stop)
                    stop = None
        ended = process.wait()
    os.close(master)
    return shown.decode(), ended


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 128 + signal.SIGTERM)])
def test_a_long_run_shows_its_progress_and_leaves_nothing_when_stopped(
    number: signal.Signals, code: int, scenario: Path
) -> None:
    shown, ended = on_a_terminal(["run", "starter.yaml", *LONG, "-o", "out"], scenario.parent, number)
    assert "simulating" in shown
    assert "Traceback" not in shown
    assert ended == code
    assert files(scenario.parent) == ["starter.yaml"]


BROKEN = """
from sim.engine.serving import demand_source
from sim.errors import SimulationError
def broken(*some):
    raise SimulationError("demand is negative (-5 units) on day 0")
demand_source.DemandSource.block = broken
from sim.__main__ import main
main()
"""


@pytest.mark.parametrize("words", [["run", "starter.yaml"], ["run", "starter.yaml", "--json"]])
def test_a_run_that_breaks_a_law_ends_with_a_sentence(words: list[str], scenario: Path) -> None:
    done = tideover(*words, cwd=scenario.parent, program=[sys.executable, "-c", BROKEN])
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "failed: demand is negative (-5 units) on day 0\n"
    assert files(scenario.parent) == ["starter.yaml"]


ENTRIES = {
    "script": [str(Path(sim.__file__).parents[1] / "run_scenario.py"), "starter.yaml"],
    "module": ["-m", "sim", "run", "starter.yaml"],
    "command": ["-c", "from sim.__main__ import main; main()", "run", "starter.yaml"],
}
WHILE_IMPORTING = """
import builtins, os, signal, sys
real = builtins.__import__
def stopped(name, *args, **kwargs):
    if name == sys.stop_at:
        sys.stop_at = ""
        os.kill(os.getpid(), signal.SIGINT)
    return real(name, *args, **kwargs)
sys.stop_at = os.environ.pop("STOP_AT", "")
builtins.__import__ = stopped
"""


@pytest.mark.parametrize("module", ["sim.cli", "click", "numpy", "pydantic", "sim.disruptions", "pandas", "pyarrow"])
@pytest.mark.parametrize("words", ENTRIES.values(), ids=ENTRIES)
def test_ctrl_c_while_it_is_being_loaded_ends_it_with_a_word(words: list[str], module: str, scenario: Path) -> None:
    place = scenario.parent / "site"
    place.mkdir()
    (place / "sitecustomize.py").write_text(WHILE_IMPORTING, encoding="utf-8")
    path = os.pathsep.join([str(place), str(Path(sim.__file__).parents[1])])
    done = tideover(*words, cwd=scenario.parent, program=[sys.executable], PYTHONPATH=path, STOP_AT=module)
    assert (done.returncode, done.stderr) == (130, "Interrupted; nothing is left half written.\n")
    assert not (scenario.parent / "reports").exists()


@pytest.mark.parametrize(("words", "after"), [([], 1e9), (["--quiet"], 0.0)])
def test_a_short_or_quiet_run_shows_no_progress(words: list[str], after: float, scenario: Path) -> None:
    shown, ended = on_a_terminal(["run", "starter.yaml", *words, "--no-report"], scenario.parent, after=after)
    assert "simulating" not in shown
    assert ended == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stopped_while_writing_it_leaves_no_half_folder(number: signal.Signals, scenario: Path) -> None:
    code = f"""
import os, sim.report.run.folder
sim.report.run.folder.write_parquet = lambda path, frame: os.kill(os.getpid(), {int(number)})
from sim.cli import main
main()
"""
    program = [sys.executable, "-W", "error", "-c", code]
    done = tideover("run", "starter.yaml", "-o", "out", cwd=scenario.parent, program=program)
    assert done.returncode not in (0, 2)
    assert "Traceback" not in done.stderr
    assert files(scenario.parent) == ["starter.yaml"]


@pytest.mark.parametrize(
    "words", [["schema"], ["list", "kinds"], ["show", "starter.yaml"], ["run", "starter.yaml", "--json"], ["--help"]]
)
def test_a_reader_who_has_seen_enough_gets_no_traceback(words: list[str], scenario: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [*PROGRAM, *words], cwd=scenario.parent, stdout=writing, stderr=subprocess.PIPE, encoding="utf-8", check=False
    )
    os.close(writing)
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["run", "starter.yaml", "-o", "notes/out"], "notes is a file, so there can be no folder in it"),
        (["new", "notes/mine.yaml"], "cannot write here"),
    ],
)
def test_a_place_that_cannot_be_written_to_is_told(words: list[str], told: str, scenario: Path) -> None:
    (scenario.parent / "notes").write_text("a file, no folder", encoding="utf-8")
    outcome = typed(["tideover", *words], scenario.parent)
    assert outcome.code == 2
    assert told in outcome.printed
    assert files(scenario.parent) == ["notes", "starter.yaml"]


def test_a_full_disk_is_told_and_nothing_is_left(scenario: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, frame: object) -> None:
        path.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(sim.report.run.folder, "write_parquet", full)
    outcome = typed(["tideover", "run", "starter.yaml", "-o", "out", "-q"], scenario.parent)
    assert outcome.code == 2
    assert outcome.printed.splitlines()[-1].startswith("out: cannot write here: No space left on device")
    assert files(scenario.parent) == ["starter.yaml"]


def test_a_folder_that_is_taken_is_told_before_the_work(scenario: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sim, "run", lambda *_, **__: pytest.fail("it ran all the same"), raising=False)
    (scenario.parent / "taken").mkdir()
    (scenario.parent / "taken" / "thesis.txt").write_text("do not lose me", encoding="utf-8")
    outcome = typed(["tideover", "run", "starter.yaml", "-o", "taken"], scenario.parent)
    assert outcome.code == 2 and "not overwritten" in outcome.printed


def test_long_work_shows_the_time_that_is_left(scenario: Path) -> None:
    shown, ended = on_a_terminal(["run", "starter.yaml", "--no-report"], scenario.parent, after=0.0)
    assert "simulating" in shown and " s left" in shown
    assert ended == 0


def test_quiet_says_where_the_results_are_and_what_is_hardly_meant(scenario: Path) -> None:
    done = tideover("run", "starter.yaml", "--quiet", cwd=scenario.parent)
    assert done.stdout == "Report: reports/my-scenario/report.html\n"
    assert all(line.startswith("Note: ") for line in done.stderr.splitlines())
