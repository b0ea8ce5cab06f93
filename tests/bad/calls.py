"""Calls of the command line as a file tells them, typed in a copy of the folder of bad scenarios."""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

from sim import cli

BAD = Path(__file__).resolve().parents[1] / "data" / "bad"
CALLS = sorted(BAD.glob("*.txt"))
"""What is typed and what must come out, a file each."""


@dataclass(frozen=True)
class Outcome:
    """What a call printed, both streams in one and each by itself, and its exit code."""

    printed: str
    code: int
    stdout: str = ""
    stderr: str = ""


class _Stream(io.StringIO):
    """A stream whose text goes into another, too."""

    def __init__(self, both: io.StringIO) -> None:
        super().__init__()
        self._both = both

    def write(self, text: str) -> int:
        self._both.write(text)
        return super().write(text)


def command(call: Path) -> list[str]:
    """The words typed: the first line, after its `$`."""
    first = call.read_text(encoding="utf-8").splitlines()[0]
    return shlex.split(first.removeprefix("$ "))


def expected(call: Path) -> re.Pattern[str]:
    """What must be printed, all of it; `[...]` stands for any text on a line."""
    return pattern(call.read_text(encoding="utf-8").partition("\n")[2])


def pattern(shown: str) -> re.Pattern[str]:
    """What a text with `[...]` in it stands for."""
    return re.compile(".*".join(re.escape(part) for part in shown.split("[...]")))


def typed(words: list[str], folder: Path, start: Callable[[], object] = cli.main) -> Outcome:
    """The real entry point of the command, or another program, called in this process from a folder."""
    printed = io.StringIO()
    out, err = _Stream(printed), _Stream(printed)
    before = Path.cwd()
    os.chdir(folder)
    try:
        with mock.patch.object(sys, "argv", words), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                start()
                code = 0
            except SystemExit as end:
                code = int(end.code or 0)
    finally:
        os.chdir(before)
    return Outcome(printed.getvalue(), code, out.getvalue(), err.getvalue())
