"""CSV tables named from a scenario: text columns, converted with every bad cell reported by line."""

from __future__ import annotations

import csv
import math
import re
from array import array
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TextIO

import numpy as np

from sim.errors import PlaceError, Problem, ScenarioError, nearest
from sim.model.countries import parse_country
from sim.scenario.document import shown_path, shown_value
from sim.units import MOST, parse_date, parse_share

LARGEST_FILE = 500_000_000
"""Bytes."""
MOST_ROWS = 5_000_000
"""Rows of one table: a day of 13,000 sites for a year."""
MOST_SHOWN = 20
"""Bad cells reported of one column."""
NUMBER = re.compile(r"-?[0-9]+(\.[0-9]*)?([eE][+-]?[0-9]{1,3})?|-?\.[0-9]+")


@dataclass(frozen=True)
class Table:
    """A CSV file as text.

    `columns` holds the stripped cells by column, `lines` the line of the file each row begins on. Conversions
    give one value a row and add what is wrong to `problems`; `check` raises them.
    """

    path: Path
    columns: dict[str, list[str]]
    lines: Sequence[int]
    problems: list[Problem] = field(default_factory=list)

    @property
    def file(self) -> str:
        """The file as shown to the user."""
        return shown_path(self.path)

    def __len__(self) -> int:
        return len(self.lines)

    def __contains__(self, column: object) -> bool:
        return column in self.columns

    def problem(
        self,
        row: int,
        column: str,
        message: str,
        value: Any = None,
        expected: str | None = None,
        valid: Iterable[str] = (),
    ) -> Problem:
        """A problem in one cell; `row` counts from 0, the message names the line of the file."""
        shown = None if value is None else shown_value(value)
        like = None if value is None else nearest(value, valid)
        return Problem(self.file, self.lines[row], f"column '{column}': {message}", shown, expected, like)

    def check(self) -> None:
        """Raises ScenarioError with every problem found so far, if there is one."""
        if self.problems:
            raise ScenarioError(self.problems)

    def numbers(
        self,
        column: str,
        default: float | None = None,
        minimum: float | None = None,
        maximum: float | None = None,
    ) -> np.ndarray:
        """float64, NaN where the cell is bad; `default` stands for an empty cell or an absent column."""
        limits = _limits(minimum, maximum)

        def parse(text: str) -> float:
            value = float(text) if NUMBER.fullmatch(text) else math.nan
            if not math.isfinite(value):
                raise ValueError("a plain number such as 12 or 3.5")
            if abs(value) > MOST:
                raise ValueError(f"a number of at most {MOST:,}")
            if (minimum is not None and value < minimum) or (maximum is not None and value > maximum):
                raise ValueError(f"a number {limits}")
            return value

        return np.array(self.values(column, parse, default, math.nan), dtype=np.float64)

    def whole(
        self, column: str, default: int | None = None, minimum: int | None = None, maximum: int | None = None
    ) -> np.ndarray:
        """int64, 0 where the cell is bad; `12.0` is read as 12."""
        limits = _limits(minimum, maximum)

        def parse(text: str) -> int:
            if not re.fullmatch(r"-?[0-9]{1,18}(\.0*)?", text):
                raise ValueError("a whole number")
            value = int(text.partition(".")[0])
            if abs(value) > MOST:
                raise ValueError(f"a whole number of at most {MOST:,}")
            if (minimum is not None and value < minimum) or (maximum is not None and value > maximum):
                raise ValueError(f"a whole number {limits}")
            return value

        return np.array(self.values(column, parse, default, 0), dtype=np.int64)

    def shares(self, column: str, default: float | None = None) -> np.ndarray:
        """Fractions from 0 to 1, written `60%`; NaN where the cell is bad."""

        def parse(text: str) -> float:
            share = parse_share(text)
            if share > 1:
                raise ValueError("a share between 0% and 100%")
            return share

        return np.array(self.values(column, parse, default, math.nan), dtype=np.float64)

    def dates(self, column: str, default: np.datetime64 | None = None) -> np.ndarray:
        """datetime64[D], written `2024-02-01`; NaT where the cell is bad."""
        parse: Callable[[str], Any] = lambda text: np.datetime64(parse_date(text), "D")  # noqa: E731
        return np.array(self.values(column, parse, default, np.datetime64("NaT", "D")), dtype="datetime64[D]")

    def texts(self, column: str, default: str | None = None, valid: Collection[str] | None = None) -> list[str]:
        """Texts; with `valid`, one of those names. A bad cell gives ''."""
        names = None if valid is None else set(valid)

        def parse(text: str) -> str:
            if names is not None and text not in names:
                few = sorted(names)
                raise ValueError("one of " + ", ".join(few) if len(few) <= 12 else "a name the scenario knows")
            return text

        return self.values(column, parse, default, "", names or ())

    def countries(self, column: str, default: str | None = None) -> list[str]:
        """Country codes as two capitals. A bad cell gives ''."""
        return self.values(column, parse_country, default, "")

    def values(
        self, column: str, parse: Callable[[str], Any], default: Any, bad: Any, valid: Collection[str] = ()
    ) -> list[Any]:
        """One value a row by `parse`, which raises ValueError naming what it expects; `bad` where it does."""
        if column not in self.columns:
            if default is None:
                self.problems.append(_missing_column(self.file, column, self.columns))
            return [bad if default is None else default] * len(self)
        cells = self.columns[column]
        known: dict[str, Any] = {}
        wrong: dict[str, Exception] = {}
        for text in dict.fromkeys(cells):
            try:
                if not text and default is None:
                    raise ValueError("a value")
                known[text] = parse(text) if text else default
            except (ValueError, OverflowError) as error:
                known[text] = bad
                wrong[text] = error
        if wrong:
            self._report(column, [row for row, text in enumerate(cells) if text in wrong], wrong, valid)
        return [known[text] for text in cells]

    def _report(self, column: str, rows: list[int], wrong: dict[str, Exception], valid: Collection[str]) -> None:
        cells = self.columns[column]
        for row in rows[:MOST_SHOWN]:
            text = cells[row]
            message = "this is not valid" if text else "there is no value"
            error = wrong[text]
            expected = error.expected if isinstance(error, PlaceError) else str(error)
            like = error.nearest if isinstance(error, PlaceError) else nearest(text, valid) if text else None
            problem = self.problem(row, column, message, text or None, expected)
            self.problems.append(replace(problem, nearest=like))
        if len(rows) > MOST_SHOWN:
            line = self.lines[rows[MOST_SHOWN]]
            self.problems.append(Problem(self.file, line, f"column '{column}': (and {len(rows) - MOST_SHOWN} more)"))


def _limits(minimum: float | None, maximum: float | None) -> str:
    if minimum is None or maximum is None:
        return f"of at least {minimum}" if maximum is None else f"of at most {maximum}"
    return f"from {minimum} to {maximum}"


def _missing_column(file: str, column: str, columns: Iterable[str]) -> Problem:
    names = list(columns)
    expected = "columns " + ", ".join([*names[:12], "…"] if len(names) > 12 else names) + f" and {column}"
    return Problem(file, 1, f"there is no column '{column}'", None, expected, nearest(column, names))


def read_table(
    path: Path, required: Sequence[str] = (), place: Callable[[str], Problem] | None = None, most: int = MOST_ROWS
) -> Table:
    """The table in a CSV file (comma-separated UTF-8 with one line of column names); blank lines are skipped.

    A table of more than `most` rows is a problem. `place` makes the problem of a file that cannot be opened, at the
    line of the scenario which names it.
    Raises ScenarioError with every problem of the file's shape: missing, not UTF-8, ragged, empty, names.
    """
    shown = shown_path(path)
    at = place or (lambda message: Problem(shown, 0, message))
    try:
        if not path.is_file():
            raise ScenarioError([at(f"the table '{shown}' is not there" if not path.exists() else "this is no file")])
        if path.stat().st_size > LARGEST_FILE:
            raise ScenarioError([at(f"the table '{shown}' is larger than {LARGEST_FILE // 1_000_000} MB")])
        with path.open(encoding="utf-8-sig", newline="") as stream:
            columns, lines, problems = _columns(stream, shown, most)
    except UnicodeDecodeError:
        line, expected = _first_bad_line(path), "a CSV file saved as UTF-8"
        problem = Problem(shown, line, "the table is not UTF-8 text", None, expected)
        raise ScenarioError([problem]) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ScenarioError([at(f"the table '{shown}' cannot be read: {reason}")]) from None
    header = [name for name, _ in columns]
    if not header:
        raise ScenarioError(problems or [Problem(shown, 1, "the table is empty", expected="a line of column names")])
    problems += _header_problems(header, required, shown)
    if not lines and not problems:
        problems.append(Problem(shown, 1, "the table has no rows below its column names"))
    if problems:
        raise ScenarioError(problems)
    return Table(path, dict(columns), lines)


def _first_bad_line(path: Path) -> int:
    """The line with the first byte that is not UTF-8."""
    with path.open("rb") as stream:
        for number, line in enumerate(stream, 1):
            try:
                line.decode("utf-8")
            except UnicodeDecodeError:
                return number
    return 0


def _columns(stream: TextIO, shown: str, most: int) -> tuple[list[tuple[str, list[str]]], array[int], list[Problem]]:
    """Column names, each with its stripped cells; the line each row begins on; problems of single rows.

    Cells of one text are one object, and no row is kept beside them: a table takes little more than its file.
    """
    columns: list[tuple[str, list[str]]] = []
    lines = array("q")
    ragged: list[Problem] = []
    bad, first_untold, known = 0, 0, dict[str, str]()
    reader = csv.reader(stream, strict=True)
    begins = 1
    try:
        for cells in reader:
            stripped = [cell.strip() for cell in cells]
            if any(stripped):
                if not columns:
                    columns = [(name, []) for name in stripped]
                elif len(stripped) != len(columns):
                    bad += 1
                    if bad <= MOST_SHOWN:
                        expected = f"{len(columns)}, as many as column names"
                        ragged.append(Problem(shown, begins, f"this row has {len(stripped)} cells", None, expected))
                    first_untold = first_untold or (begins if bad > MOST_SHOWN else 0)
                elif len(lines) == most:
                    expected = f"at most {most:,} rows"
                    return columns, lines, [*ragged, Problem(shown, begins, "the table is too long", None, expected)]
                else:
                    for (_, column), cell in zip(columns, stripped, strict=True):
                        column.append(known.setdefault(cell, cell))
                    lines.append(begins)
            begins = reader.line_num + 1
    except csv.Error as error:
        hint = "quotes around a whole cell, doubled inside it"
        ragged.append(Problem(shown, reader.line_num, f"this is not CSV: {error}", None, hint))
    if bad > MOST_SHOWN:
        ragged.append(Problem(shown, first_untold, f"(and {bad - MOST_SHOWN} more rows)"))
    return columns, lines, ragged


def _header_problems(header: list[str], required: Sequence[str], shown: str) -> list[Problem]:
    if len(header) == 1 and header[0] not in required and (mark := next((m for m in ";\t|" if m in header[0]), None)):
        name = "tabs" if mark == "\t" else f"'{mark}'"
        return [Problem(shown, 1, f"the columns are separated by {name}", None, "commas")]
    problems = [
        Problem(shown, 1, f"the column '{name}' stands {count} times")
        for name, count in Counter(header).items()
        if count > 1 and name
    ]
    if "" in header:
        problems.append(Problem(shown, 1, f"column {header.index('') + 1} has no name"))
    return problems + [_missing_column(shown, name, header) for name in required if name not in header]
