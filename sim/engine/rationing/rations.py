"""What sources deal out: the units that each customer may be sent, kept like any allowance."""

from __future__ import annotations

import numpy as np

from sim.engine.plan import Plan
from sim.engine.rationing.allowance import DAYS, renewed, whole
from sim.engine.rationing.usual import UsualUnits
from sim.engine.state.state import State
from sim.model.part import Part


class Rations(Part):
    """Limits that sources set themselves, over flows: `share` of the usual units, and `more` units a day on top.

    Without a limit the share is infinite. Whoever is put under one begins with what it has not taken, of its share, in
    the days before: who orders once a month is owed most of a month. Reserves give beside rations.
    """

    CHANGES = ("share", "more", "cancels", "_left", "_sent", "_behind_own", "on")
    SCRATCH = ("beyond",)

    def __init__(self, plan: Plan, state: State, made_at_once: np.ndarray) -> None:
        network = plan.network
        flows = len(network.flow_buyer)
        self._network, self._state = network, state
        self.usual = UsualUnits(plan)
        self.share, self.more, self._left = np.full(flows, np.inf), np.zeros(flows), np.zeros(flows)
        self._sent = np.tile(network.flow_usual, (DAYS, 1))
        """units that left on each of the last days, those before the first as usual; shape (DAYS, flows)"""
        self.cancels = np.zeros(flows, dtype=bool)
        """where orders beyond the limit are cancelled"""
        self._behind_own = np.zeros(flows, dtype=bool)
        self._at_once = np.isin(network.flow_source, made_at_once)
        self.on = False
        """whether there is any limit"""
        self.beyond = np.zeros(flows, dtype=np.int64)
        """units of this evening's requests that rations keep back, over flows"""

    def set(
        self,
        flows: np.ndarray,
        share: np.ndarray | float,
        more: np.ndarray | float = 0.0,
        cancels: np.ndarray | bool = False,
    ) -> None:
        """These flows have these limits from now on; beyond them their source may cancel. An infinite share is none."""
        self.cancels[flows] = cancels & np.isfinite(share)
        begins = flows[np.isinf(self.share[flows])]
        self.share[flows], self.more[flows] = share, more
        untaken = np.maximum(0.0, DAYS * self._network.flow_usual[begins] - self._sent[:, begins].sum(axis=0))
        limited = np.where(np.isfinite(self.share[begins]), self.share[begins], 0.0)
        self._left[begins] = np.minimum(1.0, limited) * untaken
        self.on = bool(np.isfinite(self.share).any() or self._behind_own.any())

    def put_behind_own(self, flows: np.ndarray, behind: bool) -> None:
        """Whether buyers on these flows are served when all orders of their source's own customers are."""
        self._behind_own[flows] = behind
        self.on = bool(np.isfinite(self.share).any() or self._behind_own.any())

    def cut(self, requested: np.ndarray, day: int) -> np.ndarray:
        """An evening's requests, over flows, cut in place to what is dealt out."""
        self._sent[day % DAYS] = 0.0
        self.beyond.fill(0)
        if not self.on:
            return requested
        before = requested.copy()
        holds = np.isfinite(self.share)
        usual = self.usual.under_limit(holds)
        flows = holds.nonzero()[0]
        self._left[flows] = renewed(self._left[flows], self.share[flows] * usual[flows] + self.more[flows])
        requested[flows] = np.minimum(requested[flows], whole(self._left[flows]))
        behind = (self._behind_own & (requested > 0) & ~self._at_once).nonzero()[0]
        if behind.size:
            self._own_first(requested, behind)
        np.subtract(before, requested, out=self.beyond)
        return requested

    def _own_first(self, requested: np.ndarray, behind: np.ndarray) -> None:
        source, cells = self._network.flow_source, len(self._state.on_hand)
        own = np.bincount(source, np.where(self._behind_own, 0, requested), cells)
        others = np.bincount(source[behind], requested[behind], cells)
        left = np.maximum(0.0, self._state.on_hand - own)
        part = np.minimum(1.0, np.divide(left, others, out=np.zeros(cells), where=others > 0))
        requested[behind] = whole(requested[behind] * part[source[behind]])

    def allowed(self, flow: np.ndarray, days: np.ndarray) -> np.ndarray:
        """Units that these flows, which have a limit, may be sent so many `days` after the last evening."""
        day = self.share[flow] * self.usual.units[flow] + self.more[flow]
        return whole(self._left[flow] + days * day)

    def take(self, flow: np.ndarray, units: np.ndarray, day: int) -> None:
        """Units have left ordinary stock on these flows."""
        self._sent[day % DAYS, flow] += units
        limited = flow[np.isfinite(self.share[flow])]
        self._left[limited] -= units[np.isfinite(self.share[flow])]

    def rejoin(self) -> None:
        self.beyond = self.beyond.copy()
