"""Supplier allocation: a party's supplier limits customers to a share of what they usually get."""

from __future__ import annotations

from typing import Literal

from sim.decisions.base import DECISIONS, Acts, Decision, Scope, own_sites, written
from sim.model.selection import SelectorField
from sim.units import Percent, Text


@DECISIONS.register("supplier_allocation")
class LimitCustomers(Decision):
    """A supplier or warehouse of the party sends each customer at most a share of its usual units while this holds.

    As the disruption of this name has it; what a share should be by what is in stock is for `ration`.
    """

    as_a_whole = True
    told = True
    supplier: Text
    """supplier or warehouse of the party"""
    customers: SelectorField = "all"
    """customers concerned"""
    share: Percent
    """share of usual units that is shipped"""
    home: Percent | None = None
    """share for customers in the supplier's country; left out: as for all"""
    unfilled: Literal["wait", "cancel"] = "wait"
    """whether the rest of an order stays on order or is cancelled"""
    example = {"by": "india", "when": {"trigger": "announced"}, "for": "20d", "supplier": "maker", "share": "40%"}
    bad_example = (
        {"by": "kenya", "when": {"trigger": "announced"}, "supplier": "maker", "share": "40%"}, "is one of 'kenya'",
    )  # fmt: skip

    def act(self, scope: Scope) -> Acts:
        own_sites(scope, self.supplier, "supplier")
        entry = {"kind": "supplier_allocation", "supplier": self.supplier, "customers": written(self.customers)}
        shares = {"share": f"{100 * self.share:.12g}%", "unfilled": self.unfilled, "products": self.products}
        home = {} if self.home is None else {"home": f"{100 * self.home:.12g}%"}
        return Acts(disruptions=[entry | shares | home])
