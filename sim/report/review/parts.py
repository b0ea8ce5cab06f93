"""What a review's documents are made of; and what they say where nothing is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sim.report.sheets import Sheet

NOT_KNOWN = "Not known"
FOR_PEOPLE = "Not known: for those who took part to say."
LABEL = "Simulator output is evidence for discussion, never a score of people."


@dataclass(frozen=True)
class Chapter:
    """A heading with sentences, pictures (title, caption, figure), tables, and chapters of its own."""

    title: str
    said: Sequence[str] = ()
    sheets: Sequence[Sheet] = ()
    pictures: Sequence[tuple[str, str, Any]] = ()
    within: Sequence[Chapter] = ()


@dataclass(frozen=True)
class Part:
    """A document in the document, under a heading of its own."""

    title: str
    chapters: Sequence[Chapter]


@dataclass(frozen=True)
class Review:
    """The whole of it."""

    title: str
    about: str
    parts: Sequence[Part] = field(repr=False)


def to_fill(name: str, caption: str, head: Sequence[str], rows: int | Sequence[Sequence[str]]) -> Sheet:
    """A table for people: rows, or so many empty ones; cells that a row lacks are blank."""
    begun: Sequence[Sequence[str]] = [[]] * rows if isinstance(rows, int) else rows
    filled = [[*row, *[""] * (len(head) - len(row))] for row in begun]
    return Sheet(name, caption, head, filled, text_columns=len(head))
