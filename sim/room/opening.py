"""A session to play: a new one, or the one that is there; played by one room at a time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

from filelock import FileLock, Timeout

from sim.errors import Problem, ScenarioError
from sim.output.files import cannot_write
from sim.scenario.reading.document import shown_path
from sim.tabletop.session import Session
from sim.tabletop.session_file import open_session
from sim.tabletop.table import Settings, Table


class Opened(NamedTuple):
    """A session in its file, and whether it was there already."""

    session: Session
    file: Path
    resumed: bool


@contextmanager
def opened(
    scenario: Path, place: Path | None, strategy: str | None = None, overrides: Mapping[str, Any] | None = None
) -> Iterator[Opened]:
    """The session of a scenario, which is this process's in the block; a clock that ran when it ended stands.

    Raises ScenarioError for a scenario or a session that cannot be played, for one that another room plays, and where
    the one that is there is played under another strategy or other values than were asked for. Nothing is written then.
    """
    file = place or Path("reports") / f"{scenario.stem}.session"
    settings = Settings(scenario, strategy, tuple((overrides or {}).items()))
    table = None if file.exists() else Table(settings)
    with _alone(file):
        if table is None:
            session = open_session(file, at=dt.datetime.now(dt.UTC), scenario=scenario)
            _check_same(file, session.table.settings, settings)
        else:
            session = Session(table, file=file)
            session.save()
        yield Opened(session, file, table is None)


@contextmanager
def _alone(file: Path) -> Iterator[None]:
    """Be the only one who plays a session; the lock is the operating system's, which ends with the process."""
    path = file.with_name(f".{file.name}.lock")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(path)
        lock.acquire(timeout=0)
    except Timeout:
        expected = "to end the other one, or another session with --session"
        raise ScenarioError([Problem(shown_path(file), 0, "another room plays this session", None, expected)]) from None
    except OSError as error:
        raise cannot_write(file, error) from None
    try:
        yield
    finally:
        with suppress(OSError):
            path.unlink(missing_ok=True)
        lock.release()


def _check_same(file: Path, there: Settings, asked: Settings) -> None:
    if (there.strategy, dict(there.overrides)) == (asked.strategy, dict(asked.overrides)):
        return
    message = "the session that is there is played under another strategy, or with other values"
    expected = "the same --strategy and --set as when it was begun, or another session with --session"
    raise ScenarioError([Problem(shown_path(file), 0, message, None, expected)])
