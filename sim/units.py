"""The amounts a planner writes: durations, shares, dates and rates as plain text, checked strictly.

A month is 30 days and a year 365 days, the convention of months-of-stock reporting.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema

MOST = 10_000_000_000
"""Largest number that is written for one site; what they add up to has the bound `EXACT`."""
MOST_WHOLE = 10**18 - 1
"""Largest whole number, such as a seed: what a file can hold in one word."""
EXACT = 2**53
"""Units; up to here a float holds every whole number, so shares and sums are exact to the unit (and fit 64 bits)."""
LONGEST = 36_500
"""Days of the longest duration: a century."""
DAYS_PER = {"h": 1 / 24, "d": 1.0, "w": 7.0, "mo": 30.0, "y": 365.0}
NUMBER = r"(?:\d{1,9}(?:\.\d{1,9})?|\.\d{1,9})"
DURATION = re.compile(rf"^({NUMBER}) ?(h|d|w|mo|y)$")
SHARE = re.compile(rf"^({NUMBER}) ?%$")
DRAWN = re.compile(r"\s*[a-z]+\s*\(.*\d.*\)\s*$")
"""A distribution, such as uniform(45d, 90d)."""
DAYS_IN = {"day": 1.0, "week": 7.0, "month": 30.0, "year": 365.0}
RATE = re.compile(rf"^({NUMBER}) ?(?:a |per |/ ?)(day|week|month|year)$")
DATE = re.compile(r"^\d{4}-\d{2}-\d{2}$")


def parse_duration(text: Any) -> float:
    """Days in a duration such as `14d`, `12h`, `2w`, `3mo`, `1y`.

    Raises ValueError where the unit is missing or unknown, the text is no duration, or it is above a century.
    """
    if isinstance(text, int | float) and not isinstance(text, bool):
        raise ValueError(f"a duration with its unit: {text}d for {text} days (or h, w, mo = 30 d, y = 365 d)")
    match = DURATION.match(str(text).strip())
    if not match:
        hint = "; a duration cannot be negative" if str(text).strip().startswith("-") else drawn_hint(text)
        raise ValueError(f"a duration such as 14d, 12h, 2w, 3mo or 1y{hint}")
    days = float(match[1]) * DAYS_PER[match[2]]
    if days > LONGEST:
        raise ValueError("a duration of at most 100y")
    return days


def drawn_hint(text: Any) -> str:
    """Where a distribution is written that stands in the place of one value, if that is what was written."""
    return "; one that is not known stands under 'uncertain', by its path" if DRAWN.match(str(text)) else ""


def parse_whole_days(text: Any) -> int:
    """Whole days in a duration, at least one; raises ValueError for anything else."""
    days = parse_duration(text)
    if days % 1 or days < 1:
        raise ValueError("whole days, at least 1d")
    return int(days)


def parse_share(value: Any) -> float:
    """A share as a fraction: `60%` is 0.6; a bare number is refused, since 0.6 and 60 are easily mixed up."""
    text = str(value).strip()
    match = SHARE.match(text)
    if not match:
        if re.fullmatch(NUMBER, text):
            raise ValueError(f"a share in percent: {_meant(float(text))}")
        raise ValueError(f"a share in percent such as 60%{drawn_hint(text)}")
    return float(match[1]) / 100


def _meant(number: float) -> str:
    """What a share without its sign may have meant."""
    return f"{number:g}%, or {100 * number:g}%" if 0 < number <= 1 else f"{number:g}%"


def _at_most_one(share: float) -> float:
    if share > 1:
        raise ValueError("a share between 0% and 100%")
    return share


def parse_rate(value: Any) -> float:
    """Amount a day in a rate such as `0.02 a day`, `1.5 per month` or `7/year`; raises ValueError for anything else."""
    match = RATE.match(str(value).strip())
    if not match:
        raise ValueError("a rate with its time such as 0.02 a day, 1.5 a month or 7 a year")
    return float(match[1]) / DAYS_IN[match[2]]


def parse_date(value: Any) -> dt.date:
    """A calendar date `2024-02-01`; raises ValueError for an impossible or loosely written one."""
    if isinstance(value, dt.date):
        return value
    if not DATE.match(str(value)):
        raise ValueError("a date written year-month-day such as 2024-02-01")
    try:
        return dt.date.fromisoformat(str(value))
    except ValueError as error:
        raise ValueError(f"a date that exists ({error})") from None


def parse_number(value: Any) -> float:
    """A number as written in the file, of at most 10 billion; text such as `1e3` or `012` is refused."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        if isinstance(value, str) and "," in value:
            raise ValueError("a plain number with a point for decimals and no mark between thousands: 1.5, 1200")
        raise ValueError(f"a plain number such as 12 or 3.5 (no exponent, no leading zero, no unit){drawn_hint(value)}")
    if not abs(value) <= MOST:  # which leaves out what is not a number, too
        raise ValueError(f"a number of at most {MOST:,}")
    return float(value)


def parse_whole(value: Any) -> int:
    """A whole number of units."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError("a whole number")
    if value > MOST_WHOLE:
        raise ValueError(f"a whole number of at most {MOST_WHOLE:,}")
    return value


def parse_text(value: Any) -> str:
    """Text; a number where a name belongs is read as written."""
    if isinstance(value, bool | int | float):
        return str(value)
    if isinstance(value, list):
        raise ValueError("one piece of text, no list; for several, an entry each")
    if not isinstance(value, str) or not value.strip():
        raise ValueError("a piece of text")
    return value


def _schema(kind: str, pattern: str | None = None, **more: Any) -> WithJsonSchema:
    return WithJsonSchema({"type": kind, **({"pattern": pattern} if pattern else {}), **more})


Days = Annotated[float, BeforeValidator(parse_duration), _schema("string", DURATION.pattern)]
WholeDays = Annotated[int, BeforeValidator(parse_whole_days), _schema("string", DURATION.pattern)]
"""At least one."""
Share = Annotated[float, BeforeValidator(lambda v: _at_most_one(parse_share(v))), _schema("string", SHARE.pattern)]
Percent = Annotated[float, BeforeValidator(parse_share), _schema("string", SHARE.pattern)]
RateField = Annotated[float, BeforeValidator(parse_rate), _schema("string", RATE.pattern)]
"""Amount a day."""
Date = Annotated[dt.date, BeforeValidator(parse_date), _schema("string", DATE.pattern, format="date")]
Number = Annotated[float, BeforeValidator(parse_number), _schema("number")]
NonNegative = Annotated[float, BeforeValidator(parse_number), Field(ge=0), _schema("number", minimum=0)]
Positive = Annotated[float, BeforeValidator(parse_number), Field(gt=0), _schema("number", exclusiveMinimum=0)]
Whole = Annotated[int, BeforeValidator(parse_whole), Field(ge=0), _schema("integer", minimum=0)]
Text = Annotated[str, BeforeValidator(parse_text), _schema("string")]
