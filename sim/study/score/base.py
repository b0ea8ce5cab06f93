"""What every score is: a formula over draws and what was observed, told in words beside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from sim.observations.base import Threshold
from sim.registry import Family
from sim.study.infer.intervals import next_below, share_interval
from sim.study.infer.spread import enough

BANDS = (0.5, 0.8, 0.95)
"""Shares of what comes next that the bands hold."""


@dataclass(frozen=True)
class Told:
    """What somebody tells of some points, and what was observed there.

    `samples` are equally likely values, of shape (draws, points), `observed` of shape (points,), `days` the points'
    days. `worst` is 1 where a series is worst at its highest, -1 at its lowest, 0 where it has no worst point.
    `dates`: the values are days, whose zero is nothing in itself.
    """

    samples: np.ndarray
    observed: np.ndarray
    days: np.ndarray
    threshold: Threshold | None = None
    worst: int = 1
    dates: bool = False

    def quantiles(self, shares: Sequence[float]) -> np.ndarray:
        """What the next value lies below with these probabilities; shape (points, shares), NaN from too few draws."""
        return next_below(self.samples.T, shares)

    @property
    def draws(self) -> int:
        """Equally likely values of each point."""
        return len(self.samples)

    def at(self, points: np.ndarray) -> Told:
        """Some of the points, by a mask."""
        return replace(
            self, samples=self.samples[:, points], observed=self.observed[points], days=self.days[points]
        )  # fmt: skip

    def logs(self) -> Told | None:
        """The same on the scale of log(x + 1), transformed before anything is scored; None below 0, and of dates."""
        if self.dates or (self.samples < 0).any() or (self.observed < 0).any():
            return None
        return replace(self, samples=np.log1p(self.samples), observed=np.log1p(self.observed))


def band(told: Told, share: float) -> np.ndarray:
    """Lower and upper end of a band for each point; shape (2, points), NaN from too few draws."""
    if not enough(told.draws, share):
        return np.full((2, len(told.observed)), np.nan)
    return told.quantiles([(1 - share) / 2, (1 + share) / 2]).T


@dataclass(frozen=True)
class Figure:
    """A score with its interval, NaN where it has none; `n` points, or draws, behind it."""

    value: float
    low: float = np.nan
    high: float = np.nan
    n: int = 0


Each = Literal["mean", "share", "date"]


@dataclass(frozen=True)
class Score:
    """A registered score: its name in tables, how a person reads it, its unit, definition and formula.

    `each` says what the function gives: values of points, of which the mean is the score (`mean`); which points are
    inside (`share`, with Wilson's interval); or by how many days each draw is off (`date`). An empty unit is that of
    the series.
    """

    name: str
    label: str
    unit: str
    definition: str
    each: Each
    function: Callable[[Told], np.ndarray]

    def figure(self, told: Told) -> Figure:
        """The score of all points; NaN where it is not defined."""
        values = self.function(told)
        known = values[~np.isnan(values)]
        n = len(known)
        if self.each == "date":
            low, high = next_below(known, [0.1, 0.9]) if enough(n, 0.8) else (np.nan, np.nan)
            often = n > len(values) / 2  # where most draws have no such date, its median is none
            return Figure(float(np.median(known)) if often else np.nan, low, high, n)
        if not n:
            return Figure(np.nan)
        if self.each == "share":
            return Figure(float(known.mean()), *share_interval(int(known.sum()), n), n)
        return Figure(float(known.mean()), n=n)


SCORES: Family[Score] = Family("score")


def score(
    name: str, label: str, unit: str = "", each: Each = "mean"
) -> Callable[[Callable[[Told], np.ndarray]], Callable[[Told], np.ndarray]]:
    """Decorator that files a score; its docstring's first paragraph is the definition shown to readers.

    Raises ValueError if another score has the name.
    """

    def file(function: Callable[[Told], np.ndarray]) -> Callable[[Told], np.ndarray]:
        definition = " ".join((function.__doc__ or "").split("\n\n")[0].split())
        SCORES.file(name, Score(name, label, unit, definition, each, function))
        return function

    return file
