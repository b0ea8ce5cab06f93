"""Open orders over time: in which order they were booked, and which of them are due."""

from __future__ import annotations

import numpy as np

from sim.model.part import Part
from sim.policies.allocation.base import in_turn


class OrderBook(Part):
    """Open orders in order of booking, of flows whose source serves first come, first served.

    It is told of all that happens to orders when it happens. Those of one day stand in order of their flows, the site
    named first, whatever time of the day they were booked at; what is open at the start is older than all.
    """

    CHANGES = ("_today", "flow", "units")

    def __init__(self, kept: np.ndarray, unsent: np.ndarray) -> None:
        self._kept = kept
        self._today = np.where(kept, unsent, 0)
        self.flow = np.zeros(0, dtype=np.int64)
        self.units = np.zeros(0, dtype=np.int64)
        self.close_day()

    def book(self, flow: np.ndarray, units: np.ndarray) -> None:
        """New orders; each flow named once."""
        self._today[flow] += np.where(self._kept[flow], units, 0)

    def close_day(self) -> None:
        """No more orders will be booked today: they go to the end."""
        flow = self._today.nonzero()[0]
        if flow.size:
            self.flow = np.concatenate([self.flow, flow])
            self.units = np.concatenate([self.units, self._today[flow]])
            self._today[flow] = 0

    def sent(self, flow: np.ndarray, units: np.ndarray) -> None:
        """Goods have left: strike them off the oldest orders; each flow named once."""
        self._strike(flow, units, np.argsort(self.flow, kind="stable"))

    def cancelled(self, flow: np.ndarray, units: np.ndarray) -> None:
        """What was ordered last is no longer on order; each flow named once."""
        newest = np.arange(len(self.flow))[::-1]
        self._strike(flow, units, newest[np.argsort(self.flow[newest], kind="stable")])

    def reopened(self, flow: np.ndarray, units: np.ndarray) -> None:
        """What had left did not get through: its orders come before all that still wait, in the order given."""
        mine = self._kept[flow]
        self.flow = np.concatenate([flow[mine], self.flow])
        self.units = np.concatenate([units[mine], self.units])

    def _strike(self, flow: np.ndarray, units: np.ndarray, order: np.ndarray) -> None:
        less = np.zeros(len(self._kept), dtype=np.int64)
        less[flow] = np.where(self._kept[flow], units, 0)
        if np.count_nonzero(less):
            self.units = self.units - in_turn(less, self.flow, self.units, order)
            left = self.units > 0
            self.flow, self.units = self.flow[left], self.units[left]


class Due(Part):
    """Which open orders should have been sent by now: all but those that are within the time their source usually takes
    to make what is ordered of it.

    `wait` are whole days over flows; what is `unsent` at the start was ordered at the `usual` units a day until then.
    """

    CHANGES = ("_day", "_ordered", "_young")

    def __init__(self, wait: np.ndarray, usual: np.ndarray, unsent: np.ndarray) -> None:
        self._mine = (wait > 0).nonzero()[0]
        self._row = np.full(len(wait), -1)
        self._row[self._mine] = np.arange(len(self._mine))
        self._wait, self._columns = wait[self._mine], np.arange(len(self._mine))
        self._day = 0
        # units ordered on each of the last days, the row of a day being its number modulo their count
        self._ordered = np.zeros((int(self._wait.max(initial=0)) + 1, len(self._mine)), dtype=np.int64)
        self._young = np.zeros(len(self._mine), dtype=np.int64)
        left = unsent[self._mine].copy()
        for ago in range(1, len(self._ordered)):
            daily = np.floor(usual[self._mine] * ago + 1e-9) - np.floor(usual[self._mine] * (ago - 1) + 1e-9)
            units = np.where(ago < self._wait, np.minimum(left, daily.astype(np.int64)), 0)
            self._ordered[-ago % len(self._ordered)] = units
            left -= units
            self._young += units

    def book(self, flow: np.ndarray, units: np.ndarray) -> None:
        """New orders; each flow named once."""
        row = self._row[flow]
        units, row = units[row >= 0], row[row >= 0]
        self._ordered[self._day % len(self._ordered), row] += units
        self._young[row] += units

    def cancelled(self, flow: np.ndarray, units: np.ndarray) -> None:
        """What was ordered last is no longer on order; each flow named once."""
        left = np.zeros(len(self._row), dtype=np.int64)
        left[flow] = units
        left = left[self._mine]
        for ago in range(len(self._ordered)):
            row = (self._day - ago) % len(self._ordered)
            gone = np.where(ago < self._wait, np.minimum(left, self._ordered[row]), 0)
            self._ordered[row] -= gone
            self._young -= gone
            left -= gone

    def of(self, unsent: np.ndarray) -> np.ndarray:
        """The units due of what is unsent, over flows: the oldest orders are sent first."""
        due = unsent.copy()
        due[self._mine] = np.maximum(0, due[self._mine] - self._young)
        return due

    def close_day(self) -> None:
        """The evening is over; orders become due that will have been open long enough tomorrow."""
        self._day += 1
        if self._mine.size:
            row = (self._day - self._wait) % len(self._ordered)
            self._young -= self._ordered[row, self._columns]
            self._ordered[self._day % len(self._ordered)] = 0
