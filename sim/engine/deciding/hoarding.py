"""Hoarding: buyers who see little of their orders filled order more."""

from __future__ import annotations

import numpy as np

from sim.engine.knowing.told import Along
from sim.engine.plan import Hoarders
from sim.engine.sharing.trust import Trust
from sim.model.lists import Lists
from sim.model.network import Network
from sim.model.part import Part


class SeenScarcity(Part):
    """What buyers have seen of late, and how much higher it makes the level they order up to; arrays over cells.

    `factor` is 1 where nothing is scarce. A day on which a buyer has nothing due counts as one with all filled.
    Where a lane leaves every so many days, its last day speaks for those until the next. What buyers are told of the
    orders of others (`as_told`) may be late, or less than all.
    """

    CHANGES = ("_filled", "factor", "_open", "_left", "_sees", "_adds")

    def __init__(self, network: Network, hoarders: Hoarders, trust: Trust | None = None) -> None:
        self._hoarders, self._buyer, self._trust = hoarders, network.flow_buyer, trust
        self._filled = np.ones(len(hoarders.cells))
        self._open = np.zeros(len(network.flow_buyer), dtype=np.int64)
        self._left = np.zeros(len(network.flow_buyer), dtype=np.int64)
        self.factor = np.ones(len(network.cell_site))
        self._seen_by = hoarders.seen
        self._told: Along | None = None
        self._sees, self._adds = np.zeros((2, 0), dtype=bool)

    def as_told(self, observer: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Let buyers look at orders of others as their observer (over cells) sees them, one pool for each observer.

        Returns, over (pool, flow) pairs, the flows and the observers that see them.
        """
        assert self._hoarders.seen is not None
        hoarder, pool, member, flow = self._hoarders.seen
        keys = np.column_stack([pool, observer[self._hoarders.cells[hoarder]]])
        pools, pool = np.unique(keys, axis=0, return_inverse=True)
        first, flows = Lists(member, flow, int(member.max(initial=-1)) + 1).of(pools[:, 0])[::-1]
        self._seen_by = hoarder, pool.reshape(-1), first, flows
        return flows, pools[first, 1]

    def expect_eyes(self, sees: np.ndarray, told: Along) -> None:
        """From now on the pairs (a mask) are seen of which these eyes see orders, as they are told; a hoarder whose
        pool sees none of its own orders knows them by itself."""
        assert self._seen_by is not None
        hoarder, pool, member, flow = self._seen_by
        self._sees, self._told = sees, told
        width = len(self.factor)
        own = pool * width + self._hoarders.cells[hoarder]
        self._adds = ~np.isin(own, (member * width + self._buyer[flow])[sees])

    @property
    def orders(self) -> dict[str, np.ndarray]:
        """What is told of orders: those due before and after the last evening's dispatch; over flows."""
        return {"open": self._open, "left": self._left}

    def look(self, open_orders: np.ndarray, left: np.ndarray, leaves: np.ndarray | bool = True) -> None:
        """Take in a day: orders due before and after the day's dispatch, over flows, those cancelled left unfilled;
        `leaves` is a mask of the flows whose lane leaves today."""
        mine = self._hoarders
        np.copyto(self._open, open_orders, where=leaves)
        np.copyto(self._left, left, where=leaves)
        waiting, rest = self._seen("open", self._open), self._seen("left", self._left)
        filled = np.ones(len(mine.cells))
        np.divide(waiting - rest, waiting, out=filled, where=waiting > 0)
        self._filled += (filled - self._filled) / mine.memory
        scarcity = np.clip((mine.below - self._filled) / mine.below, 0, 1)
        doubt = 1.0 if self._trust is None else self._trust.doubt(mine.cells)
        self.factor[mine.cells] = 1 + mine.gain * doubt * scarcity

    def _seen(self, name: str, units: np.ndarray) -> np.ndarray:
        """Units over flows, added up over those that each hoarder looks at."""
        mine = self._hoarders
        if self._seen_by is None:
            return np.asarray(np.bincount(self._buyer, units, len(self.factor))[mine.cells])
        hoarder, pool, member, flow = self._seen_by
        seen = units[flow] if self._told is None else self._told.seen(name, units[flow]) * self._sees
        pools = np.bincount(member, seen, int(member.max(initial=-1)) + 1)
        found = np.bincount(hoarder, pools[pool], len(mine.cells))
        if self._told is not None and self._adds.any():
            own = np.bincount(self._buyer, units, len(self.factor))[mine.cells]
            found += np.bincount(hoarder, self._adds * own[hoarder], len(mine.cells))
        return found
