"""Where a scenario ends: on a date, or with recovery, which is looked for on later and later dates."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import BeforeValidator, WithJsonSchema

from sim.units import DATE, parse_date

RECOVERED = "recovered"
"""As `end`: when service is back at what it is without the disruptions."""
WEEK, FIRST, LONGEST = 7, 26 * 7, 156 * 7
"""Days: the first end that is tried is half a year after the start, the last three years."""
GROWTH = 1.5
"""By which the time from the start grows from one end that is tried to the next, in whole weeks."""


def parse_end(value: Any) -> dt.date | str:
    """A date, or the word `recovered`; raises ValueError with what was expected."""
    if value == RECOVERED:
        return RECOVERED
    try:
        return parse_date(value)
    except ValueError as error:
        raise ValueError(f"{error}, or the word {RECOVERED}") from None


EndField = Annotated[
    dt.date | str,
    BeforeValidator(parse_end),
    WithJsonSchema({"anyOf": [{"type": "string", "pattern": DATE.pattern, "format": "date"}, {"const": RECOVERED}]}),
]


def first_rung(start: dt.date) -> dt.date:
    """The first end that is tried of a run to recovery."""
    return start + dt.timedelta(FIRST)


def later_rungs(start: dt.date) -> Iterator[dt.date]:
    """The ends that are tried after it, the last one three years after the start."""
    days = FIRST
    while days < LONGEST:
        days = min(LONGEST, -(-int(days * GROWTH) // WEEK) * WEEK)
        yield start + dt.timedelta(days)
