"""Opens when cover runs low."""

from __future__ import annotations

from typing import Literal

import numpy as np

from sim.policies.reserves.triggers.base import TRIGGERS, MemberView, Trigger
from sim.units import Days


@TRIGGERS.register("days_of_cover")
class DaysOfCover(Trigger):
    """Usable stock over usual demand falls below a number of days."""

    below: Days
    """days of cover"""
    of: Literal["member", "any", "together", "site"] = "member"
    """member: each member for itself; any: one member's need opens it for all; together: the members' pooled cover;
    site: each site for itself"""
    example = {"trigger": "days_of_cover", "below": "10d"}
    bad_example = ({"trigger": "days_of_cover", "below": 10}, "with its unit")

    def met(self, view: MemberView) -> np.ndarray:
        members = view.members
        if self.of == "site":
            low = view.on_hand < self.below * members.mean
        elif self.of == "together":
            low = members.together.cover(view.on_hand) < self.below
        else:
            low = members.each.cover(view.on_hand) < self.below
        if self.of == "any":
            low = np.isin(members.product, members.product[low])
        return low
