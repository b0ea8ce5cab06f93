"""What a table that is written has columns of: name, type, unit, meaning; and the columns that many tables have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Type = Literal["date", "whole number", "number", "text", "yes or no"]


@dataclass(frozen=True)
class Column:
    """A column of a table: what it holds, in what unit ("" where it has none), and what that means."""

    name: str
    type: Type
    unit: str
    meaning: str


@dataclass(frozen=True)
class Table:
    """A table of a run: what one row stands for, when the table is written, its columns in order."""

    row: str
    written: str
    columns: tuple[Column, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns."""
        return tuple(column.name for column in self.columns)


def whole_units(**meanings: str) -> tuple[Column, ...]:
    """Columns of whole units of a product, by name, with what each means."""
    return tuple(Column(name, "whole number", "units", meaning) for name, meaning in meanings.items())


DATE = Column("date", "date", "", "the calendar day")
DAY = Column("day", "whole number", "days", "since the start, which is day 0")
SITE = Column("site", "text", "", "the site")
PRODUCT = Column("product", "text", "", "the product")
LOT = Column("lot", "whole number", "", "the lot's number, from 0")
