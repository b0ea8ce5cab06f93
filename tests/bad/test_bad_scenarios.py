"""Every bad scenario ends with all its problems and no other, exit code 2, no traceback and nothing written."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import sim
from tests.bad.calls import BAD, CALLS, Outcome, command, expected, typed

BY_PROCESS = ("extends-circle-one", "yaml-bomb-of-aliases", "many-at-once", "table-cell-bad", "strategy-unknown")
"""Calls typed in a process of their own as well."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One copy for all: each call is checked to leave it as it was."""
    return Path(shutil.copytree(BAD, tmp_path_factory.mktemp("copy") / "bad"))


def files(folder: Path) -> dict[str, int]:
    return {str(path.relative_to(folder)): path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}


def check(call: Path, outcome: Outcome, before: dict[str, int], folder: Path) -> None:
    assert "Traceback" not in outcome.printed
    assert expected(call).fullmatch(outcome.printed), outcome.printed
    assert outcome.code == 2
    assert files(folder) == before, "something was written"


def test_there_are_enough_and_each_is_called() -> None:
    assert len(CALLS) >= 45
    called = {word for call in CALLS for word in command(call) if word.endswith(".yaml")}
    partners = {"extends-circle-two.yaml"}
    assert {path.name for path in BAD.glob("*.yaml")} <= called | partners


def test_what_they_are_laid_over_is_good() -> None:
    loaded = sim.validate(BAD / "base.yaml")
    assert loaded.notes == []
    for strategy in loaded.document.strategies:
        sim.validate(BAD / "base.yaml", strategy)


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.stem)
def test_it_is_refused_with_its_problems(call: Path, folder: Path) -> None:
    before = files(folder)
    check(call, typed(command(call), folder), before, folder)


@pytest.mark.parametrize("name", BY_PROCESS)
def test_a_process_of_its_own_says_the_same(name: str, folder: Path) -> None:
    call = BAD / f"{name}.txt"
    before = files(folder)
    program = [sys.executable, "-W", "error", "-c", "from sim.cli import main; main()", *command(call)[1:]]
    done = subprocess.run(
        program, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", check=False
    )
    check(call, Outcome(done.stdout, done.returncode), before, folder)
