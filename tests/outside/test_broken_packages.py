"""A package whose kinds cannot be loaded ends in a sentence that names it; what needs no kinds does not notice."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.kinds import ROOT, call, package, tideover

STARTER = str(ROOT / "sim" / "scenario" / "starter.yaml")
TAKEN = """
from sim.disruptions.base import DISRUPTIONS, Disruption

@DISRUPTIONS.register("recall")
class Mine(Disruption):
    "Mine."
"""


BROKEN = [
    ("import no_such_library", "ModuleNotFoundError: No module named 'no_such_library' (rules.py:1)"),
    ("\n\nraise RuntimeError('two\\nlines')", "RuntimeError: two lines (rules.py:3)"),
    ("def broken(:", "SyntaxError: invalid syntax (rules.py, line 1)"),
    ("raise SystemExit(3)", "SystemExit: 3 (rules.py:1)"),
    (TAKEN, "ValueError: disruption 'recall' is registered twice (rules.py:4)"),
    (
        "from sim.metrics.base import metric\nmetric('fill_rate', 'Mine', 'share')(len)",
        "'fill_rate' is registered twice",
    ),
    ("from sim.disruptions.base import DISRUPTONS", "cannot import name 'DISRUPTONS'"),
]
COMMANDS = [["run", STARTER, "--json"], ["list", "kinds"], ["schema"]]
CASES = [(*case, ["validate", STARTER]) for case in BROKEN] + [(*BROKEN[0], words) for words in COMMANDS]


@pytest.mark.parametrize(("text", "reason", "words"), CASES)
def test_it_is_named_with_the_reason_and_the_remedy(text: str, reason: str, words: list[str], tmp_path: Path) -> None:
    done = tideover(package(tmp_path, "broken", {"rules": text}), *words)
    assert done.returncode == 2 and done.stdout == "" and "Traceback" not in done.stderr
    first, rest = done.stderr.split("\n", 1)
    assert first.startswith("package 'broken' 1.0: its kinds 'broken' cannot be loaded: ") and reason in first
    assert first.endswith("; expected a version of it that works here, or none: pip uninstall broken")
    assert rest == "1 problem; nothing was run.\n"


def test_all_of_several_are_told_at_once_and_a_module_that_is_not_there_too(tmp_path: Path) -> None:
    for name in ("first", "second"):
        package(tmp_path, name, {"rules": "import no_such_library"})
    entry = tmp_path / "second-1.0.dist-info" / "entry_points.txt"
    entry.write_text("[tideover.kinds]\nsecond = second.no_such_module\n", encoding="utf-8")
    done = tideover(tmp_path, "validate", STARTER)
    assert [line.split(":")[0] for line in done.stderr.splitlines()] == [
        "package 'first' 1.0", "package 'second' 1.0", "2 problems; nothing was run."
    ]  # fmt: skip
    assert done.returncode == 2


def test_what_needs_no_kinds_goes_on(tmp_path: Path) -> None:
    package(tmp_path, "broken", {"rules": "import no_such_library"})
    for words in (["--version"], ["--help"], ["run", "--help"]):
        done = tideover(tmp_path, *words)
        assert done.returncode == 0 and not done.stderr, words


def test_in_python_it_is_told_every_time(tmp_path: Path) -> None:
    package(tmp_path, "broken", {"rules": "import no_such_library"})
    code = f"""
import sim
for _ in range(2):
    try:
        sim.run({STARTER!r})
    except sim.ScenarioError as error:
        print(error.problems[0].file)
"""
    assert call(tmp_path, "-c", code).stdout == "package 'broken' 1.0\n" * 2


def test_another_source_is_another_program(tmp_path: Path) -> None:
    """A study does not go on with results of an older version of its kinds, whatever their version number says."""
    code = "from sim.study.design.fingerprint import program; print(program())"
    folders = {"none": tmp_path}
    for name, text in (("old", "HEIGHT = 1"), ("new", "HEIGHT = 2")):
        folders[name] = package(tmp_path / name, "mine", {"rules": "import mine.shared", "shared": text})
    found = {name: call(folder, "-c", code).stdout for name, folder in folders.items()}
    assert all(found.values()) and len(set(found.values())) == 3
    assert call(folders["old"], "-c", code).stdout == found["old"]


def test_nothing_asks_for_kinds_while_it_is_imported(tmp_path: Path) -> None:
    """Or a package from outside would be imported into the middle of the import of what it stands on."""
    package(tmp_path, "mine", {"rules": "raise RuntimeError('too early')"})
    code = """
import importlib, pkgutil, sim
for info in pkgutil.walk_packages(sim.__path__, "sim."):
    if info.name != "sim.__main__":
        importlib.import_module(info.name)
from sim.discovery import OUTSIDE
print(OUTSIDE._begun)
"""
    done = call(tmp_path, "-c", code)
    assert done.stdout == "False\n", done.stderr


def test_a_plain_command_does_not_look_for_packages() -> None:
    """Neither the registry nor what reads the lists of installed packages is imported for `--version`'s sake."""
    code = "import sys; from sim.cli import cli; cli.main(['--version'], standalone_mode=False); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert not {"sim.discovery", "sim.registry", "pydantic"} & set(done.stdout.split())
