"""Observed series read from their tables: points by date, with every bad cell told by its line."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence

import numpy as np

from sim.errors import PlaceError, Problem
from sim.observations.base import COLUMN, QUALITIES, Observation
from sim.observations.points import Points
from sim.scenario.reading.tables import Table
from sim.scenario.words.spec import Scenario
from sim.units import parse_share

SHORTENED = ("start", "end", "run_on")
"""Sections whose change leaves points out, which is no fault of theirs."""


def needed_columns(series: Observation) -> list[str]:
    """Columns that a series is read from."""
    found = [*series.where, series.date]
    found += [
        name for name in (series.spans[0], series.values, series.sample, series.known_at) if isinstance(name, str)
    ]
    found += [word.removeprefix(COLUMN) for word in (series.source, series.quality) if word.startswith(COLUMN)]
    return list(dict.fromkeys(found))


def check_series(series: Observation, spec: Scenario) -> None:
    """Raise PlaceError where a series names what the scenario does not have."""
    if [one.name for one in spec.observed].count(series.name) > 1:
        raise PlaceError(("name",), "two series have this name", series.name, "a name of its own")
    if not series.source.startswith(COLUMN) and series.source not in spec.sources:
        raise PlaceError(("source",), "unknown source", series.source, "a key of sources", spec.sources)
    if series.is_ == "level" and series.counts_from is not None and series.counts_from < spec.start:
        message = "this is before the run, which counts nothing then"
        raise PlaceError(("since",), message, str(series.counts_from), f"a date from {spec.start} on")


def held_out_from(series: Observation, spec: Scenario) -> dt.date | None:
    """The date from which on no fit may see a series: its own, or where it has none the earliest of all others, since
    what comes then would tell of what they hold out."""
    return series.held_out or min((one.held_out for one in spec.observed if one.held_out is not None), default=None)


def read_observed(
    csv: Table, series: Observation, spec: Scenario, shortened: bool, before: dt.date | None = None
) -> tuple[Points, list[Problem]]:
    """The points of a series, in order of date, and notes; points outside of a run that was `shortened` are left out.

    Of rows that are not `before` a date nothing is read but the date.

    Raises ScenarioError for bad cells, dates outside of the run, two points of the same days, and where there are none;
    PlaceError on `where`.
    """
    table = _mine(csv, series)
    if before is not None:  # a date that cannot be read is told below
        late = table.dates(series.date) >= np.datetime64(before, "D")
        table = _some(table, np.flatnonzero(~late).tolist())
    last = table.dates(series.date)
    begins, length = series.spans
    first = last if begins is None else table.dates(begins)
    if length is not None:
        first = last - np.timedelta64(length - 1, "D")
    value = _values(table, series)
    asked = _asked(table, series.sample)
    known = _known(table, series, last)
    source = _texts(table, series.source)
    quality = _texts(table, series.quality, QUALITIES)
    table.check()
    start = np.datetime64(spec.start, "D")
    first, day, known = ((dates - start).astype(np.int64) for dates in (first, last, known))
    inside = (first >= 0) & ((day < (spec.until - spec.start).days) | spec.to_recovery)
    _check_days(table, series, spec, first, day, inside | shortened)
    table.check()
    kept = np.flatnonzero(inside)
    kept = kept[np.lexsort((first[kept], day[kept]))]
    held = np.zeros(len(day), dtype=bool) if series.held_out is None else last >= np.datetime64(series.held_out, "D")
    value = day.astype(float) if series.is_ == "event" else value
    rows = kept.tolist()
    points = Points(
        first[kept], day[kept], value[kept], asked[kept].astype(np.int64), held[kept],
        tuple(source[k] for k in rows), tuple(quality[k] for k in rows), tuple(table.lines[k] for k in rows),
        known[kept],
    )  # fmt: skip
    return points, _notes(table, series, points, spec.start, before)


def _mine(csv: Table, series: Observation) -> Table:
    """The rows of the table that belong to the series."""
    rows = list(range(len(csv)))
    for column, word in series.where.items():
        cells = csv.columns[column]
        rows = [row for row in rows if cells[row] == word]
        if not rows:
            raise PlaceError(("where", column), "no row has this", word, "what stands in the column", set(cells))
    return _some(csv, rows)


def _some(csv: Table, rows: Sequence[int]) -> Table:
    columns = {name: [cells[row] for row in rows] for name, cells in csv.columns.items()}
    return Table(csv.path, columns, [csv.lines[row] for row in rows], csv.file, csv.local)


def _values(table: Table, series: Observation) -> np.ndarray:
    """The values; of a share percent, with or without the sign."""
    if series.values is None:
        return np.zeros(len(table))
    if series.is_ != "share":
        return table.numbers(series.values, None, _whole(series.least))
    if not any(text.endswith("%") for text in table.columns[series.values]):
        return table.numbers(series.values, None, 0, 100)

    def percent(text: str) -> float:
        if not text.endswith("%"):
            raise ValueError("a sign of percent, as in other rows, such as 54%")
        if (share := parse_share(text)) > 1:
            raise ValueError("a share between 0% and 100%")
        return 100 * share

    return np.array(table.values(series.values, percent, None, np.nan), dtype=float)


def _whole(least: float) -> float | None:
    """A limit as people write it; None where there is none."""
    return None if np.isinf(least) else int(least) if least == int(least) else least


def _known(table: Table, series: Observation, last: np.ndarray) -> np.ndarray:
    """The date on which each point was known; one before its own is noted."""
    if series.known_at is None:
        return last + np.timedelta64(series.known_after or 0, "D")
    known = table.dates(series.known_at)
    for row in np.flatnonzero(known < last).tolist():
        text, expected = table.columns[series.known_at][row], f"a date no earlier than '{series.date}'"
        message = "this was known before it was there"
        table.problems.append(table.problem(row, series.known_at, message, text, expected))
    return known


def _asked(table: Table, sample: int | str | None) -> np.ndarray:
    """How many were asked for each row, 0 where nobody was."""
    return table.whole(sample, None, 1) if isinstance(sample, str) else np.full(len(table), sample or 0)


def _texts(table: Table, word: str, valid: Collection[str] | None = None) -> list[str]:
    """What a key says of each row."""
    if not word.startswith(COLUMN):
        return [word] * len(table)
    return table.texts(word.removeprefix(COLUMN), None, valid)


def _check_days(
    table: Table, series: Observation, spec: Scenario, first: np.ndarray, day: np.ndarray, inside: np.ndarray
) -> None:
    """Note what is wrong with the days of points."""

    def tell(row: int, message: str, expected: str | None = None) -> None:
        text = table.columns[series.date][row]
        table.problems.append(table.problem(row, series.date, message, text, expected))

    for row in np.flatnonzero(first > day).tolist():
        tell(row, "the span ends before it begins", f"a date no earlier than that of '{series.spans[0]}'")
    for row in np.flatnonzero(~inside).tolist():
        days = "all days of its span " if first[row] < day[row] else ""
        tell(row, "this point is outside of the run", f"{days}from {spec.start} on, before {spec.until}")
    if series.counts_from is not None:
        for row in np.flatnonzero(first < (series.counts_from - spec.start).days).tolist():
            tell(
                row, "this is before the first day that counts", f"a date from {series.counts_from} on, as 'since' says"
            )
    if series.spans[0] is not None:
        for row in np.flatnonzero((first <= day) & (day - first + 1 < series.fewest_days)).tolist():
            tell(row, f"the span has fewer than {series.fewest_days} days", "a longer one, or fewer days in a row")
    seen: dict[tuple[int, int], int] = {}
    for row, days_of in enumerate(zip(first.tolist(), day.tolist(), strict=True)):
        if days_of in seen:
            tell(row, f"a second point of the same days as on line {table.lines[seen[days_of]]}", "one for each")
        seen.setdefault(days_of, row)
    if series.is_ == "event" and len(day) > 1:
        tell(1, "an event has one date", "one row; with 'where', that of the event")


def _notes(table: Table, series: Observation, points: Points, start: dt.date, before: dt.date | None) -> list[Problem]:
    """What can be read but is hardly meant."""
    found = []

    def note(line: int, message: str) -> None:
        found.append(Problem(table.file, line, message))

    if left := len(table) - len(points):
        few = "1 point is" if left == 1 else f"{left} points are"
        note(table.lines[0], f"'{series.name}': {few} outside of the days that are run, and left out")
    if series.is_ == "share" and len(points) and points.value.max() <= 1 and points.value.any():
        note(points.line[0], f"'{series.name}': all values are at most 1; they are read as percent")
    if before is None and series.held_out is not None and len(points) and not points.held_out.any():
        note(points.line[-1], f"'{series.name}': no point is from {series.held_out} on, so that none is held out")
    if len(points) and points.held_out.all():
        note(points.line[0], f"'{series.name}': no point is before {series.held_out}, so that there is none to fit")
    cut = series.guessing
    if cut is not None and cut.from_ is not None and len(points) and points.day[-1] < (cut.from_ - start).days:
        told = f"the cut of 'naive' begins on {cut.from_}, after the last point: to all of them it says what is usual"
        note(points.line[-1], f"'{series.name}': {told}")
    return found
