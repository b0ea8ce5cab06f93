"""Tables read from their files: which columns and rows are there, and which of them are none of the table's own."""

from __future__ import annotations

import re
from array import array
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sim.errors import Problem, ScenarioError
from sim.scenario.reading.document import shown_path, shown_value
from sim.scenario.reading.rows import OLD_WORKBOOK, UTF_16, WORKBOOK, Rows, csv_rows, sheet_rows
from sim.scenario.reading.sums import Sums
from sim.scenario.reading.tables import MOST_SHOWN, Table, bare, further_sheets, missing_column

BEGINNING = 4096
"""Bytes by which a file is told from those of other kinds."""
LARGEST_FILE = 500_000_000
"""Bytes."""
LAST_FOR_NAMES = 20
"""Line down to which names of columns are looked for, if the first row has others."""
MOST_ROWS = 5_000_000
"""Rows of one table: a day of 13,000 sites for a year."""
TAG = re.compile(r"#[A-Za-z]\w*(?:\s*[+,]\s*[\w-]+)*")
"""A hashtag of HXL, by which humanitarian tables say below the names what each column holds."""


@dataclass
class _Read:
    """A table as far as it is read: its columns in order, the line each row begins on, and what is wrong so far.

    `names_on` is a line further below that has all names which are needed: there may be a title above them.
    """

    shown: str
    columns: list[tuple[str, list[str]]] = field(default_factory=list)
    lines: array[int] = field(default_factory=lambda: array("q"))
    problems: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)
    names_on: int = 0


def read_table(
    path: Path,
    required: Sequence[str] = (),
    place: Callable[[str], Problem] | None = None,
    most: int = MOST_ROWS,
    sheet: str | None = None,
    loosely: Sequence[str] = (),
) -> Table:
    """The table in a CSV file (UTF-8, one line of column names) or in a sheet of a workbook; blank lines are skipped.

    A table of more than `most` rows is a problem. `place` makes the problem of a file that cannot be opened, at the
    line of the scenario which names it. Columns `loosely` known may be written with other capitals, '_' or '-'. Left
    out, with a note, are a row of hashtags below the names, and one of sums.
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
            begin = raw.read(BEGINNING)
        if other := _no_table(begin):
            raise ScenarioError([Problem(shown, 0, other, None, "the same saved as .xlsx, or as CSV UTF-8")])
        if begin.startswith(WORKBOOK):
            rows = sheet_rows(path, sheet, most)
            return _table(path, rows, _gathered(rows, most, required, loosely), required)
        if sheet is not None:
            raise ScenarioError([Problem(shown, 0, "only workbooks (.xlsx) have sheets", shown_value(sheet))])
        with path.open(encoding="utf-16" if begin[:2] in UTF_16 else "utf-8-sig", newline="") as stream:
            rows = csv_rows(stream, shown, required)
            return _table(path, rows, _gathered(rows, most, required, loosely), required)
    except UnicodeDecodeError:
        line, expected = _first_bad_line(path), "a CSV file saved as UTF-8 (in Excel: Save As, CSV UTF-8), or an .xlsx"
        problem = Problem(shown, line, "the table is not UTF-8 text", None, expected)
        raise ScenarioError([problem]) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ScenarioError([at(f"the table '{shown}' cannot be read: {reason}")]) from None


def _no_table(begin: bytes) -> str | None:
    """What a file is that begins so, where it is neither text nor a workbook of today."""
    if begin.startswith(OLD_WORKBOOK):
        return "this is a workbook of an old kind, or one that opens with a password only"
    if begin.startswith(WORKBOOK) and b"opendocument" in begin:
        return "this is a table of LibreOffice (.ods)"
    if begin.startswith(WORKBOOK) or begin[:2] in UTF_16:
        return None
    if b"\0" in begin or begin.startswith(b"%PDF"):
        return "this is no table: neither text nor a workbook"
    return None


def _table(path: Path, rows: Rows, read: _Read, required: Sequence[str]) -> Table:
    if not read.columns:
        expected = "a line of column names" + further_sheets(rows.others)
        empty = Problem(rows.shown, 1, "the table is empty", expected=expected)
        raise ScenarioError(read.problems or [empty])
    _drop_empty_columns(read)
    header = [name for name, _ in read.columns]
    if read.names_on and not set(required) <= set(header):
        expected = "the names in the first row: what stands above them taken out"
        message = f"the names of the columns stand on line {read.names_on} only"
        raise ScenarioError([Problem(rows.shown, 1, message, None, expected)])
    problems = read.problems + _header_problems(header, required, rows)
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


def _gathered(rows: Rows, most: int, required: Sequence[str], loosely: Sequence[str]) -> _Read:
    """The columns of the first row's names, with the rows below it, but for hashtags; problems of single rows.

    Cells of one text are one object, and no row is kept beside them: a table takes little more than its file.
    """
    read = _Read(rows.shown)
    needed, meant = set(required), {bare(name): name for name in loosely}
    bad, first_untold, width, kept, known = 0, 0, 0, 0, dict[str, str]()
    try:
        for line, cells in rows.rows:
            stripped = [cell.strip() for cell in cells]
            if not (stripped and stripped[0]) and not any(stripped):
                continue
            if not read.columns:
                read.columns = [(meant.get(bare(name), " ".join(name.split())), []) for name in stripped]
                width = len(read.columns)
                continue
            if line <= LAST_FOR_NAMES and needed and not read.names_on:
                names = {meant.get(bare(cell), cell) for cell in stripped}
                read.names_on = line if needed <= names else 0
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


def _header_problems(header: list[str], required: Sequence[str], rows: Rows) -> list[Problem]:
    shown = rows.shown
    problems = [
        Problem(shown, 1, f"the column '{name}' stands {count} times")
        for name, count in Counter(header).items()
        if count > 1 and name
    ]
    if "" in header:
        problems.append(Problem(shown, 1, f"column {header.index('') + 1} has no name, but values"))
    return problems + [missing_column(shown, name, header, rows.others) for name in required if name not in header]


def _without_sums(read: _Read, local: bool) -> list[Problem]:
    """Take out rows of sums; a problem for each that only reads like one."""
    sums = Sums(read.shown, [cells for _, cells in read.columns], read.lines, local)
    if sums.left_out:
        kept = [row for row in range(len(read.lines)) if row not in sums.left_out]
        read.columns = [(name, [cells[row] for row in kept]) for name, cells in read.columns]
        read.lines = array("q", (read.lines[row] for row in kept))
    read.notes += sums.notes
    return sums.problems
