"""Borders that let a share of usual exports pass: who may cross, who waits, and what sources may send there."""

from __future__ import annotations

import numpy as np

from sim.engine.moving.cargo import Cargo
from sim.engine.plan import Plan
from sim.engine.rationing.allowance import most, whole
from sim.engine.rationing.usual import UsualUnits
from sim.model.effects import Quantities
from sim.model.goods.shipments import Phase
from sim.model.part import Part
from sim.policies.allocation.base import in_turn

PASSES = 1
"""Code of `flow.at_border` for goods that may cross all the same; above it they are returned or destroyed."""


class Border(Part):
    """Quotas of flows that leave their source's country; a ban is a quota of nothing.

    `_left` (units, over flows) is what may still cross today, what was not taken up on earlier days included. `exempt`
    goods cross freely and use nothing up.
    """

    CHANGES = ("_left", "_known", "_flows", "_a_day", "_most", "limits")

    def __init__(self, plan: Plan, cargo: Cargo, quantities: Quantities) -> None:
        network = plan.network
        self._quantities, self._cargo, self._flow_usual = quantities, cargo, network.flow_usual
        self.usual = UsualUnits(plan) if quantities.touched("flow.exports") else None
        self._leg = network.routes.border[network.flow_route]
        self._days = network.routes.to_border[network.flow_route]
        self._left = np.zeros(len(self._flow_usual))
        self._known = np.full(len(self._flow_usual), np.inf), np.zeros(len(self._flow_usual))
        self._flows = np.zeros(0, dtype=np.int64)
        self._a_day = self._most = np.zeros(0)
        """over the flows that have a quota now: what it adds a day, and the most that adds up"""
        self.limits = False
        """whether any flow has a quota now"""

    def effects_changed(self) -> None:
        """Note which flows have a quota from now on."""
        holds = np.isfinite(self._quantities["flow.exports"])
        self._flows = holds.nonzero()[0]
        if self.usual is not None:
            self.usual.under_limit(holds)
        self.limits = bool(self._flows.size)
        self._a_day = self._day(self._flows)
        self._most = most(self._a_day)
        left = np.zeros(len(self._left))
        left[self._flows] = np.minimum(self._left[self._flows], self._most)
        self._left = left

    @property
    def _usual(self) -> np.ndarray:
        return self._flow_usual if self.usual is None else self.usual.units

    def open_day(self) -> None:
        """Midnight: a day's quota is added to what is left of earlier ones."""
        if self._flows.size:
            self._left[self._flows] = np.minimum(self._left[self._flows] + self._a_day, self._most)

    def keep_to_quota(self, requested: np.ndarray) -> None:
        """Cut what sources would send, over flows, in place: to what may cross by the time it comes to the border, less
        what waits there and what is on its way there."""
        some = requested[self._flows] > 0
        flow = self._flows[some]
        if flow.size:
            at_most = whole(self._most[some])
            if np.count_nonzero(at_most):  # nothing at all under a ban, whatever is on its way
                at_most = np.minimum(self.room(flow), at_most)
            requested[flow] = np.minimum(requested[flow], at_most)

    def limited(self, units: np.ndarray) -> np.ndarray:
        """Flows with a quota among those that have any `units`, over flows."""
        return self._flows[units[self._flows] > 0]

    def room(self, flow: np.ndarray, days: np.ndarray | int = 0) -> np.ndarray:
        """Units of these flows that may cross by the time that what leaves its source in so many `days` is at the
        border, beyond what is on its way there."""
        rows = self._before()
        table = self._cargo.table
        coming = np.bincount(table.columns["flow"][rows], table.columns["units"][rows], len(self._flow_usual))
        return whole(self._left[flow] + self._day(flow) * (self._days[flow] + days) - coming[flow])

    def admit(self, rows: np.ndarray) -> np.ndarray:
        """Units of each of these rows, which come to their next legs, that may go on; first come, first served."""
        table = self._cargo.table
        flow, units = table.columns["flow"][rows], table.columns["units"][rows].copy()
        mine = self._counts(rows, table.columns["leg"][rows] + 1).nonzero()[0]
        if mine.size:
            flows, of_flow = np.unique(flow[mine], return_inverse=True)
            order = np.lexsort((table.columns["id"][rows[mine]], table.columns["time"][rows[mine]], of_flow))
            units[mine] = in_turn(whole(self._left[flows]), of_flow, units[mine], order)
        return units

    def crossed(self, rows: np.ndarray) -> None:
        """What sets out on the leg that crosses the border counts against its quota."""
        table = self._cargo.table
        mine = rows[self._counts(rows, table.columns["leg"][rows])]
        np.subtract.at(self._left, table.columns["flow"][mine], table.columns["units"][mine])

    def caught(self, now: float) -> tuple[np.ndarray, np.ndarray]:
        """Rows on their way to a border that does not let them wait, and what becomes of each (`flow.at_border`).

        Only where the quota has just become smaller or the rule sterner. What the quota lets cross by the time it comes
        to the border, as mean times take it there, is within the quota and goes on.
        """
        share, rule = self._quantities["flow.exports"].copy(), self._quantities["flow.at_border"].copy()
        sterner = (rule > 0) & ((share < self._known[0]) | (rule > self._known[1]))
        self._known = share, rule
        if not sterner.any():
            return self._flows[:0], rule[:0]
        flow = self._cargo.table["flow"]
        rows = self._before()
        rows = rows[sterner[flow[rows]]]
        passes = rows[rule[flow[rows]] == PASSES]
        rest = rows[rule[flow[rows]] > PASSES]
        if rest.size:
            rest = self._cargo.part(rest, self._beyond(rest, now))
        caught = np.concatenate([passes, rest])
        return caught, rule[self._cargo.table.columns["flow"][caught]]

    def _beyond(self, rows: np.ndarray, now: float) -> np.ndarray:
        """Units of each row for which the quota has no room by the time they come to the border."""
        table = self._cargo.table
        flow, units = table.columns["flow"][rows], table.columns["units"][rows]
        at = np.maximum(now, table.columns["sent"][rows] + self._days[flow])
        order = np.lexsort((table.columns["id"][rows], at, flow))
        flow, units, at = flow[order], units[order], at[order]
        midnights = np.floor(at) - np.ceil(now) + 1
        room = whole(self._left[flow] + self._day(flow) * midnights)
        begins = np.searchsorted(flow, flow)  # the first row of each one's flow
        before = np.cumsum(units) - units
        lacking = np.maximum(0, before + units - before[begins] - room)
        # what lacks up to each row is the most so far of its flow; flows are set apart, so that each begins anew
        apart = begins * (units.sum() + 1)
        lacking = np.maximum.accumulate(lacking + apart) - apart
        earlier = np.where(begins == np.arange(len(flow)), 0, np.roll(lacking, 1))
        beyond = np.empty_like(units)
        beyond[order] = lacking - earlier
        return beyond

    def _day(self, flow: np.ndarray) -> np.ndarray:
        """Units of these flows that may cross a day."""
        return np.asarray(self._quantities["flow.exports"][flow] * self._usual[flow])

    def _before(self) -> np.ndarray:
        """Rows that have left their source and not crossed the border, and may not freely."""
        table = self._cargo.table
        return (
            (table["phase"] != Phase.DONE) & (table["leg"] < self._leg[table["flow"]]) & ~table["exempt"]
        ).nonzero()[0]

    def _counts(self, rows: np.ndarray, leg: np.ndarray) -> np.ndarray:
        """Whether rows cross a border with a quota on this leg, and not freely; a mask."""
        table = self._cargo.table
        flow = table.columns["flow"][rows]
        crossing = (self._leg[flow] == leg) & ~table.columns["exempt"][rows]
        return np.asarray(crossing & np.isfinite(self._quantities["flow.exports"][flow]))
