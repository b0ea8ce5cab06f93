"""Tables of the page: what is shown, and the whole of it as a CSV file inside a link."""

from __future__ import annotations

import base64
import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field

MOST_CSV_ROWS = 5000


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

    @property
    def href(self) -> str:
        """The table as CSV in a data: link."""
        return csv_href(self.raw_head or self.head, self.raw or self.rows)


def csv_href(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """CSV text as a data: link; at most `MOST_CSV_ROWS` rows."""
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow(head)
    writer.writerows(["" if value is None else value for value in row] for row in rows[:MOST_CSV_ROWS])
    return "data:text/csv;charset=utf-8;base64," + base64.b64encode(target.getvalue().encode()).decode("ascii")
