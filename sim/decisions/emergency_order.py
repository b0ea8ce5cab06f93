"""Emergency order: more from one source than policies order, once, and by a faster way where there is one."""

from __future__ import annotations

from dataclasses import replace

from sim.decisions.base import DECISIONS, Acts, AtOnce, Scope, extra_orders
from sim.model.amounts import StockField
from sim.model.charges import Charges
from sim.model.selection import SelectorField
from sim.units import Percent, Text


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
    premium: Percent = 0.0
    """what is paid on top of the purchase cost for what it orders, in percent of that"""
    example = {
        "by": "kenya", "when": {"trigger": "days_of_cover", "below": "4d"}, "at": "store", "source": "maker",
        "amount": "10d", "at_most": 2,
    }  # fmt: skip
    bad_example = (
        {"by": "kenya", "when": {"trigger": "announced"}, "at": "store", "source": "makr", "amount": 60},
        "did you mean 'maker'",
    )

    def charges(self) -> Charges:
        return replace(super().charges(), premium=self.premium)

    def act(self, scope: Scope) -> Acts:
        return Acts(extra_orders(scope, self.at, self.source, self.amount, 0.0, self.urgent))
