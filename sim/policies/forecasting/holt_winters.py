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
    season[t - m]. Day t + h is expected to be level + h x trend + its season, a sum never below nothing. It begins with
    the usual demand, no trend and no season, and learns them from the days that it sees: until a season is over it
    knows of none. Source: Winters (1960); Hyndman & Athanasopoulos, Forecasting, section 8.3.
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

    def begin(self, usual: np.ndarray) -> Learned:
        season = np.zeros((self.season, len(usual)))
        return {
            "level": usual.copy(), "trend": np.zeros(len(usual)), "season": season,
            "day": np.zeros(len(usual), dtype=np.int64),
        }  # fmt: skip

    def learn(self, known: Learned, at: At, day: int | np.ndarray, units: np.ndarray, out: np.ndarray | None) -> None:
        place = day % self.season, at
        season, level, trend = known["season"][place], known["level"][at], known["trend"][at]
        without = level + trend
        new = self.alpha * (units - season) + (1 - self.alpha) * without
        known["season"][place] = self.gamma * (units - without) + (1 - self.gamma) * season
        known["trend"][at] = self.beta * (new - level) + (1 - self.beta) * trend
        known["level"][at] = new
        known["day"][at] = day

    def ahead(self, known: Learned, days: np.ndarray | float) -> np.ndarray:
        """Of a last day that counts in part, that part of what is expected of it."""
        days = np.broadcast_to(days, known["level"].shape)
        whole = np.floor(days)
        steps = whole * (whole + 1) / 2 + (days - whole) * (whole + 1)
        total = days * known["level"] + steps * known["trend"]
        last, cells = known["day"], np.arange(len(days))
        one = int(last[0]) if len(last) and (last == last[0]).all() else None
        for ahead in range(1, min(self.season, int(np.ceil(days.max(initial=0)))) + 1):
            left = np.maximum(0.0, days - ahead + 1)  # how often that day of the season comes in these days
            often = np.floor(left / self.season) + np.minimum(1.0, left % self.season)
            row = (
                known["season"][(last + ahead) % self.season, cells]
                if one is None
                else (known["season"][(one + ahead) % self.season])
            )
            total += often * row
        return np.maximum(0.0, total)
