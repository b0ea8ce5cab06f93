"""Substitute: leave is given to take another product or brand."""

from __future__ import annotations

import numpy as np

from sim.decisions.base import DECISIONS, Acts, Decision, Scope
from sim.errors import PlaceError
from sim.model.selection import SelectorField


@DECISIONS.register("substitute")
class GiveLeave(Decision):
    """The party lets its facilities take, for what they lack, other products that need leave (`needs_leave: true`)."""

    at: SelectorField = "facilities"
    """facilities to which leave is given"""
    example = {"by": "kenya", "products": ["saline"], "when": {"trigger": "days_of_cover", "below": "5d"}, "for": "30d"}
    bad_example = (
        {"by": "kenya", "products": ["oxytocin"], "when": {"trigger": "announced"}}, "needs leave",
    )  # fmt: skip

    def act(self, scope: Scope) -> Acts:
        cells = scope.own(scope.network.select_cells(self.at, scope.products))
        cells = cells[np.isin(cells, scope.needing_leave)]
        if not len(cells):
            message = f"no facility of '{scope.party.name}' here has a substitute that needs leave"
            expected = "products whose substitutes have needs_leave: true"
            raise PlaceError(("products",), message, ", ".join(scope.products), expected)
        return Acts([scope.hold("cell.leave", cells, "at_least", 1.0)])
