"""How many ships or goods waited."""

from __future__ import annotations

from typing import Literal

import numpy as np

from sim.errors import PlaceError, one_of_few
from sim.model.network import Network
from sim.model.vocabulary import QuantityName
from sim.observations.base import OBSERVATIONS, OPEN
from sim.observations.places import canal
from sim.observations.points import Points
from sim.observations.seen import Seen
from sim.observations.sorts import Level
from sim.units import Text


@OBSERVATIONS.register("port_queue")
class PortQueue(Level):
    """What waits in the evening: handling units before a port, or ships before a passage that vessels queue for."""

    worst = 1
    port: Text | None = None
    passage: Text | None = None
    side: Literal["import", "export"] | None = None
    """of the port; left out: both"""
    example = OPEN | {"is": "level", "port": "harbour"}
    bad_example = (OPEN | {"is": "level", "port": "habour"}, "did you mean 'harbour'")

    def check(self) -> None:
        super().check()
        if (self.port is None) == (self.passage is None):
            raise ValueError("either port or passage")
        if self.side is not None and self.port is None:
            raise PlaceError(("side",), "only ports have an import and an export side", self.side)

    def watches(self, network: Network) -> tuple[QuantityName, ...]:
        _ = self._gates(network) if self.port is not None else canal(network, self.passage or "")
        return ()

    def _gates(self, network: Network) -> list[int]:
        """Positions of the gates of the port."""
        names = network.site_names(np.array([gate.site for gate in network.gates], dtype=np.int64))
        if self.port not in names:
            expected = one_of_few(names, "a port of the scenario that goods pass") or "a scenario with ports"
            raise PlaceError(("port",), "no such port", self.port, expected, names)
        found = [k for k, name in enumerate(names) if name == self.port]
        found = [k for k in found if self.side in (None, network.gates[k].side)]
        if not found:
            raise PlaceError(("side",), "no goods pass this side of the port", self.side)
        return found

    def modelled(self, seen: Seen, points: Points) -> np.ndarray:
        if self.port is not None:
            daily = seen.ports["queue"][:, self._gates(seen.network)]
        else:
            mine = canal(seen.network, self.passage or "")
            daily = seen.passages["queue"][:, np.isin(seen.queues, mine)]
        found: np.ndarray = daily.sum(axis=1)[points.day]
        return found
