"""Holt-Winters: level, trend and season, each smoothed."""

from __future__ import annotations

import numpy as np
from pydantic import Field

from sim.policies.forecasting.base import FORECASTING, At, Forecasting, Learned
from sim.units import Share, WholeDays

SEASONS = 2
"""Seasons that whoever begins with it on a date learns first: the least from which seasons and a trend can be told."""


@FORECASTING.register("holt_winters")
class HoltWinters(Forecasting):
    """The level and the trend of the last day, and what is usual on that day of the season, on top (additive).

    With y the demand of day t and m days to a season: level = alpha (y - season[t - m]) + (1 - alpha) (level + trend);
    trend = beta (new level - old level) + (1 - beta) trend; season[t] = gamma (y - old level - old trend) + (1 - gamma)
    season[t - m]; so each takes a part of the error of what was expected. Day t + h is expected to be level + h x trend
    + its season, a sum never below nothing. It begins with the usual demand, no trend and no season, and learns them
    from the days that it sees: until a season is over it knows of none. Source: Winters (1960); Hyndman &
    Athanasopoulos, Forecasting, section 8.3.
    """

    season: WholeDays
    """days after which demand repeats itself, such as 7d or 365d"""
    alpha: Share = Field(default=0.1, gt=0)
    """weight of the latest day in the level"""
    beta: Share = 0.01
    """weight of the latest change of the level in the trend; 0%: no trend"""
    gamma: Share = 0.2
    """weight of the latest day in its season"""
    example = {"season": "7d", "alpha": "10%", "beta": "1%", "gamma": "20%"}
    bad_example = ({"alpha": "10%"}, "season")

    @property
    def looks_back(self) -> int:
        return SEASONS * self.season

    @property
    def settles(self) -> int:
        return self.season

    @property
    def rows(self) -> int:
        return self.season

    def begin(self, usual: np.ndarray) -> Learned:
        season = np.zeros((self.season, len(usual)))
        return {
            "level": usual.copy(), "trend": np.zeros(len(usual)), "season": season,
            "day": np.zeros(len(usual), dtype=np.int64),
        }  # fmt: skip

    def learn(self, known: Learned, at: At, day: int | np.ndarray, units: np.ndarray, out: np.ndarray | None) -> None:
        place = day % self.season, at
        off = units - known["level"][at] - known["trend"][at] - known["season"][place]  # the one-day error
        known["level"][at] += known["trend"][at] + self.alpha * off
        known["trend"][at] += self.alpha * self.beta * off
        known["season"][place] += self.gamma * off
        known["day"][at] = day

    def next_day(self, known: Learned, at: At) -> np.ndarray:
        last = known["day"][at]
        if (last == last[:1]).all():
            season = known["season"][(int(last[:1].sum()) + 1) % self.season, at]
        else:
            season = known["season"][(last + 1) % self.season, np.arange(len(known["day"]))[at]]
        total = known["level"][at] + known["trend"][at]
        total += season
        return np.maximum(0.0, total, out=total)

    def ahead(self, known: Learned, days: np.ndarray | float) -> np.ndarray:
        """Of a last day that counts in part, that part of what is expected of it."""
        whole = np.floor(days)
        steps = whole * (whole + 1) / 2 + (days - whole) * (whole + 1)
        total = days * known["level"] + steps * known["trend"]
        last = known["day"]
        together = bool((last == last[:1]).all())  # all have learned the same days
        for ahead in range(1, min(self.season, int(np.ceil(np.max(days, initial=0)))) + 1):
            left = np.maximum(0.0, days - ahead + 1)  # how often that day of the season comes in these days
            often = np.floor(left / self.season)
            often += np.minimum(1.0, left - often * self.season)
            total += often * known["season"][self._place(last, ahead, together)]
        return np.maximum(0.0, total)

    def _place(self, last: np.ndarray, ahead: int, together: bool) -> tuple[int | np.ndarray, At]:
        """Where the season of so many days after the last stands."""
        if together:
            return int(last[:1].sum() + ahead) % self.season, slice(None)
        return (last + ahead) % self.season, np.arange(len(last))
