"""Rises when sources ration."""

from __future__ import annotations

import numpy as np

from sim.policies.alarms.base import ALARMS, Alarm, Evening, Known
from sim.units import Share, WholeDays


@ALARMS.register("supplier_fill")
class FillDips(Alarm):
    """Sources send less than a share of what they owe: watchers see it in their own orders.

    What is due, and what is not, is as in the trigger of this name.
    """

    below: Share
    """share of the orders due that was sent"""
    days: WholeDays = 7
    """how many days it looks back"""
    sees = ("supply",)
    example = {"at": "store", "below": "80%", "days": "14d"}
    bad_example = ({"at": "store", "below": 80}, "share in percent")

    @property
    def fill_over(self) -> int:
        return self.days

    def look(self, evening: Evening, known: Known) -> np.ndarray:
        return evening.groups.filled < self.below
