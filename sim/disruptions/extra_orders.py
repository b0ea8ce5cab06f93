"""Extra orders: a buyer takes more from one source than its policy orders."""

from __future__ import annotations

import numpy as np

from sim.disruptions.base import DISRUPTIONS, Disruption
from sim.errors import no_source
from sim.model.effects import Effect, Impulse, ramp
from sim.model.network import Network
from sim.model.selection import SelectorField
from sim.units import Days, NonNegative, Text


@DISRUPTIONS.register("extra_orders")
class ExtraOrders(Disruption):
    """Every day buyers order from one source on top of what their policies order: imports under a permit, an airlift.

    The source may be one that has 0% under `sourcing`, on stand-by until now. What is ordered counts in the buyers'
    inventory position, and travels as all goods do.
    """

    at: SelectorField
    """sites that order"""
    source: Text
    """supplier or warehouse that they order from"""
    products: list[Text] | None = None
    """products concerned; left out: all that they buy there"""
    per_day: NonNegative
    """units a day in all, of each product, shared by the buyers' usual demand"""
    ramp: Days = 0.0
    """time to reach the full rate, in a straight line"""
    told = False
    example = {"at": "store", "source": "maker", "from": "2024-01-11", "for": "8d", "per_day": 60}
    severity = {"per_day": 0}
    bad_example = (
        {"at": "store", "source": "makr", "from": "2024-01-11", "for": "8d", "per_day": 60},
        "did you mean 'maker'",
    )

    def place(self) -> str:
        return f"{self.source} > {self.at}"

    def act(self, network: Network) -> tuple[list[Effect], list[Impulse]]:
        cells = self.cells(network, self.at, self.products)
        flows = np.flatnonzero(np.isin(network.flow_buyer, cells) & network.on_usual_way)
        names = network.sites["name"].to_numpy()
        seller = names[network.cell_site[network.flow_source[flows]]]
        if self.source not in seller:
            raise no_source(("source",), "no source of these sites under sourcing", self.source, map(str, seller))
        flows = flows[seller == self.source]
        start, end = self.span(network)
        product = network.cell_product[network.flow_buyer[flows]]
        effects = []
        for k in np.unique(product):
            usual = network.cell_mean[network.flow_buyer[flows[product == k]]]
            shares = usual / usual.sum() if usual.any() else np.full(len(usual), 1 / len(usual))
            for flow, share in zip(flows[product == k], shares, strict=True):
                steps = ramp(start, self.ramp, 0.0, self.per_day * float(share))
                effects.append(Effect("flow.extra_orders", np.array([flow]), "add", steps, end, self.label))
        return effects, []
