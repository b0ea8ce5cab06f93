"""Rises when lead times drift, by a weighted mean."""

from __future__ import annotations

import numpy as np
from pydantic import Field

from sim.policies.alarms.base import ALARMS, Evening, Known
from sim.policies.alarms.drift import Drift
from sim.units import Positive, Share


@ALARMS.register("lead_time_ewma")
class LeadTimeEwma(Drift):
    """The mean of how late goods arrive, the latest weighted most, is beyond what chance brings.

    With z, how late the arrivals of a day are in standard deviations, the mean is m = w z + (1 - w) m, from 0 on. After
    i such days its standard deviation is that of z times the root of w / (2 - w) (1 - (1 - w)^(2 i)); it holds where m
    is above `limit` times that (Roberts 1959; Montgomery 2013, § 9.2).
    """

    weight: Share = Field(default=0.2, gt=0)
    """w, the weight of the latest"""
    limit: Positive = 3.0
    """standard deviations of the mean from which on it holds"""
    example = {"at": "store", "scatter": "10%"}
    bad_example = ({"at": "store", "scatter": "10%", "weight": 0.2}, "20%")

    def begin(self, usual: np.ndarray) -> Known:
        return {"mean": np.zeros(len(usual)), "days": np.zeros(len(usual), dtype=np.int64)}

    def look(self, evening: Evening, known: Known) -> np.ndarray:
        came = evening.arrived > 0
        known["days"] += came
        known["mean"] += np.where(came, self.weight * (self.standard(evening) - known["mean"]), 0.0)
        settled = 1 - (1 - self.weight) ** (2 * known["days"])
        deviation = np.sqrt(self.weight / (2 - self.weight) * settled)
        return np.asarray((known["days"] > 0) & (known["mean"] > self.limit * deviation))
