"""A fact sheet: rows of what happened, each read as one fact, or left out with its reason."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sim.errors import PlaceError, Problem, ScenarioError
from sim.observations.base import QUALITIES
from sim.scenario.reading.numerals import only_reading, readings
from sim.scenario.reading.table_files import read_table
from sim.scenario.reading.tables import MIDNIGHT, Table
from sim.units import parse_date, parse_duration, parse_share

NEEDED = ("date", "kind", "what", "how much", "source")
OPTIONAL = ("until", "asked", "quality")
ASSUMED = "assumed"
"""In the place of a source: nobody said so."""
ONCE = ("supplier share", "usual stock")
"""Figures of the chain as it was before; they have no date."""
LOSSES = ("outage", "ban", "closure")
EVENTS = (*LOSSES, "surge", "allocation")
SERIES = ("low stock", "filled", "used")
KINDS = (*ONCE, *EVENTS, *SERIES)
LEAST = 0.1
"""Percent of the market that a maker has at least, and leaves to others: units of a day that can be counted."""
LONGEST = 1000
"""Days from the middle of a sheet's dates; a date further off is taken for a slip of the pen."""
_SIGNED = re.compile(r"(?P<sign>[+\-−–]?)\s*(?P<share>\d+(?:\.\d+)?\s*%)")
_FIGURE = re.compile(r"\d+(?:[.,]\d+)*")
_LOW = re.compile(r"(?P<share>[^ ]+?\s*%)\s+(?:under|below)\s+(?P<days>\d+(?:\.\d+)?)\s*(?:d|days?)")
_SPAN = re.compile(r"(?P<low>\d+(?:\.\d+)?)\s*(?:d|days?)?(?:\s*(?:to|-|–)\s*(?P<high>\d+(?:\.\d+)?)\s*(?:d|days?))?")


@dataclass(frozen=True)
class Fact:
    """One row, with the last of its days in `until`.

    `value` is percent, but for usual stock: days, up to `high`; `days` is the cover of low stock.
    """

    line: int
    kind: str
    what: str
    date: dt.date | None
    until: dt.date | None
    value: float
    high: float
    days: float
    asked: int
    source: str
    quality: str


@dataclass(frozen=True)
class FactSheet:
    """The facts of a sheet in its order, and why each other row was left out."""

    file: str
    facts: tuple[Fact, ...]
    left_out: tuple[Problem, ...]
    unread: tuple[str, ...] = ()
    """columns that are none of a fact sheet"""

    @property
    def counted(self) -> str:
        """`12 rows in: 11 used, 1 left out`."""
        used, out = len(self.facts), len(self.left_out)
        rows = used + out
        return f"{self.file}: {rows} row{'' if rows == 1 else 's'} in: {used} used, {out} left out"

    def of(self, *kinds: str) -> list[Fact]:
        """Facts of these kinds."""
        return [fact for fact in self.facts if fact.kind in kinds]


def read_facts(path: Path, sheet: str | None = None) -> FactSheet:
    """The facts of a CSV file or of a sheet of a workbook, its first unless named, with the columns `NEEDED` and, where
    there are any, `OPTIONAL`.

    Raises ScenarioError where the table cannot be read, or where no row of it is a fact.
    """
    table = read_table(path, NEEDED, sheet=sheet, loosely=(*NEEDED, *OPTIONAL))
    facts: list[Fact] = []
    out = []
    middle = _middle(table)
    for row in range(len(table)):
        cells = {name: cells[row] for name, cells in table.columns.items()}
        try:
            fact = _fact(cells, table.lines[row], table.local)
            _check_beside(fact, facts)
            _check_near(fact, middle)
            facts.append(fact)
        except PlaceError as error:
            out.append(_problem(table, row, error))
    if not facts:
        raise ScenarioError([*out, Problem(table.file, 0, "no row of this sheet can be used")])
    unread = tuple(name for name in table.columns if name not in (*NEEDED, *OPTIONAL))
    return FactSheet(table.file, tuple(facts), (*table.notes, *out), unread)


def _middle(table: Table) -> dt.date | None:
    """The date in the middle of all that can be read."""
    texts = (MIDNIGHT.sub("", text) for text in table.columns["date"])
    dates = []
    for text in texts:
        with suppress(ValueError):
            dates.append(parse_date(text))
    return sorted(dates)[len(dates) // 2] if dates else None


def _check_near(fact: Fact, middle: dt.date | None) -> None:
    """Raise PlaceError for a date that is a slip of the pen."""
    for column, date in (("date", fact.date), ("until", fact.until)):
        if date is not None and middle is not None and abs((date - middle).days) > LONGEST:
            expected = f"no more than {LONGEST} days from {middle}, the middle of all dates"
            raise PlaceError((column,), "this is far from the other dates", str(date), expected)


def _problem(table: Table, row: int, error: PlaceError) -> Problem:
    message = f"column '{error.path[0]}': {error.message}"
    return Problem(table.file, table.lines[row], message, error.value, error.expected, error.nearest)


def _fact(cells: dict[str, str], line: int, local: bool) -> Fact:
    kind = " ".join(re.sub(r"[_-]", " ", cells["kind"].lower()).split())
    if kind not in KINDS:
        raise PlaceError(("kind",), "no kind of fact", cells["kind"], "one of " + ", ".join(KINDS), KINDS)
    for column, expected in (("what", "a few words"), ("source", f"where it was read, or '{ASSUMED}'")):
        if not cells[column]:
            raise PlaceError((column,), "nothing stands here", None, expected)
    date = None if kind in ONCE else _date(cells, "date")
    until = _date(cells, "until") if kind not in ONCE and cells.get("until") else None
    if date is not None and until is not None and until < date:
        raise PlaceError(("until",), "this is before its date", cells["until"], f"a date from {date} on")
    if kind in ("filled", "used") and until is None:
        raise PlaceError(("until",), "a figure of several days needs its last", None, "a date such as 2024-04-30")
    value, high, days = _amount(kind, cells["how much"], local)
    quality = (cells.get("quality") or "other").lower().replace(" ", "_").replace("-", "_")
    if quality not in QUALITIES:
        raise PlaceError(
            ("quality",), "no word for a source", cells["quality"], "one of " + ", ".join(QUALITIES), QUALITIES
        )
    asked = _asked(cells.get("asked", ""))
    return Fact(line, kind, cells["what"], date, until, value, high, days, asked, cells["source"], quality)


def _asked(text: str) -> int:
    """How many were asked, 0 where nobody says; a mark in it can only be one between thousands."""
    whole = [int(one) for one in readings(text, True) if one.isdecimal() and int(one)]
    if text and not whole:
        raise PlaceError(("asked",), "not how many were asked", text, "a whole number, or nothing")
    return whole[0] if whole else 0


def _date(cells: dict[str, str], column: str) -> dt.date:
    text = MIDNIGHT.sub("", cells[column])
    try:
        return parse_date(text)
    except ValueError as error:
        raise PlaceError((column,), "not a date" if text else "there is no date", text or None, str(error)) from None


def _amount(kind: str, written: str, local: bool) -> tuple[float, float, float]:
    """Value, upper end and days of cover of a cell, with a point or a comma for decimals."""
    text = written
    try:
        text = _FIGURE.sub(lambda figure: only_reading(figure[0], local), written.lower())
        if kind == "usual stock":
            return _stock(text)
        if kind == "low stock":
            if not (match := _LOW.fullmatch(text)):
                raise ValueError("a share and the days of stock, such as 54% under 10d")
            if not (days := parse_duration(f"{match['days']}d")):
                raise ValueError("at least one day of stock")
            return _share(match["share"].replace(" ", "")), 0.0, days
        if kind in ("surge", "used"):
            if not (match := _SIGNED.fullmatch(text)):
                raise ValueError("a change in percent, such as +30% or -12%")
            change = 100 * parse_share(match["share"].replace(" ", ""))
            change = -change if match["sign"] in ("-", "−", "–") else change
            if change < -100:
                raise ValueError("a change of -100% at least")
            if not change and kind == "surge":
                raise ValueError("a change, up or down")
            return change, 0.0, 0.0
        if not (share := _share(text)) and kind in LOSSES:
            raise ValueError("how much is lost: above 0%")
        return share, 0.0, 0.0
    except ValueError as error:
        message = "this cannot be read" if written else "there is no figure"
        raise PlaceError(("how much",), message, written or None, str(error)) from None


def _share(text: str) -> float:
    share = parse_share(text)
    if share > 1:
        raise ValueError("a share between 0% and 100%")
    return 100 * share


def _stock(text: str) -> tuple[float, float, float]:
    match = _SPAN.fullmatch(text)
    if match is None or not text.rstrip("ays").endswith("d"):
        raise ValueError("days of stock, such as 18d or 15d to 22d")
    low, high = parse_duration(f"{match['low']}d"), parse_duration(f"{match['high'] or match['low']}d")
    if high < low or not high:
        raise ValueError("days of stock from the lowest to the highest, such as 15d to 22d")
    return low, high, 0.0


def _check_beside(fact: Fact, before: list[Fact]) -> None:
    """Raise PlaceError where a fact cannot stand beside those before it."""
    if fact.kind in ONCE and (line := _line(one for one in before if one.kind == fact.kind)):
        raise PlaceError(("kind",), f"this is told already on line {line}", fact.kind, "one row of it")
    if fact.kind == "supplier share" and not LEAST <= fact.value <= 100 - LEAST:
        expected = f"{LEAST:g}% to {100 - LEAST:g}%"
        raise PlaceError(("how much",), "one of several makers has a part", f"{fact.value:g}%", expected)
    if fact.kind in EVENTS and (line := _line(one for one in before if _told(one) == _told(fact))):
        raise PlaceError(("what",), f"this is told already on line {line}", fact.what, "one row of it")
    same = (fact.kind, fact.date, fact.until, fact.days, bool(fact.asked))
    if fact.kind in SERIES and (
        line := _line(o for o in before if (o.kind, o.date, o.until, o.days, bool(o.asked)) == same)
    ):
        raise PlaceError(
            ("date",), f"a second figure of the same days as on line {line}", str(fact.date), "one of them"
        )


def _told(fact: Fact) -> tuple[object, ...]:
    """An event, whoever tells it."""
    return fact.kind, " ".join(fact.what.lower().split()), fact.date, fact.until, fact.value


def _line(facts: Iterator[Fact]) -> int:
    return next((fact.line for fact in facts), 0)
