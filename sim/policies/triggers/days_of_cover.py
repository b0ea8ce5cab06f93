"""Met when cover runs low."""

from __future__ import annotations

import numpy as np

from sim.policies.cover import CountsCover
from sim.policies.triggers.base import TRIGGERS, Groups, SiteTrigger
from sim.units import Days


@TRIGGERS.register("days_of_cover")
class DaysOfCover(CountsCover, SiteTrigger):
    """Usable stock over usual demand, or over present demand, falls below a number of days."""

    below: Days
    """days of cover"""
    sees = ("stock",)
    example = {"trigger": "days_of_cover", "below": "10d"}
    bad_example = ({"trigger": "days_of_cover", "below": 10}, "with its unit")

    def holds(self, groups: Groups) -> np.ndarray:
        return groups.cover < self.below
