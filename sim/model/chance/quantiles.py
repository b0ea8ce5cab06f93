"""Quantiles of the distributions that may be written in a scenario, so that several draws can share one score."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any


def quantile(family: str, parameters: Sequence[float], share: float) -> float:
    """The value under which `share` (between 0 and 1) of a family's draws lie; parameters as they are written.

    The inverse distribution functions are scipy's.
    """
    from scipy import stats

    if len(parameters) == 2 and parameters[1] == 0 and family in ("lognormal", "gamma", "normal"):
        return parameters[0]  # no spread at all
    return float(QUANTILES[family](stats, *parameters).ppf(share))


def _lognormal(stats: Any, mean: float, sd: float) -> Any:
    s2 = math.log1p((sd / mean) ** 2)
    return stats.lognorm(math.sqrt(s2), scale=math.exp(math.log(mean) - s2 / 2))


def _triangular(stats: Any, low: float, mode: float, high: float) -> Any:
    return stats.triang((mode - low) / (high - low), loc=low, scale=high - low)


class _CutOff:
    """A distribution whose draws below 0 count as 0."""

    def __init__(self, whole: Any) -> None:
        self._whole = whole

    def ppf(self, share: float) -> float:
        return max(0.0, float(self._whole.ppf(share)))


QUANTILES: dict[str, Callable[..., Any]] = {
    "lognormal": _lognormal,
    "gamma": lambda stats, mean, sd: stats.gamma((mean / sd) ** 2, scale=sd**2 / mean),
    "normal": lambda stats, mean, sd: _CutOff(stats.norm(mean, sd)),
    "uniform": lambda stats, low, high: stats.uniform(low, high - low),
    "whole_days": lambda stats, low, high: stats.randint(low, high + 1),
    "triangular": _triangular,
    "exponential": lambda stats, mean: stats.expon(scale=mean),
    "geometric": lambda stats, mean: stats.geom(1 / mean),
}
"""Family -> scipy's distribution with these parameters; the families are those of `distributions.FAMILIES`."""
