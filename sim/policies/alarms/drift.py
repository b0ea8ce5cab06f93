"""What charts of drifting lead times have in common: how late arrivals are, in multiples of their usual scatter."""

from __future__ import annotations

import numpy as np

from sim.errors import PlaceError
from sim.policies.alarms.base import Alarm, Evening
from sim.units import Percent


class Drift(Alarm):
    """A chart of how much later than planned goods arrive."""

    scatter: Percent
    """standard deviation of a usual journey, as a share of its planned time"""
    sees = ("journeys",)

    def check(self) -> None:
        if self.scatter <= 0:
            message = "journeys that never scatter have no chart"
            raise PlaceError(("scatter",), message, self.scatter, "more than 0%; or the alarm lead_time")

    @property
    def arrivals_over(self) -> int:
        return 1  # it goes by what came since the last evening

    def standard(self, evening: Evening) -> np.ndarray:
        """How late the arrivals of the day were on average, in standard deviations of that average; 0 where none came.

        Arrivals of one day are a rational subgroup (Montgomery 2013, § 9.1.7).
        """
        arrived = np.maximum(evening.arrived, 1)
        return np.asarray(evening.late / (self.scatter * np.sqrt(arrived)))
