"""Quantiles of the distributions that may be written in a scenario, so that several draws can share one score."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import numpy as np


def quantile(family: str, parameters: Sequence[float], share: float) -> float:
    """The value under which `share` (between 0 and 1) of a family's draws lie; parameters as they are written.

    The inverse distribution functions are scipy's.
    """
    return float(quantiles(family, parameters, np.array([share]))[0])


def quantiles(family: str, parameters: Sequence[float], shares: np.ndarray) -> np.ndarray:
    """The same for many shares; shape as given."""
    if len(parameters) == 2 and parameters[1] == 0 and family in ("lognormal", "gamma", "normal", "beta"):
        return np.full(len(shares), float(parameters[0]))  # no spread at all
    found: np.ndarray = np.asarray(_distribution(family, tuple(parameters)).ppf(shares), dtype=float)
    return found


@lru_cache(maxsize=256)
def _distribution(family: str, parameters: tuple[float, ...]) -> Any:
    from scipy import stats

    return QUANTILES[family](stats, *parameters)


def _lognormal(stats: Any, mean: float, sd: float) -> Any:
    s2 = math.log1p((sd / mean) ** 2)
    return stats.lognorm(math.sqrt(s2), scale=math.exp(math.log(mean) - s2 / 2))


def _beta(stats: Any, mean: float, sd: float) -> Any:
    # moments of Beta(a, b): a + b = mean (1 - mean) / sd^2 - 1
    together = mean * (1 - mean) / sd**2 - 1
    return stats.beta(mean * together, (1 - mean) * together)


def _triangular(stats: Any, low: float, mode: float, high: float) -> Any:
    return stats.triang((mode - low) / (high - low), loc=low, scale=high - low)


class _CutOff:
    """A distribution whose draws below 0 count as 0."""

    def __init__(self, whole: Any) -> None:
        self._whole = whole

    def ppf(self, shares: np.ndarray) -> np.ndarray:
        return np.maximum(0.0, self._whole.ppf(shares))


QUANTILES: dict[str, Callable[..., Any]] = {
    "lognormal": _lognormal,
    "gamma": lambda stats, mean, sd: stats.gamma((mean / sd) ** 2, scale=sd**2 / mean),
    "normal": lambda stats, mean, sd: _CutOff(stats.norm(mean, sd)),
    "uniform": lambda stats, low, high: stats.uniform(low, high - low),
    "whole_days": lambda stats, low, high: stats.randint(low, high + 1),
    "triangular": _triangular,
    "exponential": lambda stats, mean: stats.expon(scale=mean),
    "geometric": lambda stats, mean: stats.geom(1 / mean),
    "beta": _beta,
}
"""Family -> scipy's distribution with these parameters; the families are those of `distributions.FAMILIES` and of
`drawn.OF_SHARES`."""
