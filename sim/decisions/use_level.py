"""Use level: sites are asked to save."""

from __future__ import annotations

from typing import Literal

import numpy as np

from sim.decisions.base import DECISIONS, Acts, Decision, Scope
from sim.errors import PlaceError
from sim.model.selection import SelectorField
from sim.policies.use_levels import LEVELS


@DECISIONS.register("use_level")
class AskToSave(Decision):
    """The party asks its facilities for contingency or crisis use, whatever their own cover; see `use_levels`."""

    level: Literal["contingency", "crisis"] = "contingency"
    """how far they are to save"""
    at: SelectorField = "facilities"
    """facilities that are asked"""
    example = {"by": "kenya", "when": {"trigger": "announced"}, "after": "2d", "for": "20d"}
    bad_example = ({"by": "kenya", "when": {"trigger": "announced"}, "level": "strict"}, "contingency")

    def act(self, scope: Scope) -> Acts:
        cells = scope.own(scope.network.select_cells(self.at, scope.products))
        cells = cells[np.isin(cells, scope.saving[self.level])]
        if not len(cells):
            message = f"no facility of '{scope.party.name}' here has this level of use"
            expected = f"an entry of use_levels with {self.level}, such as {{at: facilities, {self.level}: ...}}"
            raise PlaceError(("level",), message, self.level, expected)
        return Acts([scope.hold("cell.asked_level", cells, "at_least", LEVELS.index(self.level) + 1.0)])
