"""A single amount drawn from a distribution where a fixed one may stand: `uniform(10%, 60%)`, `lognormal(2, 0.5)`."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.model.distributions import CALL, FAMILIES, Draw
from sim.units import parse_duration, parse_share

BOUNDED = {"uniform": (0, 1), "triangular": (0, 2)}
"""Family -> positions of the arguments between which it lies; the others reach from 0 to any height."""
UNBOUNDED = ("exponential", "gamma", "lognormal", "normal")
HIGH = 1e6
"""An amount without upper bound is tried with this value."""


@dataclass(frozen=True)
class Drawn:
    """A distribution of one amount, and its text: `low` and `high` are nearly its bounds, `unit` "%", "d" or ""."""

    text: str
    low: float
    high: float
    unit: str
    draw: Draw

    def __reduce__(self) -> tuple[Callable[[Any], Drawn | None], tuple[str]]:
        return parse_drawn, (self.text,)  # a closure cannot be sent to another process

    def at(self, generator: np.random.Generator) -> float | str:
        """One draw, as it would be written in the file."""
        return self.written(float(self.draw(generator, 1)[0]))

    def written(self, value: float) -> float | str:
        """An amount as it would be written in the file."""
        if self.unit == "%":
            return f"{100 * value:.7f}%"
        return f"{value:.9f}d" if self.unit == "d" else value


def parse_drawn(value: Any) -> Drawn | None:
    """The distribution that a text stands for, or None for a value that is none.

    Raises ValueError where it is meant as one and is wrong.
    """
    call = CALL.match(value.strip()) if isinstance(value, str) else None
    if call is None:
        return None
    family = call[1]
    if family not in (*BOUNDED, *UNBOUNDED):
        raise ValueError("one of " + ", ".join(FAMILIES[name][1] for name in (*BOUNDED, *UNBOUNDED)))
    make, shape = FAMILIES[family]
    amounts = [_amount(part.strip(), shape) for part in call[2].split(",")]
    unit = amounts[0][1]
    if any(other != unit for _, other in amounts):
        raise ValueError(f"{shape}, all in one unit")
    numbers = [number for number, _ in amounts]
    try:
        mean, draw = make(*numbers)
    except TypeError:
        raise ValueError(f"{shape}, all numbers, all shares or all durations") from None
    except ValueError as error:
        raise ValueError(f"{shape} with {error}") from None
    if draw is None:
        return Drawn(value, mean, mean, unit, lambda _, n: np.full(n, mean))
    low, high = (numbers[k] for k in BOUNDED[family]) if family in BOUNDED else (0.0, HIGH)
    inset = 1e-6 * (high - low) if family in BOUNDED else 1e-6  # the bounds themselves are never drawn
    return Drawn(value, low + inset, high - inset, unit, draw)


def _amount(text: str, shape: str) -> tuple[float, str]:
    """The number and the unit of one parameter."""
    if text.endswith("%"):
        return parse_share(text), "%"
    try:
        number = float(text)
    except ValueError:
        return parse_duration(text), "d"
    if not math.isfinite(number) or number < 0:
        raise ValueError(f"{shape} with numbers of at least 0")
    return number, ""
