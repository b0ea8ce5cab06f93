"""What a brief is made of, whatever it is written to: sections of words, tables and pictures on two sheets of paper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from matplotlib.figure import Figure


@dataclass(frozen=True)
class Cell:
    """What stands in a table.

    `letter` marks an option, `strong` stands before the text and `note` below it; `bar` is a length as a share of the
    longest; `squares` are draws, true where one is still short; `looks` is "good", "loss" or "quiet".
    """

    text: str = ""
    letter: str = ""
    strong: str = ""
    note: str = ""
    bar: float | None = None
    squares: tuple[bool, ...] = ()
    looks: str = ""

    @property
    def plain(self) -> str:
        """All of it as text."""
        drawn = " ".join("".join("■" if short else "□" for short in self.squares[k : k + 10])
                         for k in range(0, len(self.squares), 10))  # fmt: skip
        return " ".join(filter(None, (self.letter, self.strong, drawn, self.text, self.note and f"({self.note})")))


@dataclass(frozen=True)
class Grid:
    """A table: columns from `text_columns` on hold figures."""

    name: str
    head: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    caption: str = ""
    note: str = ""
    text_columns: int = 1


@dataclass(frozen=True)
class Shares:
    """Counts that make up a whole, drawn as parts of one bar."""

    parts: Sequence[tuple[str, int]]

    @property
    def whole(self) -> int:
        """All of them."""
        return sum(count for _, count in self.parts)


@dataclass(frozen=True)
class Section:
    """A heading with what stands below it, in this order."""

    title: str
    terms: Sequence[tuple[str, str]] = ()
    """(what, a sentence on it)"""
    shares: Shares | None = None
    before: Sequence[str] = ()
    """paragraphs before tables and pictures"""
    grids: Sequence[Grid] = ()
    figures: Sequence[tuple[str, str, Figure]] = ()
    """(title, caption, picture)"""
    paragraphs: Sequence[str] = ()
    points: Sequence[tuple[str, str]] = ()
    """(a few words, a sentence on them)"""


@dataclass(frozen=True)
class Brief:
    """A brief: its heading, what it says in a sentence, and a list of sections for each of its sheets of paper."""

    title: str
    question: str
    about: str
    """of which study, what it rests on"""
    lead: str
    told: Sequence[str]
    """beside the lead"""
    sheets: Sequence[Sequence[Section]]
    footer: str
    annex: Sequence[tuple[str, str, str]] = field(repr=False)
    withheld: bool = False
    """whether draws are still short, so that no answer is given"""
    dense: bool = False
    """whether there is so much of it that it needs smaller type to fit on its sheets"""
