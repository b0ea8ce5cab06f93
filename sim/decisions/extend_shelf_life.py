"""Extend the shelf life of goods that are about to expire."""

from __future__ import annotations

from sim.decisions.base import DECISIONS, Acts, AtOnce, Scope, written
from sim.errors import PlaceError
from sim.model.selection import SelectorField
from sim.units import Days


@DECISIONS.register("extend_shelf_life")
class ExtendShelfLife(AtOnce):
    """An authority lets lots that have not expired be used longer, as `shelf_life_extension` does.

    It counts for these lots wherever they lie, at other parties', too: a date of expiry goes with the lot.
    """

    longer: Days
    """further days of use, in whole days"""
    suppliers: SelectorField = "suppliers"
    """makers of the lots concerned"""
    example = {"by": "kenya", "when": {"trigger": "days_of_cover", "below": "5d"}, "longer": "3mo"}
    bad_example = ({"by": "kenya", "when": {"trigger": "announced"}, "longer": "12h"}, "whole days")

    def check(self) -> None:
        if self.longer % 1 or self.longer < 1:
            raise PlaceError(("longer",), "an extension by whole days", self.longer, "whole days, 1d at least")

    def act(self, scope: Scope) -> Acts:
        entry = {"kind": "shelf_life_extension", "by": f"{self.longer:.0f}d", "suppliers": written(self.suppliers)}
        return Acts(disruptions=[entry | {"products": scope.products}])
