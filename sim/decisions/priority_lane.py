"""Priority lane: a port lets a party's goods go first, and clears them faster."""

from __future__ import annotations

from sim.decisions.base import DECISIONS, Acts, Decision, Scope, goods_at, own_gates, own_sites
from sim.errors import PlaceError, placed
from sim.model.selection import SelectorField
from sim.units import Percent, Positive


@DECISIONS.register("priority_lane")
class PriorityLane(Decision):
    """Ports of the party let its goods go before all others while this holds, and clear them faster.

    They go first in the queue, for a berth too, where a vessel goes by the most urgent goods aboard, whatever the
    port's own `priority_lane` says; among themselves in order of arrival. What waits before a passage keeps its turn.
    """

    as_a_whole = True
    at: SelectorField = "ports"
    """ports of the party"""
    goods_of: SelectorField | None = None
    """sites whose goods go first, those sent to them and those that they send; left out: the party's, or everybody's
    where none of its own pass there"""
    clearance: Percent = 0.5
    """time that clearance of these goods takes, in percent of the usual"""
    handling: Positive = 1.0
    """what these ports handle of all goods a day, as a multiple of the usual"""
    example = {"by": "kenya", "when": {"trigger": "announced"}, "for": "30d", "at": "harbour", "clearance": "40%"}
    bad_example = ({"by": "kenya", "when": {"trigger": "announced"}, "at": "store"}, "none of these sites is a port")

    def act(self, scope: Scope) -> Acts:
        gates = own_gates(scope, own_sites(scope, self.at))
        if not len(gates):
            message = f"none of these sites is a port of '{scope.party.name}'"
            raise PlaceError(("at",), message, str(self.at), "ports that goods pass")
        with placed("goods_of"):
            whose = None if self.goods_of is None else scope.network.select_sites(self.goods_of)
            stops = goods_at(scope, gates, whose)
            if not len(stops):
                wanted = "sites whose goods pass these ports"
                raise PlaceError((), "no such goods pass these ports", str(self.goods_of or self.at), wanted)
        effects = [scope.hold("stop.first", stops, "at_least", 1.0)]
        effects.append(scope.hold("stop.clearance_factor", stops, "multiply", self.clearance))
        if self.handling != 1:
            effects.append(scope.hold("gate.handling", gates, "multiply", self.handling))
        return Acts(effects)
