"""Tables named from a scenario: text columns, converted with every bad cell reported by line."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from sim.errors import PlaceError, Problem, ScenarioError, nearest
from sim.model.countries import parse_country
from sim.scenario.reading.document import shown_value
from sim.scenario.reading.numerals import NUMBER, only_reading, readings
from sim.units import MOST, parse_date, parse_duration, parse_share

MOST_SHOWN = 20
"""Bad cells reported of one column."""
MIDNIGHT = re.compile(r"[T ]00:00(?::00(?:\.0+)?)?Z?$")
"""What some programs write behind a date."""
LASTING = re.compile(r"(?P<number>[\d.,' \u00a0\u2009\u202f]*\d)\s*(?P<unit>h|d|w|mo|y|(?:hour|day|week|month|year)s?)")
"""What is meant as a duration, well written or not."""


@dataclass(frozen=True)
class Table:
    """A table as text.

    `columns` holds the stripped cells by column, `lines` the line of the file each row begins on, `file` is how
    messages call it; in a `local` one a point may stand between thousands. Conversions give one value a row and add
    what is wrong to `problems`; `check` raises them. `notes` tell what was left out.
    """

    path: Path
    columns: dict[str, list[str]]
    lines: Sequence[int]
    file: str
    local: bool = False
    problems: list[Problem] = field(default_factory=list)
    notes: tuple[Problem, ...] = ()

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
        unsure = self._unsure(column)
        parse = lambda text: _number(text, unsure, minimum, maximum)  # noqa: E731
        return np.array(self.values(column, parse, default, math.nan), dtype=np.float64)

    def _unsure(self, column: str) -> bool:
        """Whether a point may stand between thousands in this column: where a comma is for decimals somewhere."""
        return self.local or any("," in text for text in set(self.columns.get(column, ())))

    def stocks(self, column: str) -> tuple[np.ndarray, bool]:
        """Units, or days where all cells are durations such as 21.5d, and whether they are days; NaN where one is bad.

        Cells of both sorts are problems.
        """
        cells = self.columns.get(column, [])
        first = next((row for row, text in enumerate(cells) if text), 0)
        days = bool(cells) and bool(LASTING.fullmatch(cells[first]))
        unsure = self._unsure(column)

        def parse(text: str) -> float:
            written = LASTING.fullmatch(text)
            if bool(written) != days:
                sort = "durations" if days else "units"
                raise ValueError(f"{sort} in all of the column, as on line {self.lines[first]}")
            if written is None:
                return _number(text, unsure, 0, None)
            return parse_duration(f"{only_reading(written['number'], unsure)}{written['unit']}")

        return np.array(self.values(column, parse, None, math.nan), dtype=np.float64), days

    def whole(
        self, column: str, default: int | None = None, minimum: int | None = None, maximum: int | None = None
    ) -> np.ndarray:
        """int64, 0 where the cell is bad; `12.0` is read as 12."""
        unsure = self._unsure(column)

        def parse(text: str) -> int:
            value = _number(text, unsure, minimum, maximum, "a whole number")
            if value % 1:
                raise ValueError("a whole number")
            return int(value)

        return np.array(self.values(column, parse, default, 0), dtype=np.int64)

    def shares(self, column: str, default: float | None = None) -> np.ndarray:
        """Fractions from 0 to 1, written `60%`; NaN where the cell is bad."""
        unsure = self._unsure(column)

        def parse(text: str) -> float:
            number = text.removesuffix("%").rstrip()
            share = parse_share(only_reading(number, unsure) + text[len(number) :].lstrip())
            if share > 1:
                raise ValueError("a share between 0% and 100%")
            return share

        return np.array(self.values(column, parse, default, math.nan), dtype=np.float64)

    def dates(self, column: str, default: np.datetime64 | None = None) -> np.ndarray:
        """datetime64[D], written `2024-02-01`; NaT where the cell is bad."""
        parse: Callable[[str], Any] = lambda text: np.datetime64(parse_date(MIDNIGHT.sub("", text)), "D")  # noqa: E731
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
                self.problems.append(missing_column(self.file, column, self.columns))
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


def _number(text: str, unsure: bool, minimum: float | None, maximum: float | None, what: str = "a number") -> float:
    """The only number within the limits that a text can mean; raises ValueError where there is none, or two."""
    low, high = -MOST if minimum is None else minimum, MOST if maximum is None else maximum
    if not unsure and NUMBER.fullmatch(text) and low <= (value := float(text)) <= high:
        return value  # as nearly all are
    found = readings(text, unsure)
    values = [float(one) for one in found if math.isfinite(float(one))]
    if not values:
        raise ValueError("a plain number such as 12 or 3.5" if what == "a number" else what)
    if all(abs(value) > MOST for value in values):
        raise ValueError(f"{what} of at most {MOST:,}")
    within = [value for value in values if low <= value <= high]
    if not within:
        raise ValueError(f"{what} {_limits(minimum, maximum)}")
    if len(within) > 1:
        raise ValueError(f"either {' or '.join(found)}: no mark between thousands")
    return within[0]


def _limits(minimum: float | None, maximum: float | None) -> str:
    if minimum is None or maximum is None:
        return f"of at least {minimum}" if maximum is None else f"of at most {maximum}"
    return f"from {minimum} to {maximum}"


def missing_column(file: str, column: str, columns: Iterable[str], sheets: Sequence[str] = ()) -> Problem:
    """The problem of a table without a column that is needed; `sheets` are further ones of its workbook."""
    names = [name for name in columns if name]
    message = f"there is no column '{column}'"
    if same := next((name for name in names if bare(name) == bare(column)), None):
        return Problem(file, 1, f"{message}, but a column '{same}'", None, f"it called '{column}'")
    quoted = [f"'{name}'" if " " in name else name for name in (*names[:12], column)]
    there = ", ".join([*quoted[:-1], "…"] if len(names) > 12 else quoted[:-1])
    expected = f"columns {there} and {quoted[-1]}{further_sheets(sheets)}"
    return Problem(file, 1, message, None, expected, nearest(column, names))


def bare(name: str) -> str:
    """A name without what people write one way or another."""
    return re.sub(r"[\s_-]+", "", name.casefold())


def further_sheets(names: Sequence[str]) -> str:
    """Words on the other sheets of a workbook, of which one may be meant."""
    return f"; or the sheet that is meant, by 'sheet': {', '.join(names)}" if names else ""
