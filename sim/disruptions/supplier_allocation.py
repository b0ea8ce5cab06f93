"""Supplier allocation: a supplier limits customers to a share of what they usually get."""

from __future__ import annotations

from typing import Literal

import numpy as np

from sim.disruptions.base import DISRUPTIONS, Disruption, one_site
from sim.disruptions.stage import Stage
from sim.errors import placed
from sim.model.effects import Effect, Impulse
from sim.model.network import Network
from sim.model.selection import SelectorField
from sim.units import Percent, Text


class AllocationStep(Stage):
    """A change of the allocation."""

    share: Percent


@DISRUPTIONS.register("supplier_allocation")
class SupplierAllocation(Disruption):
    """Each customer may take at most a share of its usual units; what is not taken may be taken within 30 days.

    With `home`, customers in the supplier's own country have a share of their own: an export quota that puts the
    home market first. Shares that rise step by step are a supplier that builds back.
    """

    supplier: Text
    products: list[Text] | None = None
    """products concerned; left out: all"""
    customers: SelectorField = "all"
    """customers concerned"""
    share: Percent
    """share of usual units that is shipped; above 100% where a supplier lets customers have more than usual"""
    home: Percent | None = None
    """share for customers in the supplier's country, throughout; left out: as for all"""
    steps: list[AllocationStep] = []
    """later shares, in order of time"""
    unfilled: Literal["wait", "cancel"] = "wait"
    """whether the rest of an order stays on order or is cancelled; what the supplier is yet to make within the
    allowance stays"""
    example = {"supplier": "maker", "from": "2024-01-11", "for": "20d", "share": "40%"}
    severity = None
    bad_example = ({"supplier": "makr", "from": "2024-01-11", "for": "20d", "share": "40%"}, "did you mean 'maker'")

    def check(self) -> None:
        self.check_stages(self.steps)

    def place(self) -> str:
        return self.supplier

    def act(self, network: Network) -> tuple[list[Effect], list[Impulse]]:
        site = one_site(network, self.supplier, "supplier", ("supplier", "warehouse"))
        cells = self.cells(network, self.supplier, self.products)
        with placed("customers"):
            customers = network.select_sites(self.customers)
        flows = network.flows_from(cells)
        buyer = network.cell_site[network.flow_buyer[flows]]
        concerned = np.isin(buyer, customers) & (buyer != site)
        flows, buyer = flows[concerned], buyer[concerned]
        country = network.sites["country"].to_numpy()
        at_home = (country[buyer] == country[site]) & (self.home is not None)
        steps = self.staged(network, self.share, [(step, step.share) for step in self.steps])
        _, end = self.span(network)
        effects = [Effect("flow.allowance", flows[~at_home], "at_most", steps, end, self.label)]
        if self.home is not None:
            effects.append(self.hold(network, "flow.allowance", flows[at_home], "at_most", self.home))
        if self.unfilled == "cancel":
            effects.append(self.hold(network, "flow.cancels", flows, "at_least", 1.0))
        return effects, []
