"""CSV as every command writes it: commas, a line feed after a row, no cell that a spreadsheet takes for a formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

BEGINNINGS = list("=+-@\t\r\n＝＋－＠")
"""How a text begins that spreadsheets work out instead of showing it."""
ENCODING = "utf-8-sig"
"""Of every CSV file: UTF-8 with the mark by which Excel knows it, so that accents and other scripts survive."""
NUMBER = re.compile(r"[+-]?(\d[\d.,]*|\.\d+)([eE][+-]?\d+)?%?")


def harmless(value: object) -> object:
    """A cell as it is written: a text that would be a formula has an apostrophe before it, as spreadsheets have it for
    text; numbers stay numbers, those written as text too."""
    if isinstance(value, str) and value[:1] in BEGINNINGS and not NUMBER.fullmatch(value):
        return f"'{value}"
    return value


def csv_of_rows(head: Sequence[object], rows: Iterable[Sequence[object]]) -> str:
    """A line of column names and the rows; None is an empty cell."""
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow(map(harmless, head))
    writer.writerows(["" if value is None else harmless(value) for value in row] for row in rows)
    return target.getvalue()


def csv_of_frame(frame: pd.DataFrame) -> str:
    """The same of a table, without its index."""
    safe = frame.copy()
    safe.columns = [harmless(name) for name in frame.columns]
    for position, (_, column) in enumerate(frame.items()):
        if column.dtype.kind not in "biufcmM":
            cells = column.to_numpy(dtype=object, copy=True)
            marked = np.isin(cells.astype("U1"), BEGINNINGS)  # few, if any: a large table has no loop over its cells
            cells[marked] = [harmless(cell) for cell in cells[marked]]
            safe.isetitem(position, cells)
    return str(safe.to_csv(index=False, lineterminator="\n"))
