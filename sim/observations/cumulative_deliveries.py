"""What was delivered up to a date."""

from __future__ import annotations

import datetime as dt
from typing import Literal

import numpy as np

from sim.observations.base import OBSERVATIONS, OPEN, OfSites
from sim.observations.points import Points
from sim.observations.seen import Seen
from sim.observations.sorts import Guessed, Level
from sim.units import Date

COUNTED = {"received": "received", "sent": "dispatched", "made": "produced"}


@OBSERVATIONS.register("cumulative_deliveries")
class CumulativeDeliveries(Level, Guessed, OfSites):
    """Units that sites received, sent or made from a date (`since`) up to and with the date of a point."""

    worst = 0
    since: Date | None = None
    """first day that counts; left out: the scenario's first day"""
    counted: Literal["received", "sent", "made"] = "received"
    """what is counted at the sites"""
    example = OPEN | {"is": "level", "unit": "bags", "at": "store", "since": "2024-01-05"}
    bad_example = (OPEN | {"is": "level", "counted": "bought"}, "received")

    @property
    def counts_from(self) -> dt.date | None:
        return self.since

    def modelled(self, seen: Seen, points: Points) -> np.ndarray:
        daily = seen.daily(self.cells(seen.network), COUNTED[self.counted]).sum(axis=1)
        if self.since is not None:
            daily[: max(0, (self.since - seen.network.calendar.start).days)] = 0
        found: np.ndarray = np.cumsum(daily)[points.day]
        return found

    def guess(self, points: Points, start: dt.date) -> np.ndarray:
        """`usual` a day from `since` on, less what is cut."""
        assert self.naive is not None
        since = 0 if self.since is None else (self.since - start).days
        first = np.minimum(np.full(len(points), since), points.day)
        spans = Points(
            first, points.day, points.value, points.asked, points.held_out, points.source, points.quality, points.line
        )
        days = np.maximum(0, points.day - since + 1)
        return (self.naive.usual or 0.0) * days * (1 - self.naive.lost * self.naive.holds(spans, start))
