"""Files that are there whole or not at all, also after a loss of power."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from sim.errors import Problem, WriteError


def put(path: Path, write: Callable[[Path], object]) -> None:
    """Let `write` fill a file beside the place, then put it there in one step; raises WriteError where it cannot."""
    beside = path.with_name(f".{path.name}.part")
    try:
        try:
            write(beside)
            move(beside, path)
        except BaseException:
            with suppress(OSError):
                beside.unlink(missing_ok=True)
            raise
    except OSError as error:  # such as a disk that is full
        raise cannot_write(path, error) from error


def put_text(path: Path, text: str) -> None:
    """The same with a text."""
    put(path, lambda place: place.write_text(text, encoding="utf-8"))


def move(source: Path, target: Path) -> None:
    """Put a file or folder in a place of the same disk; it is on the disk before it is in the place."""
    sync(source)
    os.replace(source, target)
    sync(target.parent)


def sync(path: Path) -> None:
    """See to it that a file, or the names in a folder, are on the disk."""
    if os.name == "nt" and path.is_dir():  # Windows opens no folders
        return
    number = os.open(path, os.O_RDWR if os.name == "nt" else os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def cannot_write(place: Path, error: Exception) -> WriteError:
    """What to tell of an error of the file system."""
    reason = getattr(error, "strerror", None) or str(error)
    return WriteError([Problem(str(place), 0, f"cannot write here: {reason}")])
