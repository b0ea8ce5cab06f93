"""Priority lane: a port clears goods faster."""

from __future__ import annotations

import numpy as np

from sim.decisions.base import DECISIONS, Acts, Decision, Scope
from sim.errors import PlaceError, placed
from sim.model.selection import SelectorField
from sim.units import Percent, Positive


@DECISIONS.register("priority_lane")
class PriorityLane(Decision):
    """Ports of the party clear all goods faster, and may handle more, while this holds."""

    as_a_whole = True
    at: SelectorField = "ports"
    """ports of the party"""
    clearance: Percent = 0.5
    """time that clearance takes, in percent of the usual"""
    handling: Positive = 1.0
    """what they handle a day, as a multiple of the usual"""
    example = {"by": "kenya", "when": {"trigger": "announced"}, "for": "30d", "at": "harbour", "clearance": "40%"}
    bad_example = ({"by": "kenya", "when": {"trigger": "announced"}, "at": "store"}, "none of these sites is a port")

    def act(self, scope: Scope) -> Acts:
        network = scope.network
        with placed("at"):
            sites = network.select_sites(self.at)
            sites = sites[np.isin(sites, scope.party.reach)]
            rows = np.array([k for k, gate in enumerate(network.gates) if gate.site in sites], dtype=np.int64)
            if not len(rows):
                message = f"none of these sites is a port of '{scope.party.name}'"
                raise PlaceError((), message, str(self.at), "ports that goods pass")
        effects = [scope.hold("gate.clearance_factor", rows, "multiply", self.clearance)]
        if self.handling != 1:
            effects.append(scope.hold("gate.handling", rows, "multiply", self.handling))
        return Acts(effects)
