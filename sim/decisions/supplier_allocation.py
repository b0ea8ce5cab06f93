"""Supplier allocation: a party's supplier limits customers to a share of what they usually get."""

from __future__ import annotations

from typing import Literal

from sim.decisions.base import DECISIONS, Acts, Decision, Scope, own_sites, written
from sim.errors import PlaceError
from sim.model.selection import SelectorField
from sim.registry import Model
from sim.units import Days, Percent, Text


class LaterShare(Model):
    """A change of the share while the decision is in force."""

    after: Days
    """time since the decision came into force"""
    share: Percent
    """share of usual units that is shipped from then on"""


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
    """share for customers in the supplier's country, throughout; left out: as for all"""
    steps: list[LaterShare] = []
    """later shares, in order of time, such as of a supplier that builds back"""
    unfilled: Literal["wait", "cancel"] = "wait"
    """whether the rest of an order stays on order or is cancelled"""
    example = {"by": "india", "when": {"trigger": "announced"}, "for": "20d", "supplier": "maker", "share": "40%"}
    bad_example = (
        {"by": "kenya", "when": {"trigger": "announced"}, "supplier": "maker", "share": "40%"}, "is one of 'kenya'",
    )  # fmt: skip

    def check(self) -> None:
        before = 0.0
        for position, step in enumerate(self.steps):
            if step.after <= before:
                expected = f"more than {before:g} days: steps stand in order of time"
                raise PlaceError(("steps", position, "after"), "no later than what is before it", step.after, expected)
            if self.for_ is not None and step.after >= self.for_:
                expected = f"less than {self.for_:g} days"
                raise PlaceError(("steps", position, "after"), "it would be over by then", step.after, expected)
            before = step.after

    @property
    def against_others(self) -> bool:
        return self.share < 1

    def act(self, scope: Scope) -> Acts:
        own_sites(scope, self.supplier, "supplier")
        entry = {"kind": "supplier_allocation", "supplier": self.supplier, "customers": written(self.customers)}
        shares = {"share": f"{100 * self.share:.12g}%", "unfilled": self.unfilled, "products": self.products}
        home = {} if self.home is None else {"home": f"{100 * self.home:.12g}%"}
        later = [{"after": f"{step.after:.12g}d", "share": f"{100 * step.share:.12g}%"} for step in self.steps]
        return Acts(disruptions=[entry | shares | home | {"steps": later}])
