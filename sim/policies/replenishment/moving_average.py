"""Moving average: order up to a level that follows demand of late."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from pydantic import Field

from sim.model.network import Network, whole_units
from sim.policies.replenishment.base import REPLENISHMENT, Replenishment, Rule
from sim.policies.replenishment.seen import View
from sim.units import Days


@dataclass(frozen=True)
class FollowingDemand(Rule):
    """Orders what lacks to `days` (beside the lead time) of the mean demand of the last `over` days.

    Days without a record count as `usual` ones (units a day).
    """

    usual: np.ndarray
    days: float
    over: int

    @property
    def window(self) -> int:
        return self.over

    def orders(self, view: View) -> np.ndarray:
        assert view.history is not None
        demand = view.history.demand
        mean = np.where(np.isnan(demand), self.usual, demand).mean(axis=0)
        return np.maximum(0, whole_units((self.days + view.lead_time) * mean) - view.position)


@REPLENISHMENT.register("moving_average")
class MovingAverage(Replenishment):
    """Order at every review up to (`review` + mean lead time + `safety`) x the mean of the last `over` days' demand.

    Demand is what was asked for, served or not: by patients, by customers' orders, by what a maker makes of it.
    """

    over: Days = Field(default=28.0, ge=1)
    """days of demand that are looked at, the day of the review included; in whole days"""
    safety: Days = 0.0
    """days of demand on top of those until what is ordered at the next review has come"""
    example = {"at": "facilities", "over": "14d", "safety": "3d"}
    bad_example = ({"at": "facilities", "over": "36h"}, "over in whole days")

    def check(self) -> None:
        if self.over % 1:
            raise ValueError("over in whole days, such as 28d")

    def bind(self, network: Network, cells: np.ndarray) -> Rule:
        usual, days = network.cell_mean[cells], self.review + self.safety
        level = whole_units((days + network.cell_lead_time[cells]) * usual)
        return FollowingDemand(level, usual, days, int(self.over))
