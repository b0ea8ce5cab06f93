"""What a customer usually gets: the units that a supplier's allocation, a quota or an outage is a share of."""

from __future__ import annotations

import numpy as np

from sim.engine.plan import Plan
from sim.engine.spans import in_place
from sim.model.goods.lots import NEVER_EXPIRES
from sim.model.need.usual import add_up
from sim.model.part import Part

DAYS = 30
"""Days before a limit over which what expired is averaged."""


class UsualUnits(Part):
    """Usual units a day over flows: usual demand and, of goods with a shelf life, what expired of late.

    A steady flow of short-lived goods also replaces what expires on the way and in the stocks that it fills. As much of
    that as expired a day in the `DAYS` before a limit began (or since the first day) is added for as long as it holds.
    """

    CHANGES = ("units", "_expired", "_some", "_days", "_holds")

    def __init__(self, plan: Plan) -> None:
        self._network = plan.network
        self.units = plan.network.flow_usual.copy()
        self._cells = (plan.lots.life < NEVER_EXPIRES).nonzero()[0]
        self._where = in_place(self._cells)
        self._expired = np.zeros((DAYS, len(self._cells)), dtype=np.int64)
        self._some = np.zeros(DAYS, dtype=bool)  # days on which something expired
        self._days = 0
        self._holds = np.zeros(len(self.units), dtype=bool)

    def note(self, expired: np.ndarray) -> None:
        """The evening of a day: units that expired, over cells."""
        if self._cells.size:
            today, some = self._days % DAYS, np.count_nonzero(expired) > 0
            if some or self._some[today]:
                self._expired[today], self._some[today] = expired[self._where], some
            self._days += 1

    def under_limit(self, holds: np.ndarray) -> np.ndarray:
        """The units that limits are shares of, over flows; `holds` says on which flows there is a limit today."""
        if not self._cells.size:
            return self.units
        begins = holds & ~self._holds
        if begins.any():
            network, wasted = self._network, np.zeros(len(self._network.cell_site))
            wasted[self._cells] = self._expired[self._some].sum(axis=0) / max(1, min(DAYS, self._days))
            flows = network.flow_buyer, network.flow_source, network.flow_share
            replaced, _ = add_up(wasted, network.cell_level, *flows, network.bill)
            self.units[begins] = (network.flow_usual + replaced)[begins]
        self._holds = holds
        return self.units
