"""Allow transfers: a party's sites may give goods to others for a while, or may not."""

from __future__ import annotations

import numpy as np

from sim.decisions.base import DECISIONS, Acts, Decision, Scope, own_sites
from sim.errors import PlaceError, placed
from sim.model.selection import SelectorField


@DECISIONS.register("allow_transfers")
class AllowTransfers(Decision):
    """The party's sites give goods by entries of `transfers` that are `closed` otherwise; with `allow: false` by none.

    What is on its way arrives, and what they owe they pay back. Where one decision allows and another does not, they
    give nothing.
    """

    allow: bool = True
    """false: they give and lend nothing while this holds"""
    at: SelectorField = "all"
    """sites of the party that give"""
    to: SelectorField | None = None
    """sites that may be given something, or may not; left out: all"""
    example = {"by": "uganda", "when": {"trigger": "announced"}, "for": "30d", "to": "clinic-b"}
    bad_example = ({"by": "uganda", "when": {"trigger": "announced"}, "to": "clinic-c"}, "these give them nothing")

    @property
    def against_others(self) -> bool:
        return not self.allow

    def act(self, scope: Scope) -> Acts:
        network, flows = scope.network, np.arange(scope.network.orders, len(scope.network.flow_buyer))
        cells = scope.cells[np.isin(network.cell_site[scope.cells], own_sites(scope, self.at))]
        flows = flows[np.isin(network.flow_source[flows], cells)]
        if self.to is not None:
            with placed("to"):
                taken = np.isin(network.cell_site[network.flow_buyer[flows]], network.select_sites(self.to))
            flows = flows[taken]
        if not len(flows):
            expected = "sites that some entry of `transfers` lets these give to"
            raise PlaceError(("to" if self.to is not None else "at",), "these give them nothing", None, expected)
        if self.allow:
            return Acts([scope.hold("flow.gives", flows, "add", 1.0)])
        return Acts([scope.hold("flow.gives", flows, "at_most", 0.0)])
