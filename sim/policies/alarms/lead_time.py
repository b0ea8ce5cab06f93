"""Rises when goods come late."""

from __future__ import annotations

import numpy as np
from pydantic import Field

from sim.policies.alarms.base import ALARMS, Alarm, Evening, Known
from sim.policies.triggers.base import MOST_ARRIVALS
from sim.units import Percent


@ALARMS.register("lead_time")
class LateArrivals(Alarm):
    """The last journeys together took longer than usual, by a share.

    What an arrival is, and how long it should have taken, is as in the trigger of this name.
    """

    above: Percent
    """by how much more than usual the last arrivals took together"""
    arrivals: int = Field(default=5, ge=1, le=MOST_ARRIVALS)
    """how many of each site's last arrivals it looks at; before there were so many it does not hold"""
    sees = ("journeys",)
    example = {"at": "store", "above": "10%", "arrivals": 3}
    bad_example = ({"at": "store", "above": "10%", "arrivals": 0}, "at least 1")

    @property
    def arrivals_over(self) -> int:
        return self.arrivals

    def look(self, evening: Evening, known: Known) -> np.ndarray:
        return evening.groups.later_than(self.above, self.arrivals)
