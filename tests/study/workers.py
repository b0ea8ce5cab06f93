"""Work that is handed to other processes by the tests."""

from __future__ import annotations

import os
import signal
import time
import uuid
from pathlib import Path
from typing import Any

from sim.study.run.sharing import Shared


def square(number: int) -> int:
    """The number squared; 13 is unlucky."""
    if number == 13:
        raise ValueError("thirteen")
    return number * number


def die_on_seven(number: int) -> int:
    """Kills its own process whenever it is handed a 7."""
    if number == 7:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def die_once(task: tuple[str, int]) -> int:
    """Kills its own process the first time it is handed a 7; a file remembers that."""
    folder, number = task
    mark = Path(folder) / "died"
    if number == 7 and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def linger(mark: str) -> None:
    """Leaves a file when it begins, and takes ten minutes."""
    Path(mark).touch()
    time.sleep(600)


def linger_with(task: tuple[str, Shared[str]]) -> None:
    """Leaves the number of its process in a file when it begins, and takes ten minutes."""
    Path(task[0]).write_text(str(os.getpid()))
    time.sleep(600)


class Noted:
    """Content that leaves a file in a folder whenever it is packed, and whenever a process reads it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __getstate__(self) -> dict[str, Any]:
        self._note("packed")
        return {"folder": self.folder}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.folder = state["folder"]
        self._note("read")

    def _note(self, what: str) -> None:
        (self.folder / f"{what}-{os.getpid()}-{uuid.uuid4().hex}").touch()


Naming = tuple[int, Shared[Noted]]


def double(task: Naming) -> int:
    """Twice the number, after a while in which another worker can take the next."""
    time.sleep(0.02)
    return 2 * task[0]


def double_or_die_once(task: Naming) -> int:
    """The same, but it kills its own process the first time it is handed a 7."""
    die_once((str(task[1].content.folder), task[0]))
    return double(task)
