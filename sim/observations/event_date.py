"""When something happened."""

from __future__ import annotations

import datetime as dt
from typing import Literal

import numpy as np

from sim.observations.base import OBSERVATIONS, OPEN, OfSites
from sim.observations.points import Points
from sim.observations.seen import Seen
from sim.observations.sorts import Event
from sim.units import Date, NonNegative, WholeDays


@OBSERVATIONS.register("event_date")
class EventDate(Event, OfSites):
    """The date on which a daily figure of sites, added up, was first past a level, was at its worst, or was over it.

    over: the first day after it was past the level from which on it was not for `lasts` days. What does not come before
    the run ends has no date.
    """

    worst = 0
    when: Literal["first", "worst", "over"] = "first"
    """which date"""
    figure: Literal["unmet", "served", "received", "dispatched", "produced", "on_hand"] = "unmet"
    """the daily figure"""
    above: NonNegative | None = None
    """past the level is more than so many units; left out, with no `below`: more than none"""
    below: NonNegative | None = None
    """past the level is less than so many units"""
    since: Date | None = None
    """first day that is looked at; left out: the scenario's first day"""
    lasts: WholeDays = 14
    """days without, after which it is over"""
    example = OPEN | {"is": "event", "when": "over", "figure": "unmet", "above": 5}
    bad_example = (OPEN | {"is": "event", "above": 5, "below": 3}, "either above or below")

    def check(self) -> None:
        super().check()
        if self.above is not None and self.below is not None:
            raise ValueError("either above or below")

    @property
    def counts_from(self) -> dt.date | None:
        return self.since

    def modelled(self, seen: Seen, points: Points) -> np.ndarray:
        daily = seen.daily(self.cells(seen.network), self.figure).sum(axis=1)
        first = 0 if self.since is None else max(0, (self.since - seen.network.calendar.start).days)
        return np.full(len(points), self._day(daily, min(first, len(daily))))

    def _day(self, daily: np.ndarray, first: int) -> float:
        past = daily < self.below if self.below is not None else daily > (self.above or 0.0)
        some = np.flatnonzero(past[first:]) + first
        if not len(some):
            return np.nan
        if self.when == "first":
            return float(some[0])
        if self.when == "worst":
            part = daily[first:]
            return float(first + (part.argmin() if self.below is not None else part.argmax()))
        last = np.append(some, len(daily) + self.lasts)
        calm = np.flatnonzero(np.diff(last) > self.lasts)
        over = float(some[calm[0]] + 1)
        return over if over + self.lasts <= len(daily) else np.nan
