"""What givers can spare, shared out over those who ask them for it."""

from __future__ import annotations

import numpy as np

from sim.engine.deciding.dispatch import Dispatch
from sim.engine.deciding.short_dated import Shelves, arrival
from sim.engine.plan import Plan
from sim.engine.state.lots import LotKeeper, Rows
from sim.engine.transferred import BoundTransfers
from sim.model.goods.lots import NEVER_EXPIRES
from sim.policies.allocation.base import Claims

FAR = 10**5
"""Days; beyond any run."""


class Spare:
    """One entry's givers and takers in one evening.

    Units over takers that each `lacks`, and has to cover its use (`cover`), over givers what each can `spare`; `use`
    are units a day over cells. What is given changes the first three.
    """

    def __init__(
        self,
        plan: Plan,
        entry: BoundTransfers,
        lacks: np.ndarray,
        spare: np.ndarray,
        cover: np.ndarray,
        use: np.ndarray,
        lots: LotKeeper | None,
        day: int,
    ) -> None:
        self._plan, self._entry, self._lots, self._day = plan, entry, lots, day
        self._lacks, self._spare, self._cover, self._use = lacks, spare, cover, use
        self._had, self._shelves = cover.copy(), None
        tracked = plan.lots.tracked[entry.givers]
        if lots is not None and tracked.any():
            self._shelf = np.full(len(tracked), -1)
            some = np.flatnonzero(tracked & (spare > 0))
            self._shelf[some] = np.arange(len(some))
            self._shelves = Shelves(lots, lots.pocket[entry.givers[some]])

    def of(self, ways: np.ndarray, dispatch: Dispatch) -> tuple[np.ndarray, Rows | None]:
        """Units given on each of these ways, which stand in order of taker and then of whom that asks first; and
        (position in `ways`, lot, units) of what is kept by lot.

        All who lack something ask their first giver, which shares what it can spare; who lacks more asks the next.
        """
        entry, units, open_ = self._entry, np.zeros(len(ways), dtype=np.int64), np.arange(len(ways))
        while open_.size:
            taker = entry.taker[ways[open_]]
            asked = open_[np.concatenate([[True], taker[1:] != taker[:-1]])]
            asked = asked[np.argsort(entry.giver[ways[asked]], kind="stable")]
            way = ways[asked]
            granted = self._shared(way)
            sent = self._by_lot(asked, way, dispatch.given(entry.flow[way], granted))
            units[asked] += sent
            np.subtract.at(self._spare, entry.giver[way], sent)
            self._lacks[entry.taker[way]] -= sent
            self._cover[entry.taker[way]] += sent
            done = asked[(sent < granted) | (granted == 0)]  # this giver has no more for it
            left = (self._lacks[entry.taker[ways[open_]]] > 0) & (self._spare[entry.giver[ways[open_]]] > 0)
            open_ = open_[left & ~np.isin(open_, done)]
        return units, None if self._shelves is None else self._shelves.empty()

    def _shared(self, way: np.ndarray) -> np.ndarray:
        """What givers grant those who ask them, ways in order of giver."""
        entry, network = self._entry, self._plan.network
        giver, taker = entry.giver[way], entry.taker[way]
        givers, source = np.unique(giver, return_inverse=True)
        held_back = entry.rule.share.held_back(network, entry.givers[givers])
        asked = np.bincount(source, self._lacks[taker], len(givers))
        if (asked <= np.maximum(0, self._spare[givers] - held_back)).all():
            return self._lacks[taker]
        claims = Claims(
            self._spare[givers], source, self._lacks[taker], entry.flow[way], self._cover[taker],
            self._use[entry.takers[taker]], network.cell_priority[entry.takers[taker]],
        )  # fmt: skip
        return entry.rule.share.share(claims, network)

    def _by_lot(self, asked: np.ndarray, way: np.ndarray, units: np.ndarray) -> np.ndarray:
        """What of these units will be used before it expires, ways in order of giver; all that is not kept by lot."""
        if self._shelves is None or self._lots is None:
            return units
        entry, plan, units = self._entry, self._plan, units.copy()
        kept = ((self._shelf[entry.giver[way]] >= 0) & (units > 0)).nonzero()[0]
        taker, flow = entry.taker[way[kept]], entry.flow[way[kept]]
        arrives = arrival(self._day, plan.network.routes.under_way[plan.network.flow_route[flow]])
        units[kept] = self._shelves.take(
            asked[kept], self._shelf[entry.giver[way[kept]]], units[kept], arrives,
            plan.lots.minimum[entry.takers[taker]], self._use[entry.takers[taker]], self._used_before(taker, arrives),
        )  # fmt: skip
        return units

    def _used_before(self, taker: np.ndarray, arrives: np.ndarray) -> np.ndarray:
        """Units that each of these takers, named once, will use first: what it has that expires while goods up to its
        level last, and what it is given this evening by others."""
        assert self._lots is not None
        entry = self._entry
        use = np.maximum(self._use[entry.takers[taker]], 1e-9)
        lasts = np.minimum(np.ceil(entry.up_to[taker] / use), FAR).astype(np.int64)
        own = self._lots.too_old(self._lots.pocket[entry.takers[taker]], np.minimum(arrives + lasts, NEVER_EXPIRES))
        return np.asarray(own + self._cover[taker] - self._had[taker])
