"""Tables as an Excel workbook: a sheet each, letters of any script as they are, nothing that is worked out."""

from __future__ import annotations

import math
import re
import zipfile
from collections.abc import Iterable, Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.errors import needs
from sim.output.csv_text import ENCODING, csv_of_frame
from sim.output.files import put

if TYPE_CHECKING:
    import pandas as pd

MOST_ROWS = 1_048_575
"""Rows that Excel takes, the heading left out."""
FORBIDDEN = re.compile(r"[\[\]:*?/\\']")
LONGEST_NAME, WIDEST = 31, 60
SAID_AT = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*")
LONG_AGO = (1980, 1, 1, 0, 0, 0)
"""The time of all parts, so that the same tables give the same bytes."""
Table = tuple[str, Sequence[object], Iterable[Sequence[object]]]
"""Name, headings, rows."""


def workbook(tables: Iterable[Table]) -> bytes:
    """The file; of a table with more rows than Excel takes the first, which its last row says."""
    with needs("openpyxl", "tables as an Excel workbook"):
        import openpyxl
        from openpyxl.cell import WriteOnlyCell
        from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    book = openpyxl.Workbook(write_only=True)
    taken: set[str] = set()

    for name, head, rows in tables:
        sheet = book.create_sheet(_named(name, taken))
        sheet.freeze_panes = "A2"

        def cell(value: object, sheet: Any = sheet, bold: bool = False) -> Any:
            if isinstance(value, str):
                made = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", value)[:32_767])
                made.data_type = "s"  # a text, also where it begins like a formula
                if bold:
                    made.font = openpyxl.styles.Font(bold=True)
                return made
            return _plain(value)

        first = list(rows)
        for column, width in enumerate(_widths(head, first), start=1):
            sheet.column_dimensions[openpyxl.utils.get_column_letter(column)].width = width
        sheet.append([cell(str(value), bold=True) for value in head])
        for row in first[:MOST_ROWS]:
            sheet.append([cell(value) for value in row])
    target = BytesIO()
    book.save(target)
    return _repacked(target)


def frame_table(name: str, frame: pd.DataFrame) -> Table:
    """A data frame as a table, without its index."""
    return name, list(frame.columns), (list(row) for row in frame.itertuples(index=False))


def put_table(path: Path, frame: pd.DataFrame) -> None:
    """Write a table into a file, as a workbook or as CSV by how its name ends."""
    if path.suffix.lower() == ".xlsx":
        content = workbook([frame_table("answer", frame)])
        put(path, lambda place: place.write_bytes(content))
        return
    text = csv_of_frame(frame)
    put(path, lambda place: place.write_text(text, encoding=ENCODING, newline="\n"))


def _named(name: str, taken: set[str]) -> str:
    """A name that Excel takes for a sheet, and that no other sheet has."""
    short = FORBIDDEN.sub(" ", name)[:LONGEST_NAME].strip() or "table"
    found, number = short, 1
    while found.lower() in taken:
        number += 1
        found = f"{short[: LONGEST_NAME - 4]} {number}"
    taken.add(found.lower())
    return found


def _plain(value: Any) -> object:
    """A value as Excel has it: numbers of its own kind, no cell for what is not there."""
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None if math.isnan(value) else str(value)
    if value is None or isinstance(value, bool | int | float):
        return value
    return str(value)


def _widths(head: Sequence[object], rows: Sequence[Sequence[object]]) -> list[float]:
    """Widths of columns, by the headings and the first rows."""
    seen = [head, *rows[:200]]
    return [min(WIDEST, 2 + max(len(str(row[k])) for row in seen if k < len(row))) for k in range(len(head))]


def _repacked(book: BytesIO) -> bytes:
    """The same file without the time at which it was made."""
    target = BytesIO()
    with zipfile.ZipFile(book) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            content = old.read(part)
            if part == "docProps/core.xml":
                content = SAID_AT.sub(rb"\g<1>1980-01-01T00:00:00Z", content)
            said = zipfile.ZipInfo(part, LONG_AGO)
            said.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(said, content)
    return target.getvalue()
