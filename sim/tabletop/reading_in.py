"""A list of injects that somebody has in a file, for a session in which nothing has happened yet: look first, then use.

What is looked at is told row by row, and is written only when it is asked for once more.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from sim.errors import ScenarioError
from sim.scenario.reading.document import shown_path
from sim.tabletop.inject_table import Imported, columns_of, first_row, injects_csv
from sim.tabletop.refusals import Refused
from sim.tabletop.session import Session


@dataclass(frozen=True)
class Offer:
    """A list as somebody has it: how the file is called, its bytes, names of our columns and of its own where these
    were told, and its sheet where it is not the first."""

    name: str
    content: bytes
    columns: Mapping[str, str] | None = None
    sheet: str | None = None


@dataclass(frozen=True)
class Looked:
    """What was found: the names of the list's columns, names of ours with those they are read from, what becomes of its
    rows, and what is wrong with it as a whole.

    `imported` is None where its columns cannot be told.
    """

    head: tuple[str, ...]
    columns: Mapping[str, str]
    imported: Imported | None
    problems: tuple[str, ...]


def look(session: Session, offer: Offer) -> Looked:
    """What would become of a list; nothing is changed. Raises Refused for what is no list of injects at all, and where
    the exercise is under way."""
    session.check_unplayed()
    with _file(offer) as path:
        try:
            head = first_row(path, offer.sheet)
        except ScenarioError as error:
            raise Refused("malformed", "; ".join(_told(error, path, offer.name))) from None
        saved = _saved(session, offer, head)
        columns = {name: head[place] for name, place in columns_of(head, saved, offer.name)[0].items()}
        names = tuple(name for name in head if name)
        try:
            found = session.table.read(path, saved, offer.sheet)
        except ScenarioError as error:
            return Looked(names, columns, None, _told(error, path, offer.name))
        found = replace(found, shown=found.shown.replace(shown_path(path), offer.name))
    try:
        session.table.with_injects(injects_csv(found.injects))
    except ScenarioError as error:
        return Looked(names, columns, found, tuple(str(problem) for problem in error.problems))
    return Looked(names, columns, found, ())


def use(session: Session, offer: Offer, leave_out: int) -> Looked:
    """Play with a list. Raises Refused where it is none, or leaves out another number of rows than was agreed to."""
    found = look(session, offer)
    if found.imported is None or found.problems:
        raise Refused("malformed", "; ".join(found.problems))
    if len(found.imported.left_out) != leave_out:
        raise Refused(
            "stale", f"{len(found.imported.left_out)} rows would be left out, not {leave_out}: look once more"
        )
    session.read_in(found.imported.injects)
    return found


def _saved(session: Session, offer: Offer, head: list[str]) -> Mapping[str, str]:
    """As was said, or as the scenario has them saved if the list has all of these."""
    written = session.table.exercise.injects
    saved = {} if written is None else written.columns
    if offer.columns is not None:
        return offer.columns
    return saved if set(saved.values()) <= set(head) else {}


@contextmanager
def _file(offer: Offer) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "list"
        path.write_bytes(offer.content)
        yield path


def _told(error: ScenarioError, path: Path, name: str) -> tuple[str, ...]:
    """What is wrong, with the file called as its owner does."""
    return tuple(str(problem).replace(shown_path(path), name) for problem in error.problems)
