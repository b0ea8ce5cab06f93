"""Tables read from their files: which columns and rows are there, and which of them are none of the table's own."""

from __future__ import annotations

import math
import re
from array import array
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sim.errors import Problem, ScenarioError
from sim.scenario.document import shown_path, shown_value
from sim.scenario.numerals import readings
from sim.scenario.rows import OLD_WORKBOOK, UTF_16, WORKBOOK, Rows, csv_rows, sheet_rows
from sim.scenario.tables import MOST_SHOWN, Table, missing_column

LARGEST_FILE = 500_000_000
"""Bytes."""
MOST_ROWS = 5_000_000
"""Rows of one table: a day of 13,000 sites for a year."""
TAG = re.compile(r"#[A-Za-z]\w*(?:\s*[+,]\s*\w+)*")
"""A hashtag of HXL, by which humanitarian tables say below the names what each column holds."""
SUMS = {
    "total", "totals", "grand total", "sub-total", "subtotal", "sum", "overall", "gesamt", "summe", "insgesamt",
    "total general", "total général", "somme", "suma", "totale", "totaal", "toplam", "jumla", "jumlah", "итого",
    "всего", "المجموع", "الإجمالي", "合计", "总计", "合計", "รวม",
}  # fmt: skip
"""What stands before the sums of columns, in lower case."""


@dataclass
class _Read:
    """A table as far as it is read: its columns in order, the line each row begins on, and what is wrong so far."""

    shown: str
    columns: list[tuple[str, list[str]]] = field(default_factory=list)
    lines: array[int] = field(default_factory=lambda: array("q"))
    problems: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)


def read_table(
    path: Path,
    required: Sequence[str] = (),
    place: Callable[[str], Problem] | None = None,
    most: int = MOST_ROWS,
    sheet: str | None = None,
) -> Table:
    """The table in a CSV file (UTF-8, one line of column names) or in a sheet of a workbook; blank lines are skipped.

    A table of more than `most` rows is a problem. `place` makes the problem of a file that cannot be opened, at the
    line of the scenario which names it. Left out, with a note, are a row of hashtags below the names, and one of sums.
    Raises ScenarioError with every problem of the file's shape: missing, not UTF-8, ragged, empty, names.
    """
    shown = shown_path(path)
    at = place or (lambda message: Problem(shown, 0, message))
    try:
        if not path.is_file():
            raise ScenarioError([at(f"the table '{shown}' is not there" if not path.exists() else "this is no file")])
        if path.stat().st_size > LARGEST_FILE:
            raise ScenarioError([at(f"the table '{shown}' is larger than {LARGEST_FILE // 1_000_000} MB")])
        with path.open("rb") as raw:
            begin = raw.read(4)
        if begin == OLD_WORKBOOK:
            expected = "the same saved as .xlsx, or as CSV UTF-8"
            raise ScenarioError([Problem(shown, 0, "this is a workbook of an old kind", None, expected)])
        if begin == WORKBOOK:
            rows = sheet_rows(path, sheet, most)
            return _table(path, rows, _gathered(rows, most), required)
        if sheet is not None:
            raise ScenarioError([Problem(shown, 0, "only workbooks (.xlsx) have sheets", shown_value(sheet))])
        with path.open(encoding="utf-16" if begin[:2] in UTF_16 else "utf-8-sig", newline="") as stream:
            rows = csv_rows(stream, shown, required)
            return _table(path, rows, _gathered(rows, most), required)
    except UnicodeDecodeError:
        line, expected = _first_bad_line(path), "a CSV file saved as UTF-8"
        problem = Problem(shown, line, "the table is not UTF-8 text", None, expected)
        raise ScenarioError([problem]) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ScenarioError([at(f"the table '{shown}' cannot be read: {reason}")]) from None


def _table(path: Path, rows: Rows, read: _Read, required: Sequence[str]) -> Table:
    if not read.columns:
        empty = Problem(rows.shown, 1, "the table is empty", expected="a line of column names")
        raise ScenarioError(read.problems or [empty])
    _drop_empty_columns(read)
    header = [name for name, _ in read.columns]
    problems = read.problems + _header_problems(header, required, rows.shown)
    if not problems:
        problems = _without_sums(read, rows.local)
    if not read.lines and not problems:
        problems.append(Problem(rows.shown, 1, "the table has no rows below its column names"))
    if problems:
        raise ScenarioError(problems)
    return Table(path, dict(read.columns), read.lines, rows.shown, rows.local, notes=tuple(read.notes))


def _first_bad_line(path: Path) -> int:
    """The line with the first byte that is not UTF-8."""
    with path.open("rb") as stream:
        for number, line in enumerate(stream, 1):
            try:
                line.decode("utf-8")
            except UnicodeDecodeError:
                return number
    return 0


def _gathered(rows: Rows, most: int) -> _Read:
    """The columns of the first row's names, with the rows below it, but for hashtags; problems of single rows.

    Cells of one text are one object, and no row is kept beside them: a table takes little more than its file.
    """
    read = _Read(rows.shown)
    bad, first_untold, width, kept, known = 0, 0, 0, 0, dict[str, str]()
    try:
        for line, cells in rows.rows:
            stripped = [cell.strip() for cell in cells]
            if not (stripped and stripped[0]) and not any(stripped):
                continue
            if not read.columns:
                read.columns = [(" ".join(name.split()), []) for name in stripped]
                width = len(read.columns)
                continue
            if (count := len(stripped)) != width:
                if count > width and not any(stripped[width:]):
                    del stripped[width:]
                elif rows.padded:
                    stripped += [""] * (width - count)
                count = len(stripped)
            if not kept and all(TAG.fullmatch(cell) for cell in stripped if cell):
                told = "the row of hashtags is left out"
                read.notes.append(Problem(rows.shown, line, told, shown_value(next(filter(None, stripped)))))
            elif count != width:
                bad += 1
                if bad <= MOST_SHOWN:
                    expected = f"{width}, as many as column names"
                    read.problems.append(Problem(rows.shown, line, f"this row has {count} cells", None, expected))
                first_untold = first_untold or (line if bad > MOST_SHOWN else 0)
            elif kept == most:
                read.problems.append(Problem(rows.shown, line, "the table is too long", None, f"at most {most:,} rows"))
                return read
            else:
                for (_, column), cell in zip(read.columns, stripped, strict=True):
                    column.append(known.setdefault(cell, cell))
                read.lines.append(line)
                kept += 1
    except ScenarioError as error:
        read.problems += error.problems
    if bad > MOST_SHOWN:
        read.problems.append(Problem(rows.shown, first_untold, f"(and {bad - MOST_SHOWN} more rows)"))
    return read


def _drop_empty_columns(read: _Read) -> None:
    """Take out columns that have neither name nor cells, as spreadsheets leave them behind."""
    read.columns = [(name, cells) for name, cells in read.columns if name or any(cells)]


def _header_problems(header: list[str], required: Sequence[str], shown: str) -> list[Problem]:
    problems = [
        Problem(shown, 1, f"the column '{name}' stands {count} times")
        for name, count in Counter(header).items()
        if count > 1 and name
    ]
    if "" in header:
        problems.append(Problem(shown, 1, f"column {header.index('') + 1} has no name, but values"))
    return problems + [missing_column(shown, name, header) for name in required if name not in header]


def _without_sums(read: _Read, local: bool) -> list[Problem]:
    """Take out rows that say of themselves that they are sums, and are; a problem for each that is none."""
    columns = [cells for _, cells in read.columns]
    words = {text for cells in columns for text in set(cells) if text.casefold().strip(" :") in SUMS}
    if not words:
        return []
    firsts = [next(filter(None, row)) for row in zip(*columns, strict=True)]
    sums = [position for position, first in enumerate(firsts) if first in words]
    others = [position for position, first in enumerate(firsts) if first not in words]
    problems = []
    for position in sums:
        line, word = read.lines[position], firsts[position]
        if _adds_up(columns, position, others, local):
            read.notes.append(Problem(read.shown, line, "the row of sums is left out", shown_value(word)))
        else:
            expected = "this row taken out, or another name for the place"
            message = "this reads like a row of sums, but its figures are not the sums of the others"
            problems.append(Problem(read.shown, line, message, shown_value(word), expected))
    if sums:
        read.columns = [(name, [cells[position] for position in others]) for name, cells in read.columns]
        read.lines = array("q", (read.lines[position] for position in others))
    return problems


def _adds_up(columns: list[list[str]], row: int, others: list[int], local: bool) -> bool:
    """Whether the figures of a row, of which there is one at least, are the sums of those of the other rows."""
    written = [cells for cells in columns if cells[row]][1:]
    for cells in written:
        values = [_figure(cells[position], local) for position in (row, *others) if cells[position]]
        if not math.isclose(values[0], math.fsum(values[1:]), rel_tol=1e-9, abs_tol=1e-9):
            return False
    return bool(written)


def _figure(text: str, local: bool) -> float:
    """What a cell means as a number, NaN where it is none or may be two."""
    found = readings(text, local)
    return float(found[0]) if len(found) == 1 else math.nan
