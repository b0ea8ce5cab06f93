"""Port closure: a port handles less, or nothing."""

from __future__ import annotations

from typing import Literal

import numpy as np

from sim.disruptions.base import DISRUPTIONS, Disruption, one_site
from sim.errors import PlaceError
from sim.model.effects import Effect, Impulse
from sim.model.network import Network
from sim.units import Days, Share, Text


@DISRUPTIONS.register("port_closure")
class PortClosure(Disruption):
    """A port's handling falls to a share of normal (0%: closed); arrivals queue and are handled in order.

    A share needs a port with a handling capacity or berths; closing works for any port.
    """

    port: Text
    capacity: Share = 0.0
    """share of normal handling that is left"""
    side: Literal["imports", "exports", "both"] = "both"
    extra_clearance: Days = 0.0
    """added to the clearance of what is handled meanwhile"""
    example = {"port": "harbour", "from": "2024-01-11", "for": "4d"}
    severity = {"capacity": "100%", "extra_clearance": "0d"}
    bad_example = ({"port": "harbor", "from": "2024-01-11", "for": "4d"}, "did you mean 'harbour'")

    def place(self) -> str:
        return self.port

    def act(self, network: Network) -> tuple[list[Effect], list[Impulse]]:
        site = one_site(network, self.port, "port", ("port",))
        gates = np.array(
            [i for i, g in enumerate(network.gates) if g.site == site and self._concerns(g.side)], dtype=np.int64
        )
        if 0 < self.capacity < 1:
            self._check_share(network, gates)
        effects = []
        if self.capacity == 0:  # also where handling is unlimited
            effects.append(self.hold(network, "gate.handling", gates, "at_most", 0.0))
        else:
            effects.append(self.hold(network, "gate.handling", gates, "multiply", self.capacity))
        effects.append(self.hold(network, "gate.clearance", gates, "add", self.extra_clearance))
        return effects, []

    def _check_share(self, network: Network, gates: np.ndarray) -> None:
        """A share is taken of a capacity; that of one side needs a capacity of its own."""
        mine = [network.gates[i] for i in gates]
        if not all(np.isfinite(gate.handling) for gate in mine):
            message = f"'{self.port}' has no handling to take a share of"
            raise PlaceError(("capacity",), message, f"{self.capacity:.0%}", "0%, or a port with handling")
        pools = {gate.pool for gate in mine}
        if any(gate.pool in pools and gate not in mine for gate in network.gates):
            message = f"both sides of '{self.port}' share one handling"
            raise PlaceError(("side",), message, self.side, "both, or a port with handling_by_side")

    def _concerns(self, side: str) -> bool:
        return self.side in ("both", side)
