"""Work that is handed to other processes by the tests."""

from __future__ import annotations

import os
import signal
from pathlib import Path


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
