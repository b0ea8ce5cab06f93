"""Moving average: the mean of the last days."""

from __future__ import annotations

import numpy as np

from sim.policies.forecasting.base import FORECASTING, At, Forecasting, Learned
from sim.policies.forecasting.recent import Recent
from sim.units import WholeDays


@FORECASTING.register("moving_average")
class MovingAverage(Forecasting):
    """Every day to come is expected to be the mean of the last `over` days' demand.

    Days without a record, as those before the first, count as usual ones.
    """

    over: WholeDays = 28
    """days of demand that are looked at, the day of the review included"""
    example = {"over": "14d"}
    bad_example = ({"over": "36h"}, "whole days")

    @property
    def looks_back(self) -> int:
        return self.over

    @property
    def rows(self) -> int:
        return self.over

    def begin(self, usual: np.ndarray) -> Learned:
        days = np.zeros(len(usual), dtype=np.int64)
        return {"usual": usual.copy(), "days": days} | Recent(self.over).begin("demand", len(usual))

    def learn(self, known: Learned, at: At, day: int | np.ndarray, units: np.ndarray, out: np.ndarray | None) -> None:
        Recent(self.over).put(known, "demand", at, day, units)
        known["days"][at] += 1

    def next_day(self, known: Learned, at: At) -> np.ndarray:
        return Recent(self.over).with_usual(known, "demand", at) / self.over

    def ahead(self, known: Learned, days: np.ndarray | float) -> np.ndarray:
        return days * (Recent(self.over).with_usual(known, "demand") / self.over)
