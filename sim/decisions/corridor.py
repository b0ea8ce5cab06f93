"""A corridor: lanes that are closed or slowed let goods through again."""

from __future__ import annotations

import numpy as np
from pydantic import Field

from sim.decisions.base import DECISIONS, Acts, Decision, Scope
from sim.errors import PlaceError
from sim.units import Text


@DECISIONS.register("corridor")
class Corridor(Decision):
    """The party keeps lanes open, whatever closes them."""

    as_a_whole = True
    told = True
    lanes: list[Text] = Field(min_length=1)
    """lanes, each written 'from > to'"""
    example = {"by": "kenya", "when": {"trigger": "announced"}, "for": "20d", "lanes": ["maker > store"]}
    bad_example = (
        {"by": "kenya", "when": {"trigger": "announced"}, "lanes": ["makr > store"]}, "did you mean 'maker > store'",
    )  # fmt: skip

    def act(self, scope: Scope) -> Acts:
        index = scope.network.lane_of
        for position, name in enumerate(self.lanes):
            if name not in index:
                raise PlaceError(("lanes", position), "unknown lane", name, "a lane written 'from > to'", index)
        rows = np.array([index[name] for name in self.lanes])
        return Acts([scope.hold("lane.open", rows, "at_least", 1.0)])
