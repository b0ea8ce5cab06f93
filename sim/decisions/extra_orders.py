"""Extra orders: a party's sites order more of one source every day, such as imports under a permit or an airlift."""

from __future__ import annotations

from dataclasses import replace

from sim.decisions.base import DECISIONS, Acts, Decision, Scope, own_sites
from sim.model.charges import Charges
from sim.model.selection import SelectorField
from sim.units import Days, NonNegative, Percent, Text


@DECISIONS.register("extra_orders")
class OrderMore(Decision):
    """Sites of the party order more of one source every day while this holds; as the disruption `extra_orders`."""

    as_a_whole = True
    at: SelectorField
    """sites of the party that order"""
    source: Text
    """supplier or warehouse that they order from, such as one on stand-by (0% under `sourcing`)"""
    per_day: NonNegative
    """units a day in all, of each product, shared by the buyers' usual demand"""
    ramp: Days = 0.0
    """time to reach the full rate, in a straight line"""
    premium: Percent = 0.0
    """what is paid on top of the purchase cost for what it orders, in percent of that"""
    example = {
        "by": "kenya", "products": ["saline"], "when": {"trigger": "on", "date": "2024-01-05"}, "for": "20d",
        "at": "store", "source": "maker", "per_day": 20,
    }  # fmt: skip
    bad_example = (
        {"by": "kenya", "when": {"trigger": "announced"}, "at": "store", "source": "makr", "per_day": 60},
        "did you mean 'maker'",
    )

    def charges(self) -> Charges:
        return replace(super().charges(), premium=self.premium)

    def act(self, scope: Scope) -> Acts:
        buyers = scope.network.site_names(own_sites(scope, self.at))
        entry = {"kind": "extra_orders", "at": buyers, "source": self.source, "per_day": self.per_day}
        return Acts(disruptions=[entry | {"ramp": f"{self.ramp:.12g}d", "products": self.products}])
