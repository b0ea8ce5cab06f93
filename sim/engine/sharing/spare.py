"""What givers can spare, shared out over those who ask them for it."""

from __future__ import annotations

from itertools import count
from typing import NamedTuple

import numpy as np

from sim.engine.bound.transfers import Partners
from sim.engine.plan import Plan
from sim.engine.sharing.dispatch import Dispatch
from sim.engine.sharing.short_dated import Shelves, arrival
from sim.engine.spans import among
from sim.engine.state.lots import LotKeeper, Rows
from sim.model.goods.lots import NEVER_EXPIRES
from sim.policies.allocation.base import Claims
from sim.policies.allocation.sharing import Tell, Today

FAR = 10**5
"""Days; beyond any run."""


class Asked(NamedTuple):
    """Ways on which goods may be given, in order of taker and then of whom that asks first. Over them what the giver
    knows of the taker: units to `cover` its use, those it is seen to lack (`room`; None: all that it asks for), and
    units a day that it uses; and those that the giver offers this taker (`offered`; None: all that it can spare)."""

    ways: np.ndarray
    cover: np.ndarray
    room: np.ndarray | None
    use: np.ndarray
    offered: np.ndarray | None = None


class Spare:
    """Some givers and takers of an entry in one evening.

    Units that each of the takers `lacks` and asks for, and that each of the givers can `spare`. What is given changes
    both, and is counted over takers (`_given`), ways (`_units`) and, beside what was given before, over flows of the
    network (`had`).
    """

    def __init__(
        self,
        plan: Plan,
        entry: Partners,
        lacks: np.ndarray,
        spare: np.ndarray,
        asked: Asked,
        lots: LotKeeper | None,
        day: int,
        had: np.ndarray,
    ) -> None:
        self._plan, self._entry, self._lots, self._day, self._had = plan, entry, lots, day, had
        self._lacks, self._spare, self._asked = lacks, spare, asked
        self._giver, self._taker = entry.giver[asked.ways], entry.taker[asked.ways]
        self._given, self._shelves = np.zeros_like(lacks), None
        self._units = np.zeros(len(asked.ways), dtype=np.int64)
        if lots is not None and (tracked := plan.lots.tracked[entry.givers]).any():
            self._shelf = np.full(len(tracked), -1)
            some = np.flatnonzero(tracked & (spare > 0))
            self._shelf[some] = np.arange(len(some))
            self._shelves = Shelves(lots, lots.pocket[entry.givers[some]])

    def shared(self, dispatch: Dispatch, called: str) -> tuple[np.ndarray, Rows | None]:
        """Units given on each of the ways, and (position among them, lot, units) of what is kept by lot; `called` names
        the sharings-out.

        All who lack something ask their first giver, which shares what it can spare; who lacks more asks the next.
        """
        ways = self._asked.ways
        units, open_ = self._units, np.arange(len(ways))
        for again in count(1):
            if not open_.size:
                break
            taker = self._taker[open_]
            asked = open_[np.concatenate([[True], taker[1:] != taker[:-1]])]
            asked = asked[np.argsort(self._giver[asked], kind="stable")]
            giver, taker = self._giver[asked], self._taker[asked]
            wanted = self._wanted(asked)
            tell = dispatch.tell(self._day, called if again == 1 else f"{called} {again}")
            granted = self._granted(asked, wanted, tell)
            sent = self._by_lot(asked, dispatch.given(self._entry.flow[ways[asked]], granted))
            units[asked] += sent
            np.subtract.at(self._spare, giver, sent)
            self._lacks[taker] -= sent
            self._given[taker] += sent
            self._had[self._entry.flow[ways[asked]]] += sent
            done = asked[(sent < granted) | (granted < wanted)]  # this giver has no more for it
            left = (self._wanted(open_) > 0) & (self._spare[self._giver[open_]] > 0)
            left &= ~among(open_, done, len(ways))
            open_ = open_[left]
        return units, None if self._shelves is None else self._shelves.empty()

    def _wanted(self, some: np.ndarray) -> np.ndarray:
        """Units that takers ask for on some of the ways, and are seen to lack."""
        taker, room, offered = self._taker[some], self._asked.room, self._asked.offered
        lacks = self._lacks[taker]
        if offered is not None:
            lacks = np.minimum(lacks, offered[some] - self._units[some])
        return lacks if room is None else np.minimum(lacks, np.maximum(0, room[some] - self._given[taker]))

    def _granted(self, some: np.ndarray, wanted: np.ndarray, tell: Tell | None) -> np.ndarray:
        """What givers grant those who ask them for so much on some of the ways, in order of giver."""
        entry, network = self._entry, self._plan.network
        giver, taker = self._giver[some], self._taker[some]
        first = np.concatenate([[True], giver[1:] != giver[:-1]])
        givers, source = giver[first], np.cumsum(first) - 1
        held_back = entry.rule.share.held_back(network, entry.givers[givers])
        asked = np.bincount(source, wanted, len(givers))
        if not entry.sharing.limited and (asked <= np.maximum(0, self._spare[givers] - held_back)).all():
            return wanted
        claims = Claims(
            self._spare[givers], source, wanted, entry.flow[self._asked.ways[some]],
            self._asked.cover[some] + self._given[taker], self._asked.use[some],
            network.cell_priority[entry.takers[taker]],
        )  # fmt: skip
        today = None
        if entry.sharing.limited:
            units = np.zeros(len(network.flow_buyer), dtype=np.int64)
            units[entry.flow[self._asked.ways]] = self._units
            today = Today(units, network.flow_source)
        return entry.sharing.share(claims, network, self._had, tell, today=today)

    def _by_lot(self, some: np.ndarray, units: np.ndarray) -> np.ndarray:
        """What of these units will be used before it expires, on some of the ways in order of giver; all that is not
        kept by lot."""
        if self._shelves is None or self._lots is None:
            return units
        entry, plan, units = self._entry, self._plan, units.copy()
        kept = ((self._shelf[self._giver[some]] >= 0) & (units > 0)).nonzero()[0]
        mine = some[kept]
        taker, flow = self._taker[mine], entry.flow[self._asked.ways[mine]]
        arrives = arrival(self._day, plan.network.routes.under_way[plan.network.flow_route[flow]])
        units[kept] = self._shelves.take(
            mine, self._shelf[self._giver[mine]], units[kept], arrives,
            plan.lots.minimum[entry.takers[taker]], self._asked.use[mine], self._used_before(mine, arrives),
        )  # fmt: skip
        return units

    def _used_before(self, mine: np.ndarray, arrives: np.ndarray) -> np.ndarray:
        """Units that takers, one on each of these ways, will use first: what they have that expires while goods up to
        their level last, as they say themselves, and what they are given this evening by others."""
        assert self._lots is not None
        entry, taker = self._entry, self._taker[mine]
        lasts = np.ceil(entry.up_to[taker] / np.maximum(self._asked.use[mine], 1e-9))
        lasts = np.minimum(lasts, FAR).astype(np.int64)
        own = self._lots.too_old(self._lots.pocket[entry.takers[taker]], np.minimum(arrives + lasts, NEVER_EXPIRES))
        return np.asarray(own + self._given[taker])
