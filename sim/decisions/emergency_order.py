"""Emergency order: more from one source than policies order, once, and by a faster way where there is one."""

from __future__ import annotations

import numpy as np

from sim.decisions.base import DECISIONS, Acts, AtOnce, Scope
from sim.errors import PlaceError, placed
from sim.model.amounts import StockField
from sim.model.effects import Effect
from sim.model.selection import SelectorField
from sim.units import Text


@DECISIONS.register("emergency_order")
class EmergencyOrder(AtOnce):
    """The party's sites order from one source on top of what their policies order, on the day on which it is in force.

    The source may be on stand-by (0% under `sourcing`). What is ordered counts in the inventory position.
    """

    at: SelectorField
    """sites of the party that order"""
    source: Text
    """supplier or warehouse that they order from"""
    amount: StockField
    """units of each product in all, shared by usual demand; or days of usual demand of each site"""
    urgent: bool = False
    """true: by the urgent way that these sites have from there under `sourcing`; left out: the usual way"""
    example = {
        "by": "kenya", "when": {"trigger": "days_of_cover", "below": "4d"}, "at": "store", "source": "maker",
        "amount": "10d", "at_most": 2,
    }  # fmt: skip
    bad_example = (
        {"by": "kenya", "when": {"trigger": "announced"}, "at": "store", "source": "makr", "amount": 60},
        "did you mean 'maker'",
    )

    def act(self, scope: Scope) -> Acts:
        network = scope.network
        with placed("at"):
            cells = scope.own(network.select_cells(self.at, scope.products))
            if not len(cells):
                raise PlaceError((), f"none of these sites is one of '{scope.party.name}'", str(self.at))
        flows = np.flatnonzero(np.isin(network.flow_buyer, cells) & (network.flow_urgent == self.urgent))
        names = network.sites["name"].to_numpy()
        seller = names[network.cell_site[network.flow_source[flows]]]
        flows = flows[seller == self.source]
        if not len(flows):
            way = "an urgent way from there" if self.urgent else "a source of these sites under sourcing"
            valid = [str(name) for name in dict.fromkeys(seller)]
            raise PlaceError(("source",), f"this is not {way}", self.source, None, valid)
        effects = []
        for product in np.unique(network.cell_product[network.flow_buyer[flows]]):
            mine = flows[network.cell_product[network.flow_buyer[flows]] == product]
            buyer = network.flow_buyer[mine]
            if isinstance(self.amount, float | int):
                usual = network.cell_mean[buyer]
                shares = usual / usual.sum() if usual.any() else np.full(len(usual), 1 / len(usual))
                units = shares * float(self.amount)
            else:
                with placed("amount"):
                    units = network.units(self.amount, buyer).astype(float)
            for flow, some in zip(mine, units, strict=True):
                steps = ((0.0, float(some)),)
                effects.append(Effect("flow.extra_orders", np.array([flow]), "add", steps, 1.0, scope.cause))
        return Acts(effects)
