"""Met when sources ration."""

from __future__ import annotations

import numpy as np

from sim.policies.triggers.base import TRIGGERS, Groups, SiteTrigger
from sim.units import Share, WholeDays


@TRIGGERS.register("supplier_fill")
class SupplierFill(SiteTrigger):
    """A site's sources send less than a share of what they owe it: it sees rationing in its own orders.

    Of the orders due in the last days, counted are those sent in them, those cancelled, and those due and not sent by
    now. What is being made in its usual time, or waits for its round, is not due; with nothing due all is filled.
    """

    below: Share
    """share of the orders due that was sent"""
    days: WholeDays = 7
    """how many days it looks back"""
    sees = ("supply",)
    example = {"trigger": "supplier_fill", "below": "80%", "days": "14d"}
    bad_example = ({"trigger": "supplier_fill", "below": 80}, "share in percent")

    @property
    def fill_over(self) -> int:
        return self.days

    def holds(self, groups: Groups) -> np.ndarray:
        return groups.filled < self.below
