"""Met when goods come late."""

from __future__ import annotations

import numpy as np
from pydantic import Field

from sim.policies.triggers.base import MOST_ARRIVALS, TRIGGERS, Groups, SiteTrigger
from sim.units import Percent


@TRIGGERS.register("lead_time")
class LeadTime(SiteTrigger):
    """Journeys that arrived took longer than usual: a site sees it in its own orders, once goods are there.

    What came from one source in one day is one arrival. Its days on the way are counted from when it left the source,
    the usual ones are the planned mean of that way. Of goods that do not arrive at all this says nothing;
    `supplier_fill` does.
    """

    above: Percent
    """by how much more than usual the last arrivals took together"""
    arrivals: int = Field(default=5, ge=1, le=MOST_ARRIVALS)
    """how many of each site's last arrivals it looks at; before there were so many it is not met"""
    sees = ("journeys",)
    example = {"trigger": "lead_time", "above": "10%", "arrivals": 3}
    bad_example = ({"trigger": "lead_time", "above": "10%", "arrivals": 0}, "at least 1")

    @property
    def arrivals_over(self) -> int:
        return self.arrivals

    def holds(self, groups: Groups) -> np.ndarray:
        return groups.later_than(self.above, self.arrivals)
