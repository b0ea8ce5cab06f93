"""Hoarding: buyers who see little of their orders filled order more."""

from __future__ import annotations

import numpy as np

from sim.engine.plan import Hoarders
from sim.model.network import Network
from sim.model.part import Part


class Hoarding(Part):
    """What buyers have seen of late, and how much higher it makes the level they order up to; arrays over cells.

    `factor` is 1 where nothing is scarce. A day on which a buyer waits for nothing counts as one with all filled.
    """

    CHANGES = ("_filled", "factor")

    def __init__(self, network: Network, hoarders: Hoarders) -> None:
        self._hoarders, self._buyer = hoarders, network.flow_buyer
        self._filled = np.ones(len(hoarders.cells))
        self.factor = np.ones(len(network.cell_site))

    def look(self, open_orders: np.ndarray, left: np.ndarray) -> None:
        """Take in a day: orders open before and after the day's dispatch, over flows."""
        mine = self._hoarders
        waiting, rest = self._seen(open_orders), self._seen(left)
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
