"""A figure that is not known: a distribution or a list of values in place of one, as `uncertain:` has them."""

from __future__ import annotations

import datetime as dt
import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
from pydantic import BeforeValidator, InstanceOf, WithJsonSchema

from sim.model.chance.distributions import CALL
from sim.model.chance.drawn import BOUNDED, Drawn, parse_drawn
from sim.units import DATE, parse_date, parse_number, parse_share

RATE_BEHIND = re.compile(r"^([a-z_]+\([^()]*\))( ?(?:a |per |/ ?)(?:day|week|month|year))$")
ZEROS = re.compile(r"\.0+(?!\d)|(\.\d*?[1-9])0+(?!\d)")
"""Those behind the last figure that counts."""
TAILS = 0.001, 0.999
"""Shares of the draws below the values that stand for the ends of a distribution without bounds."""
EXPECTED = (
    "a distribution such as uniform(7d, 30d), triangular(low, mode, high), lognormal(mean, sd), normal(mean, sd) or "
    "beta(mean, sd), a list of values, or {values: […], weights: […]}"
)


class Unknown(ABC):
    """What is known of a figure: every value as it would be written in the file."""

    @abstractmethod
    def at(self, share: float) -> Any:
        """The value under which `share` (between 0 and 1) of the draws lie."""

    @property
    @abstractmethod
    def ends(self) -> tuple[Any, ...]:
        """Values that must all make a scenario: the bounds, or nearly; of a list every value."""

    @property
    @abstractmethod
    def bounds(self) -> tuple[Any, ...]:
        """Values between which it nearly always lies, to be tried one by one; of a list every value."""

    @property
    def median(self) -> Any:
        """Half of the draws lie below."""
        return self.at(0.5)

    @property
    @abstractmethod
    def has_numbers(self) -> bool:
        """Whether every number between the bounds is a value."""


@dataclass(frozen=True)
class Range(Unknown):
    """A distribution of numbers, shares or durations; of rates, with what stands behind the number; of dates, by days
    since one of them."""

    text: str
    drawn: Drawn
    behind: str = ""
    since: dt.date | None = None

    def __str__(self) -> str:
        return self.text

    def at(self, share: float) -> Any:
        """The value under which `share` (between 0 and 1) of the draws lie."""
        return self._written(float(self.drawn.quantiles(np.array([share]))[0]))

    @property
    def ends(self) -> tuple[Any, ...]:
        """The bounds, or values that are hardly ever passed."""
        if self.drawn.family in BOUNDED:
            return tuple(self._written(self.drawn.parameters[k]) for k in BOUNDED[self.drawn.family])
        return tuple(self.at(share) for share in TAILS)

    @property
    def bounds(self) -> tuple[Any, ...]:
        """The bounds, or the values under which a twentieth and all but a twentieth of the draws lie."""
        return self.ends if self.drawn.family in BOUNDED else (self.at(0.05), self.at(0.95))

    @property
    def has_numbers(self) -> bool:
        """Dates are none."""
        return self.since is None

    def _written(self, value: float) -> Any:
        if self.since is not None:
            return (self.since + dt.timedelta(days=round(value))).isoformat()
        written = f"{value:.9f}{self.behind}" if self.behind else self.drawn.written(value)
        return ZEROS.sub(r"\1", written) if isinstance(written, str) else written


@dataclass(frozen=True)
class Choice(Unknown):
    """A list of values, drawn as often as their weights say; `below` are the weights of all up to each, of 1."""

    values: tuple[Any, ...]
    below: tuple[float, ...]

    def __str__(self) -> str:
        shares = np.diff(self.below, prepend=0.0).tolist()
        alike = max(shares) - min(shares) < 1e-9
        return ", ".join(str(v) if alike else f"{v} ({p:.0%})" for v, p in zip(self.values, shares, strict=True))

    def at(self, share: float) -> Any:
        """The value in which `share` (between 0 and 1) falls, in the order of the list."""
        return next((v for v, b in zip(self.values, self.below, strict=True) if share < b), self.values[-1])

    @property
    def ends(self) -> tuple[Any, ...]:
        """Every value."""
        return self.values

    @property
    def bounds(self) -> tuple[Any, ...]:
        """Every value."""
        return self.values

    @property
    def has_numbers(self) -> bool:
        """A list has nothing in between."""
        return False


def parse_unknown(value: Any) -> Unknown:
    """What a text, a list or a mapping says; raises ValueError with what was expected."""
    if isinstance(value, Unknown):
        return value
    if isinstance(value, list):
        return _choice(value, [1] * len(value))
    if isinstance(value, Mapping):
        if not {"values"} <= set(value) <= {"values", "weights"}:
            raise ValueError(EXPECTED)
        values = value["values"]
        return _choice(values, value.get("weights", [1] * len(values) if isinstance(values, list) else []))
    return _range(str(value).strip())


def _range(text: str) -> Range:
    rate = RATE_BEHIND.match(text)
    call = CALL.match(text)
    if call is not None and any(DATE.match(part.strip()) for part in call[2].split(",")):
        return _dates(text, call[1], [part.strip() for part in call[2].split(",")])
    drawn = parse_drawn(rate[1] if rate else text)
    if drawn is None:
        raise ValueError(EXPECTED)
    if rate and drawn.unit:
        raise ValueError("numbers in the brackets where the time of a rate stands behind them")
    return Range(text, drawn, rate[2] if rate else "")


def _dates(text: str, family: str, parts: list[str]) -> Range:
    dates = [parse_date(part) for part in parts]
    if family not in BOUNDED:
        raise ValueError("uniform(date, date) or triangular(date, date, date)")
    days = ", ".join(str((date - dates[0]).days) for date in dates)
    drawn = None if "-" in days else parse_drawn(f"{family}({days})")
    if drawn is None:
        raise ValueError(f"{family} with the dates in rising order")
    return Range(text, drawn, since=dates[0])


def _choice(values: Any, weights: Any) -> Choice:
    if not isinstance(values, list) or len(values) < 2:
        raise ValueError("a list of at least two values")
    if any(isinstance(value, list | Mapping) or value is None for value in values):
        raise ValueError("single values in the list")
    if not isinstance(weights, list) or len(weights) != len(values):
        raise ValueError("as many weights as values")
    numbers = [parse_share(weight) if isinstance(weight, str) else parse_number(weight) for weight in weights]
    if any(number < 0 for number in numbers) or not sum(numbers):
        raise ValueError("weights of at least 0, not all of them 0")
    return Choice(tuple(values), tuple((np.cumsum(numbers) / sum(numbers)).tolist()))


UnknownField = Annotated[
    InstanceOf[Unknown],
    BeforeValidator(parse_unknown),
    WithJsonSchema({"type": ["string", "array", "object"], "description": EXPECTED}),
]
