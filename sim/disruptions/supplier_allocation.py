"""Supplier allocation: a supplier limits customers to a share of what they usually get."""

from __future__ import annotations

from typing import Literal

import numpy as np

from sim.disruptions.base import DISRUPTIONS, Disruption, one_site
from sim.errors import placed
from sim.model.effects import Effect, Impulse
from sim.model.network import Network
from sim.model.selection import SelectorField
from sim.registry import Model
from sim.units import Date, Percent, Text


class AllocationStep(Model):
    """A change of the allocation."""

    on: Date
    share: Percent


@DISRUPTIONS.register("supplier_allocation")
class SupplierAllocation(Disruption):
    """Each customer may take at most a share of its usual units; what is not taken may be taken within 30 days."""

    supplier: Text
    products: list[Text] | None = None
    """products concerned; left out: all"""
    customers: SelectorField = "all"
    """customers concerned"""
    share: Percent
    """share of usual units that is shipped; above 100% where a supplier lets customers have more than usual"""
    steps: list[AllocationStep] = []
    """later shares, in order of date"""
    unfilled: Literal["wait", "cancel"] = "wait"
    """whether the rest of an order stays on order or is cancelled"""
    example = {"supplier": "maker", "from": "2024-01-11", "for": "20d", "share": "40%"}
    bad_example = ({"supplier": "makr", "from": "2024-01-11", "for": "20d", "share": "40%"}, "did you mean 'maker'")

    def check(self) -> None:
        self.check_steps([step.on for step in self.steps])

    def place(self) -> str:
        return self.supplier

    def act(self, network: Network) -> tuple[list[Effect], list[Impulse]]:
        site = one_site(network, self.supplier, "supplier", ("supplier", "warehouse"))
        cells = self.cells(network, self.supplier, self.products)
        with placed("customers"):
            customers = network.select_sites(self.customers)
        buyer = network.cell_site[network.flow_buyer]
        flows = np.flatnonzero(np.isin(network.flow_source, cells) & np.isin(buyer, customers) & (buyer != site))
        start, end = self.span(network)
        steps = ((start, self.share), *((network.calendar.day(s.on), s.share) for s in self.steps))
        effects = [Effect("flow.allowance", flows, "at_most", steps, end, self.label)]
        if self.unfilled == "cancel":
            effects.append(self.hold(network, "flow.cancels", flows, "at_least", 1.0))
        return effects, []
