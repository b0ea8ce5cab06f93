"""Hoarding: buyers who see little of their orders filled order more."""

from __future__ import annotations

import numpy as np

from sim.engine.plan import Hoarders
from sim.model.network import Network
from sim.model.part import Part


class Hoarding(Part):
    """What buyers have seen of late, and how much higher it makes the level they order up to; arrays over cells.

    `factor` is 1 where nothing is scarce. A day on which a buyer has nothing due counts as one with all filled.
    Where a lane leaves every so many days, its last day speaks for those until the next.
    """

    CHANGES = ("_filled", "_open", "_left", "factor")

    def __init__(self, network: Network, hoarders: Hoarders) -> None:
        self._hoarders, self._buyer = hoarders, network.flow_buyer
        self._filled = np.ones(len(hoarders.cells))
        self._open = np.zeros(len(network.flow_buyer), dtype=np.int64)
        self._left = np.zeros(len(network.flow_buyer), dtype=np.int64)
        self.factor = np.ones(len(network.cell_site))

    def look(self, open_orders: np.ndarray, left: np.ndarray, leaves: np.ndarray | bool = True) -> None:
        """Take in a day: orders due before and after the day's dispatch, over flows, those cancelled left unfilled;
        `leaves` is a mask of the flows whose lane leaves today."""
        mine = self._hoarders
        np.copyto(self._open, open_orders, where=leaves)
        np.copyto(self._left, left, where=leaves)
        waiting, rest = self._seen(self._open), self._seen(self._left)
        filled = np.ones(len(mine.cells))
        np.divide(waiting - rest, waiting, out=filled, where=waiting > 0)
        self._filled += (filled - self._filled) / mine.memory
        scarcity = np.clip((mine.below - self._filled) / mine.below, 0, 1)
        self.factor[mine.cells] = 1 + mine.gain * scarcity

    def _seen(self, units: np.ndarray) -> np.ndarray:
        """Units over flows, added up over those that each hoarder looks at."""
        mine = self._hoarders
        if mine.seen is None:
            return np.asarray(np.bincount(self._buyer, units, len(self.factor))[mine.cells])
        hoarder, pool, member, flow = mine.seen
        pools = np.bincount(member, units[flow], int(member.max(initial=-1)) + 1)
        return np.bincount(hoarder, pools[pool], len(mine.cells))
