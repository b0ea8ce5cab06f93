"""Met when cover runs low."""

from __future__ import annotations

import numpy as np

from sim.policies.cover import CountsCover
from sim.policies.triggers.base import TRIGGERS, Over, Trigger, TriggerView
from sim.units import Days


@TRIGGERS.register("days_of_cover")
class DaysOfCover(CountsCover, Trigger):
    """Usable stock over usual demand, or over present demand, falls below a number of days."""

    below: Days
    """days of cover"""
    of: Over = "member"
    """member: each member of the reserve for itself; each: the same, of whatever it is looked at for; any: one's need
    counts for all; together: pooled cover; site: each site for itself"""
    sees = ("stock",)
    over = ("member", "each", "any", "together", "site")
    example = {"trigger": "days_of_cover", "below": "10d"}
    bad_example = ({"trigger": "days_of_cover", "below": 10}, "with its unit")

    def met(self, view: TriggerView) -> np.ndarray:
        watched = view.watched
        if self.of == "site":
            low = view.on_hand < self.below * watched.mean
        elif self.of == "together":
            low = watched.together.cover(view.on_hand) < self.below
        else:
            low = watched.each.cover(view.on_hand) < self.below
        if self.of == "any":
            low = np.isin(watched.product, watched.product[low])
        return low
