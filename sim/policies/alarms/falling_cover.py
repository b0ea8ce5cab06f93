"""Rises when stock runs down: where a line through the last days of cover comes to nothing before long."""

from __future__ import annotations

import numpy as np

from sim.errors import PlaceError
from sim.policies.alarms.base import ALARMS, Alarm, Evening, Known
from sim.policies.cover import CountsCover
from sim.units import Days, WholeDays

ROUNDING = 1e-9
"""Days of cover that are as good as none."""


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
        units = len(usual)
        sums = {"sum": np.zeros(units), "moment": np.zeros(units)}
        counts = {"evening": np.zeros(units, dtype=np.int64), "told": np.zeros(units, dtype=np.int64)}
        return (
            {"cover": np.zeros((self.days, units)), "is_told": np.zeros((self.days, units), dtype=bool)} | sums | counts
        )

    def look(self, evening: Evening, known: Known) -> np.ndarray:
        self._take_in(evening.groups.cover, known)
        middle = (self.days - 1) / 2
        slope = (known["moment"] - middle * known["sum"]) / (self.days * (self.days**2 - 1) / 12)
        tonight = known["sum"] / self.days + slope * middle
        nothing = (tonight <= ROUNDING) | ((slope < 0) & (tonight < -slope * self.below))
        return np.asarray(nothing & (known["told"] == self.days))

    def _take_in(self, cover: np.ndarray, known: Known) -> None:
        """Tonight's cover takes the place of the oldest in the `sum`, and in the `moment`: the sum with each evening
        times its number, from 0 on. Once in so many days they are added up anew, so that rounding does not pile up."""
        row = int(known["evening"][:1].sum()) % self.days
        there = np.isfinite(cover)  # nobody runs out without demand
        now, oldest = np.where(there, cover, 0.0), known["cover"][row]
        known["sum"] -= oldest
        known["moment"] += (self.days - 1) * now - known["sum"]
        known["sum"] += now
        known["told"] += there
        known["told"] -= known["is_told"][row]
        known["cover"][row], known["is_told"][row] = now, there
        known["evening"] += 1
        if row == self.days - 1:  # the evenings stand in their order
            known["cover"].sum(axis=0, out=known["sum"])
            known["moment"][:] = 0
            for number, evening in enumerate(known["cover"]):
                known["moment"] += number * evening
