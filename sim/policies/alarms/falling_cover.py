"""Rises when stock runs down: where a line through the last days of cover comes to nothing before long."""

from __future__ import annotations

import numpy as np

from sim.errors import PlaceError
from sim.policies.alarms.base import ALARMS, Alarm, Evening, Known
from sim.policies.cover import CountsCover
from sim.units import Days, WholeDays


@ALARMS.register("falling_cover")
class FallingCover(CountsCover, Alarm):
    """At the rate at which days of cover have fallen of late, nothing is left before long.

    A straight line is laid through the days of cover of the last `days` evenings by least squares. With its value of
    tonight y and its slope b, nothing is left in y / -b days; it holds where that is less than `below`, or y is nothing
    already. A line that rises never comes to nothing. Of sites that are supplied at intervals `days` should be longer
    than these.
    """

    days: WholeDays = 14
    """evenings that the line is laid through; before there were so many it does not hold"""
    below: Days
    """days until nothing is left"""
    sees = ("stock",)
    example = {"at": "facilities", "days": "7d", "below": "10d"}
    bad_example = ({"at": "facilities", "below": 10}, "with its unit")

    def check(self) -> None:
        if self.days < 2:
            raise PlaceError(("days",), "no line is laid through one evening", f"{self.days}d", "2d at least")

    @property
    def rows(self) -> int:
        return self.days

    def begin(self, usual: np.ndarray) -> Known:
        return {"cover": np.full((self.days, len(usual)), np.nan)}

    def look(self, evening: Evening, known: Known) -> np.ndarray:
        cover, now = known["cover"], evening.groups.cover
        cover[:-1] = cover[1:]
        cover[-1] = np.where(np.isfinite(now), now, np.nan)  # nobody runs out without demand
        off = np.arange(self.days) - (self.days - 1) / 2
        slope = (off[:, None] * cover).sum(axis=0) / (off**2).sum()
        tonight = cover.mean(axis=0) + slope * off[-1]
        return np.asarray((tonight <= 0) | ((slope < 0) & (tonight < -slope * self.below)))
