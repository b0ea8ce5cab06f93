"""Rises when lead times drift, by a cumulative sum."""

from __future__ import annotations

import numpy as np

from sim.policies.alarms.base import ALARMS, Evening, Known
from sim.policies.alarms.drift import Drift
from sim.units import NonNegative, Positive


@ALARMS.register("lead_time_cusum")
class LeadTimeCusum(Drift):
    """Arrivals are later than planned, each by little but one after the other: their sum tells sooner than the last
    few.

    With z, how late the arrivals of a day are in standard deviations, the sum is C = max(0, C + z - `slack`), and it
    holds where C is above `limit`. With 0.5 and 4 there is a false alarm in some 340 arrivals, and a drift by one
    standard deviation is found after some 8 (one side; Page 1954; Montgomery 2013, § 9.1). C stays at twice the
    limit at most, so that it comes down again once goods are on time.
    """

    slack: NonNegative = 0.5
    """standard deviations by which arrivals may be late without being counted; half of the drift that is to be found"""
    limit: Positive = 4.0
    """the sum from which on it holds, in standard deviations"""
    example = {"at": "store", "scatter": "10%"}
    bad_example = ({"at": "store", "scatter": "0%"}, "more than 0%")

    def begin(self, usual: np.ndarray) -> Known:
        return {"sum": np.zeros(len(usual))}

    def look(self, evening: Evening, known: Known) -> np.ndarray:
        more = np.where(evening.arrived > 0, self.standard(evening) - self.slack, 0.0)
        known["sum"] = np.clip(known["sum"] + more, 0.0, 2 * self.limit)
        return np.asarray(known["sum"] > self.limit)
