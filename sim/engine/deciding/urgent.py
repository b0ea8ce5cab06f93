"""Urgent orders: on a condition, what a buyer orders of a source comes another way than usual."""

from __future__ import annotations

import numpy as np

from sim.engine.knowing.reports import Reports
from sim.engine.knowing.watch import Watch
from sim.engine.plan import Plan
from sim.model.effects import Quantities
from sim.model.part import Part


class UrgentOrders(Part):
    """Which share of the orders on each flow goes the urgent way today; `_share` over flows.

    Where a source deals out shares of what is usual, by an allocation or at a border, it does so on the usual way.
    """

    CHANGES = ("_share",)

    def __init__(self, plan: Plan, quantities: Quantities, reports: Reports) -> None:
        network, self._rules = plan.network, plan.sourcing.urgent
        self._quantities = quantities
        self._may_limit = quantities.touched("flow.allowance", "flow.exports")
        buyer, source = network.flow_buyer, network.flow_source
        flows, cells = len(buyer), len(network.cell_site)
        second = network.flow_urgent.nonzero()[0]
        pairs = source * cells + buyer
        self._other = np.full(flows, -1)
        regular = network.on_usual_way.nonzero()[0]
        order = regular[np.argsort(pairs[regular])]
        self._other[order[np.searchsorted(pairs[order], pairs[second])]] = second
        self._watches = [
            Watch(network, rule.cells, np.unique(network.cell_site[rule.cells], return_inverse=True)[1], reports)
            for rule in self._rules
        ]
        self._flows = [(np.isin(buyer, rule.cells) & (self._other >= 0)).nonzero()[0] for rule in self._rules]
        self._place = [
            np.searchsorted(rule.cells, buyer[mine]) for rule, mine in zip(self._rules, self._flows, strict=True)
        ]
        self._share = np.zeros(flows)
        self._may_be_decided = quantities.touched("flow.urgent_share")

    def open_day(self, day: int) -> None:
        """Before the orders of an evening: look whose condition is met."""
        self._share.fill(0.0)
        for rule, watch, flows, place in zip(self._rules, self._watches, self._flows, self._place, strict=True):
            met = watch.met(rule.when, float(day))
            self._share[flows] = rule.share * met[place]
        if self._may_be_decided:
            decided = np.where(self._other >= 0, self._quantities["flow.urgent_share"], 0.0)
            np.maximum(self._share, decided, out=self._share)
        if self._may_limit:
            other = self._other
            limits = np.isfinite(self._quantities["flow.allowance"]) | np.isfinite(self._quantities["flow.exports"])
            self._share[(other >= 0) & limits[other]] = 0.0

    def move(self, flow: np.ndarray, wanted: np.ndarray) -> np.ndarray:
        """`wanted` units on these flows, with what is urgent moved to the other way."""
        share = self._share[flow]
        if not share.any():
            return wanted
        position = np.full(len(self._share), -1)
        position[flow] = np.arange(len(flow))
        moved = wanted * share
        found = wanted - moved
        goes = share > 0
        np.add.at(found, position[self._other[flow[goes]]], moved[goes])
        return found
