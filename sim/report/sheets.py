"""Tables of the page: what is shown, and the whole of it as a CSV file inside a link."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from sim.output.csv_text import ENCODING, csv_of_rows
from sim.output.names import file_name

MOST_CSV_ROWS = 5000
"""Rows of a table that the page carries, so that it stays small enough to send."""


@dataclass(frozen=True)
class Sheet:
    """A table: headings, rows of text for reading, raw rows for the file, and what was left out."""

    name: str
    caption: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    raw_head: Sequence[str] = ()
    raw: Sequence[Sequence[object]] = field(default_factory=list)
    note: str = ""
    text_columns: int = 1
    """columns from the left that hold text; the others are figures"""

    whole: str = ""
    """file of the run's folder that has every row, where the page cannot"""

    @property
    def cut(self) -> str:
        """What to say where the file in the page has not all rows; empty where it has."""
        number = len(self.raw or self.rows)
        if number <= MOST_CSV_ROWS:
            return ""
        return f"The CSV file has the first {MOST_CSV_ROWS:,} of {number:,} rows."

    @property
    def href(self) -> str:
        """The table as CSV in a data: link; at most `MOST_CSV_ROWS` rows."""
        text = self.text(MOST_CSV_ROWS).encode(ENCODING)
        return "data:text/csv;charset=utf-8;base64," + base64.b64encode(text).decode("ascii")

    def text(self, most: int | None = None) -> str:
        """The table as CSV, all rows or the first."""
        return csv_of_rows(self.raw_head or self.head, (self.raw or self.rows)[:most])


def written(sheet: Sheet, folder: Path | None) -> Sheet:
    """A sheet that the page cannot carry whole, with the name of the file in the run's folder that now holds it."""
    if folder is None or not sheet.cut or sheet.whole:
        return sheet
    whole = f"tables/{file_name(sheet.name)}.csv"
    (folder / "tables").mkdir(exist_ok=True)
    (folder / whole).write_text(sheet.text(), encoding=ENCODING)
    return replace(sheet, whole=whole)
