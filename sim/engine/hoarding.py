"""Hoarding: buyers who see little of their orders filled order more."""

from __future__ import annotations

import numpy as np

from sim.engine.plan import Hoarders
from sim.model.network import Network


class Hoarding:
    """What buyers have seen of late, and how much higher it makes the level they order up to; arrays over cells.

    `factor` is 1 where nothing is scarce. A day on which nothing is sent and nothing due counts as one with all filled.
    Where a lane leaves every so many days, its last day speaks for those until the next.
    """

    def __init__(self, network: Network, hoarders: Hoarders) -> None:
        self._hoarders, self._buyer = hoarders, network.flow_buyer
        self._filled = np.ones(len(hoarders.cells))
        self._sent = np.zeros(len(network.flow_buyer), dtype=np.int64)
        self._unfilled = np.zeros(len(network.flow_buyer), dtype=np.int64)
        self.factor = np.ones(len(network.cell_site))

    def look(self, sent: np.ndarray, unfilled: np.ndarray, leaves: np.ndarray) -> None:
        """Take in a day: units over flows that were sent, and that were due or cancelled and were not; `leaves` is a mask
        of the flows whose lane leaves today."""
        mine = self._hoarders
        np.copyto(self._sent, sent, where=leaves)
        np.copyto(self._unfilled, unfilled, where=leaves)
        got, lacking = self._seen(self._sent), self._seen(self._unfilled)
        filled = np.ones(len(mine.cells))
        np.divide(got, got + lacking, out=filled, where=got + lacking > 0)
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
