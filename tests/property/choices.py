"""Where the choices of a random scenario come from: Hypothesis, which shrinks, or a random number generator."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeVar

from hypothesis import strategies as st

T = TypeVar("T")
Spec = dict[str, Any]
START = dt.date(2024, 1, 1)
TIMES = ["0d", "1d", "4d", "36h", "lognormal(3d, 1d)", "gamma(4d, 2d)", "whole_days(1d, 5d)", "exponential(2d)",
         "uniform(0d, 3d)", "triangular(1d, 2d, 6d)", "normal(3d, 2d)", "geometric(2d)"]  # fmt: skip


class Choose(Protocol):
    """Where choices come from."""

    def number(self, low: int, high: int) -> int:
        """A whole number, both bounds included."""

    def one(self, options: Sequence[T]) -> T:
        """One of the options."""


class Dice:
    """Choices from a seeded generator."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def number(self, low: int, high: int) -> int:
        return self._random.randint(low, high)

    def one(self, options: Sequence[T]) -> T:
        return self._random.choice(options)


class Drawn:
    """Choices that Hypothesis makes, and makes simpler when a test fails."""

    def __init__(self, draw: Callable[[st.SearchStrategy[Any]], Any]) -> None:
        self._draw = draw

    def number(self, low: int, high: int) -> int:
        return int(self._draw(st.integers(low, high)))

    def one(self, options: Sequence[T]) -> T:
        return options[self.number(0, len(options) - 1)]


def maybe(choose: Choose, part: Spec, key: str, options: Sequence[Any]) -> None:
    """Set a key to one of the options, or half of the time leave it out."""
    if choose.number(0, 1):
        part[key] = choose.one(options)


def day(number: int) -> str:
    """The date of a day of the scenario."""
    return (START + dt.timedelta(days=number)).isoformat()
