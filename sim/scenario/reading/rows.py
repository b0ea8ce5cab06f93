"""The rows of a table as text, from a CSV file or an Excel workbook, each with the line that it begins on."""

from __future__ import annotations

import csv
import datetime as dt
import re
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, TextIO
from zipfile import BadZipFile

from sim.errors import Problem, ScenarioError, nearest
from sim.scenario.reading.document import shown_path, shown_value

WORKBOOK, OLD_WORKBOOK = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
"""How the files of Excel begin, those of today and those before 2007."""
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
MARKS = ",;\t|"
"""What may stand between the cells of a row; the first is the usual one."""
NAMED_MARK = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)
"""A first line by which Excel tells the mark."""

Row = tuple[int, list[str]]


@dataclass(frozen=True)
class Rows:
    """The rows of a table, column names first; `shown` is how messages call it.

    In a `local` one a point may stand between thousands: it was written where that is usual, or by hand. `padded`: a
    row may be shorter than the first, its last cells being empty. `others` are further sheets of the workbook.
    """

    shown: str
    rows: Iterator[Row]
    local: bool
    padded: bool
    others: tuple[str, ...] = ()


def csv_rows(stream: TextIO, shown: str, required: Sequence[str]) -> Rows:
    """The rows of a CSV file: commas between cells, or else what makes names of columns of its first line.

    Reading them raises ScenarioError where the file is no CSV, UnicodeDecodeError where it is not in its encoding.
    """
    begin = stream.tell()
    named = NAMED_MARK.fullmatch(stream.readline())
    stream.seek(begin)
    mark = named[1] if named else _mark(stream, begin, required)

    def rows() -> Iterator[Row]:
        reader = csv.reader(stream, delimiter=mark, strict=True)
        line = 1
        try:
            for cells in reader:
                if not (named and line == 1):
                    yield line, cells
                line = reader.line_num + 1
        except csv.Error as error:
            hint = "quotes around a whole cell, doubled inside it"
            raise ScenarioError([Problem(shown, reader.line_num, f"this is not CSV: {error}", None, hint)]) from None

    return Rows(shown, rows(), mark != ",", False)


def _mark(stream: TextIO, begin: int, required: Sequence[str]) -> str:
    """The mark by which the first row has all required names; else the one by which it has most."""
    cells: dict[str, list[str]] = {}
    for mark in MARKS:
        stream.seek(begin)
        reader = csv.reader(stream, delimiter=mark)
        try:
            found: list[str] = next((row for row in reader if any(cell.strip() for cell in row)), [])
        except csv.Error:  # told where the rows are read
            found = []
        cells[mark] = [cell.strip() for cell in found]
    stream.seek(begin)
    able = [mark for mark in MARKS if required and set(required) <= set(cells[mark])]
    return able[0] if able else max(MARKS, key=lambda mark: len(cells[mark]))


def sheet_rows(path: Path, sheet: str | None, most: int) -> Rows:
    """The rows of one sheet of an Excel workbook, its first unless named; cells as the language writes them.

    Raises ScenarioError where the file is no workbook or has no such sheet, or where cells hold errors or formulas that
    were never worked out.
    """
    import openpyxl

    shown = shown_path(path)
    try:
        with warnings.catch_warnings(), path.open("rb") as file:  # by its content, however it is called
            warnings.simplefilter("ignore")  # about drawings and such, which are not read
            book = openpyxl.load_workbook(file, read_only=True, data_only=True)
            page = _sheet(book, sheet, shown)
            found = f"{shown}, sheet '{page.title}'"
            others = tuple(other.title for other in book.worksheets if other.title != page.title)
            rows, problems = _texts(page, found, most)
            file.seek(0)
            problems += _never_worked_out(file, page.title, rows, found)
    except (BadZipFile, KeyError, ValueError, TypeError, AttributeError, IndexError, SyntaxError) as error:
        expected = "an .xlsx workbook, or a CSV file saved as UTF-8"
        raise ScenarioError([Problem(shown, 0, f"this workbook cannot be read: {error}", None, expected)]) from None
    if problems:
        raise ScenarioError(problems)
    return Rows(found, iter(rows), True, True, others)


def _sheet(book: Any, name: str | None, shown: str) -> Any:
    names = [page.title for page in book.worksheets]
    if name is None and names:
        return book.worksheets[0]
    if name not in names:
        expected = "one of " + ", ".join(names) if names else "a sheet with cells"
        like = None if name is None else nearest(name, names)
        raise ScenarioError([Problem(shown, 0, "there is no such sheet", shown_value(name), expected, like)])
    return book[name]


def _texts(page: Any, shown: str, most: int) -> tuple[list[Row], list[Problem]]:
    page.reset_dimensions()  # what a file says of its size need not be so
    rows: list[Row] = []
    problems = []
    for line, cells in enumerate(page.iter_rows(), 1):
        row = [_text(cell) for cell in cells]
        for text, cell in zip(row, cells, strict=True):
            if text and cell.data_type == "e":
                problems.append(Problem(shown, line, "a cell holds an error of Excel", shown_value(text), "a value"))
        if any(row):
            rows.append((line, row))
        if len(rows) > most + 1:  # which is told where they are counted
            break
    return rows, problems


def _text(cell: Any) -> str:
    """A cell as it would stand in a CSV file that the language reads."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, int | float):
        shape = re.sub(r'"[^"]*"|\\.', "", str(cell.number_format))
        share = "%" if "%" in shape else ""
        text = str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)
        text = f"{100 * value:.10g}" if share else text
        text = f"{text}0" if re.fullmatch(r"-?\d{1,3}\.\d{3}", text) else text  # so that nobody takes it for thousands
        return text + share
    if isinstance(value, dt.datetime):
        return str(value.date() if value.time() == dt.time() else value)
    return str(value).strip()


def _never_worked_out(file: BinaryIO, title: str, rows: list[Row], shown: str) -> list[Problem]:
    """A problem for each row with a formula whose result is not in the file: as written by other programs."""
    import openpyxl

    width = len(rows[0][1]) if rows else 0
    empty = {line for line, cells in rows if not all(cells) or len(cells) < width}
    if not empty:
        return []
    page = openpyxl.load_workbook(file, read_only=True)[title]
    problems, texts = [], dict(rows)
    page.reset_dimensions()
    for line, cells in enumerate(page.iter_rows(), 1):
        if line in empty and any(
            cell.data_type == "f" and not text for cell, text in zip(cells, texts[line], strict=False)
        ):
            expected = "the file opened in Excel and saved"
            problems.append(Problem(shown, line, "a formula has no result yet", None, expected))
    return problems
