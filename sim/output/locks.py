"""Who is at work in a folder: one process at a time, named to others, and cleared up after if it was killed.

The lock is the operating system's, which gives it back when its holder ends, however that ends. A file beside it names
the holder. Where that is a process of another machine that seems to be over, the machines may share a disk but no
locks: nothing is taken over or cleared then.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from sim.errors import Problem, ScenarioError
from sim.output.files import cannot_write

LOCK, OWNER = ".tideover-lock", ".tideover-owner"
OURS = (LOCK, OWNER)
"""Files that stand in a folder while somebody is at work in it."""
ASIDE = ".tideover-"
"""How folders begin that are made beside a place, to be put there once they are whole."""


class HeldFolder:
    """This process is at work in a folder, until `close`. Raises ScenarioError, which names who, where another is."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = FileLock(folder / LOCK)
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            raise _taken(folder, _owner(folder), "wait until it is done, or give another folder (--out)") from None
        except OSError as error:
            raise cannot_write(folder, error) from None
        before = _owner(folder)
        if before is not None and before["host"] != socket.gethostname():
            self._lock.release()
            raise _taken(folder, before, f"if it is over, delete {folder / OWNER} and begin again")
        owner = {"process": os.getpid(), "host": socket.gethostname(),
                 "since": dt.datetime.now(dt.UTC).isoformat(timespec="seconds")}  # fmt: skip
        try:
            (folder / OWNER).write_text(json.dumps(owner) + "\n", encoding="utf-8")
        except OSError as error:
            self.close()
            raise cannot_write(folder, error) from None

    def close(self) -> None:
        """Leave the folder to others."""
        for name in (OWNER, LOCK):  # the lock while it is held: who waits for it sees that it is gone
            with suppress(OSError):
                (self.folder / name).unlink(missing_ok=True)
        self._lock.release()


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Be at work in a folder inside the block."""
    hold = HeldFolder(folder)
    try:
        yield
    finally:
        hold.close()


class Workplace:
    """A new folder of this process, which `close` deletes; where that is killed, `clear_leftovers` does."""

    def __init__(self, parent: Path, prefix: str) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
        try:
            self._hold = HeldFolder(self.folder)
        except ScenarioError:
            shutil.rmtree(self.folder, ignore_errors=True)
            raise

    def release(self) -> Path:
        """The folder, which is no longer this one's to delete."""
        self._hold.close()
        return self.folder

    def close(self) -> None:
        """Delete it with all that is in it."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self._hold.close()


def clear_leftovers(parent: Path, prefix: str) -> None:
    """Delete the workplaces in `parent` whose owners were processes of this machine and are no more."""
    for folder in sorted(parent.glob(f"{prefix}*")):
        owner = None if folder.is_symlink() else _owner(folder)
        if owner is None or owner["host"] != socket.gethostname():
            continue
        with suppress(ScenarioError), held(folder):
            shutil.rmtree(folder, ignore_errors=True)


def _owner(folder: Path) -> dict[str, object] | None:
    """Who is or was at work in a folder; None where that is not told."""
    try:
        found = json.loads((folder / OWNER).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) and {"process", "host", "since"} <= set(found) else None


def _taken(folder: Path, owner: dict[str, object] | None, expected: str) -> ScenarioError:
    who = "another process" if owner is None else (
        f"process {owner['process']} on {owner['host']}, since {owner['since']}"
    )  # fmt: skip
    return ScenarioError([Problem(str(folder), 0, f"another command is at work in this folder: {who}", None, expected)])
