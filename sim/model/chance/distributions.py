"""Journey, clearance and duration distributions, written as text: `14d`, `lognormal(14d, 3d)`.

Parameters are the mean and standard deviation of the time itself (never of its logarithm), in days.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Annotated, Any

import numpy as np
from pydantic import BeforeValidator, WithJsonSchema

from sim.model.chance.quantiles import quantile
from sim.units import parse_duration

Draw = Callable[[np.random.Generator, int], np.ndarray]
CALL = re.compile(r"^([a-z_]+)\(([^()]*)\)$")


@dataclass(frozen=True)
class Times:
    """A distribution of times.

    `mean` in days; `draw(generator, n)` gives n non-negative times in days, or is None where the time is certain.
    `later` are the days by which mean and draws are above what the text says; `spread` the share of their deviation
    from the mean that is left.
    """

    text: str
    mean: float
    draw: Draw | None = field(default=None, compare=False)  # the text says it
    later: float = 0.0
    spread: float = 1.0

    def __reduce__(self) -> tuple[Callable[..., Times], tuple[object, ...]]:
        # the text and the days on top say it all, and a closure cannot be sent to another process
        if self.draw is None:
            return Times, (self.text, self.mean, None, self.later, self.spread)
        return _read_again, (self.text, self.later, self.spread)

    def drawn(self, generator: np.random.Generator, n: int) -> np.ndarray:
        """`n` of these times, in days."""
        return np.full(n, self.mean) if self.draw is None else self.draw(generator, n)

    def after(self, days: float) -> Times:
        """The same times, so many days longer."""
        draw = self.draw
        moved = None if draw is None else (lambda generator, n: draw(generator, n) + days)
        return replace(self, mean=self.mean + days, draw=moved, later=self.later + days) if days else self

    def narrowed(self, share: float) -> Times:
        """Times of the same mean, of whose deviation from it so much is left."""
        draw, mean = self.draw, self.mean
        if draw is None or share == 1:
            return self
        if share == 0:
            return replace(self, draw=None, spread=0.0)
        return replace(
            self, draw=lambda generator, n: mean + share * (draw(generator, n) - mean), spread=self.spread * share
        )

    def quantile(self, share: float) -> float:
        """The time in days under which `share` of the draws lie, of times that were read from a text."""
        call = CALL.match(self.text)
        if self.draw is None or call is None:
            return self.mean
        days = quantile(call[1], [parse_duration(part.strip()) for part in call[2].split(",")], share) + self.later
        return days if self.spread == 1 else self.mean + self.spread * (days - self.mean)

    def __str__(self) -> str:
        return self.text


def _lognormal(mean: float, sd: float) -> Draw:
    # moments of exp(N(m, s)): s2 = ln(1 + (sd/mean)^2), m = ln(mean) - s2/2
    s2 = math.log1p((sd / mean) ** 2)
    return lambda g, n: g.lognormal(math.log(mean) - s2 / 2, math.sqrt(s2), n)


def _gamma(mean: float, sd: float) -> Draw:
    return lambda g, n: g.gamma((mean / sd) ** 2, sd**2 / mean, n)


def _normal(mean: float, sd: float) -> Draw:
    return lambda g, n: np.maximum(0.0, g.normal(mean, sd, n))


def _mean_sd(draw: Callable[[float, float], Draw]) -> Callable[..., tuple[float, Draw | None]]:
    def make(mean: float, sd: float) -> tuple[float, Draw | None]:
        if mean <= 0:
            raise ValueError("a mean above zero")
        return mean, draw(mean, sd) if sd > 0 else None

    return make


def _uniform(low: float, high: float) -> tuple[float, Draw | None]:
    if high < low:
        raise ValueError("the lower bound first")
    return (low + high) / 2, lambda g, n: g.uniform(low, high, n)


def _whole_days(low: float, high: float) -> tuple[float, Draw | None]:
    if high < low or low % 1 or high % 1:
        raise ValueError("two whole numbers of days, the lower first")
    return (low + high) / 2, lambda g, n: g.integers(int(low), int(high) + 1, n).astype(float)


def _triangular(low: float, mode: float, high: float) -> tuple[float, Draw | None]:
    if not low <= mode <= high or low == high:
        raise ValueError("three durations in rising order")
    return (low + mode + high) / 3, lambda g, n: g.triangular(low, mode, high, n)


def _exponential(mean: float) -> tuple[float, Draw | None]:
    return mean, lambda g, n: g.exponential(mean, n)


def _geometric(mean: float) -> tuple[float, Draw | None]:
    if mean < 1:
        raise ValueError("a mean of at least 1d")
    return mean, lambda g, n: g.geometric(1 / mean, n).astype(float)


FAMILIES: dict[str, tuple[Callable[..., tuple[float, Draw | None]], str]] = {
    "lognormal": (_mean_sd(_lognormal), "lognormal(mean, sd)"),
    "gamma": (_mean_sd(_gamma), "gamma(mean, sd)"),
    "normal": (_mean_sd(_normal), "normal(mean, sd)"),
    "uniform": (_uniform, "uniform(low, high)"),
    "whole_days": (_whole_days, "whole_days(low, high)"),
    "triangular": (_triangular, "triangular(low, mode, high)"),
    "exponential": (_exponential, "exponential(mean)"),
    "geometric": (_geometric, "geometric(mean)"),
}
"""Family -> (maker, how it is written). `geometric` has support 1, 2, ...; `normal` is cut off at 0."""


def parse_times(value: Any) -> Times:
    """The distribution a text stands for; raises ValueError with what was expected."""
    if isinstance(value, Times):
        return value
    text = str(value).strip()
    call = CALL.match(text)
    if call is None:
        return Times(text, parse_duration(value))
    if call[1] not in FAMILIES:
        raise ValueError("a duration or one of " + ", ".join(shape for _, shape in FAMILIES.values()))
    make, shape = FAMILIES[call[1]]
    arguments = [parse_duration(part.strip()) for part in call[2].split(",")]
    try:
        mean, draw = make(*arguments)
    except TypeError:
        raise ValueError(f"{shape}, each a duration such as 3d") from None
    except ValueError as error:
        raise ValueError(f"{shape} with {error}") from None
    return Times(text, mean, draw)


def _read_again(text: str, later: float, spread: float) -> Times:
    return parse_times(text).narrowed(spread).after(later)


UNIT = parse_times("uniform(0d, 1d)")
"""A share between 0 and 1, for draws that decide whether something happens."""

AT_ONCE = Times("0d", 0.0)
TimesField = Annotated[
    Times,
    BeforeValidator(parse_times),
    WithJsonSchema({"type": "string", "description": "a duration, or e.g. lognormal(14d, 3d)"}),
]
