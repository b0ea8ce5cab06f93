"""Simple exponential smoothing: a level that goes a part of the way to each day's demand."""

from __future__ import annotations

import math

import numpy as np
from pydantic import Field

from sim.policies.forecasting.base import FORECASTING, At, Forecasting, Learned
from sim.units import Share

FORGOTTEN = 0.05
"""The weight that all days before those looked back on have together."""


@FORECASTING.register("exponential_smoothing")
class ExponentialSmoothing(Forecasting):
    """Every day to come is expected to be the level: `alpha` x demand + (1 - `alpha`) x the level of the day before.

    It begins with the usual demand. Source: Brown (1956); Hyndman & Athanasopoulos, Forecasting, section 8.1.
    """

    alpha: Share = Field(default=0.1, gt=0)
    """weight of the latest day; 10% has the mean age of a moving average of 19 days (2 / alpha - 1)"""
    example = {"alpha": "20%"}
    bad_example = ({"alpha": 0.2}, "20%")

    @property
    def looks_back(self) -> int:
        return 1 if self.alpha == 1 else math.ceil(math.log(FORGOTTEN) / math.log(1 - self.alpha))

    def begin(self, usual: np.ndarray) -> Learned:
        return {"level": usual.copy()}

    def learn(self, known: Learned, at: At, day: int | np.ndarray, units: np.ndarray, out: np.ndarray | None) -> None:
        known["level"][at] += self.alpha * (units - known["level"][at])

    def next_day(self, known: Learned, at: At) -> np.ndarray:
        return known["level"][at]

    def ahead(self, known: Learned, days: np.ndarray | float) -> np.ndarray:
        return days * known["level"]
