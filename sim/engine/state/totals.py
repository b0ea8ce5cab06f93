"""Totals since the first day of what somebody knows by himself, whatever he is told."""

from __future__ import annotations

from bisect import bisect_left

import numpy as np

from sim.model.part import Part


class Totals(Part):
    """Units since the first day: over cells `ordered` and not cancelled, and what sites `gave` and `got` beside orders,
    over flows `sent`. What was sent on flows beside `orders`, of which there are many and few are in use, is kept by
    the `evening` as well after whose reports it left."""

    CHANGES = ("ordered", "gave", "got", "sent", "evening")
    GROWS = ("_gifts",)

    def __init__(self, cells: int, flows: int, orders: int) -> None:
        self.ordered, self.gave, self.got = np.zeros((3, cells), dtype=np.int64)
        self.sent, self._orders = np.zeros(flows, dtype=np.int64), orders
        self.evening = 0
        """the last one on which reports were made"""
        self._gifts: list[tuple[int, np.ndarray, np.ndarray]] = []

    def send(self, flow: np.ndarray, units: np.ndarray) -> None:
        """Goods leave on flows, each named once."""
        self.sent[flow] += units
        self._note_gifts(flow, units)

    def turn_back(self, flow: np.ndarray, units: np.ndarray) -> None:
        """Goods that had left on flows are their sources' again, or are destroyed: they count as not sent."""
        np.subtract.at(self.sent, flow, units)
        self._note_gifts(flow, -units)

    def _note_gifts(self, flow: np.ndarray, units: np.ndarray) -> None:
        gift = flow >= self._orders
        if gift.any():
            self._gifts.append((self.evening, flow[gift], units[gift]))

    def given_since(self, flow: np.ndarray, evening: np.ndarray) -> np.ndarray:
        """Units sent on some flows beside orders since the reports of an evening, of each flow its own."""
        first = bisect_left(self._gifts, int(evening.min(initial=self.evening)), key=lambda entry: entry[0])
        rows = self._gifts[first:]
        if not rows:
            return np.zeros(len(flow), dtype=np.int64)
        when = np.repeat([one for one, _, _ in rows], [len(mine) for _, mine, _ in rows])
        where, units = (np.concatenate(column) for column in list(zip(*rows, strict=True))[1:])
        flows, of = np.unique(flow, return_inverse=True)
        since = np.empty(len(flows), dtype=np.int64)
        since[of] = evening
        place = np.minimum(np.searchsorted(flows, where), len(flows) - 1)
        counts = (flows[place] == where) & (when >= since[place])
        return np.bincount(place[counts], units[counts], len(flows)).astype(np.int64)[of]
