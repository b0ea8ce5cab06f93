"""Change lane: orders come the urgent way, such as by air, and later the usual one again."""

from __future__ import annotations

import numpy as np

from sim.decisions.base import DECISIONS, Acts, Decision, Scope
from sim.errors import PlaceError, placed
from sim.model.selection import SelectorField
from sim.units import Share


@DECISIONS.register("change_lane")
class ChangeLane(Decision):
    """What sites of the party order comes the urgent way that they have under `sourcing` while this holds."""

    at: SelectorField
    """sites of the party that order"""
    share: Share = 1.0
    """share of their orders that goes that way"""
    example = {
        "by": "kenya", "products": ["saline"], "when": {"trigger": "on", "date": "2024-01-20"}, "for": "20d",
        "at": "store",
    }  # fmt: skip
    bad_example = (
        {"by": "kenya", "when": {"trigger": "announced"}, "products": ["saline"], "at": "clinic-a"}, "no urgent way",
    )  # fmt: skip

    def act(self, scope: Scope) -> Acts:
        network = scope.network
        with placed("at"):
            cells = scope.own(network.select_cells(self.at, scope.products))
            buyer, source = network.flow_buyer, network.flow_source
            second = np.flatnonzero(np.isin(buyer, cells) & network.flow_urgent)
            pairs = buyer * len(network.cell_site) + source
            usual = np.flatnonzero(np.isin(pairs, pairs[second]) & network.on_usual_way)
            if not len(usual):
                message = f"'{scope.party.name}' has no urgent way here for {', '.join(scope.products)}"
                raise PlaceError((), message, str(self.at), NEEDED)
        return Acts([scope.hold("flow.urgent_share", usual, "at_least", self.share)])


NEEDED = "an entry of sourcing with urgent: {by: MODE, when: {trigger: chosen}}"
