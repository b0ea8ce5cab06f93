"""How many vessels passed."""

from __future__ import annotations

import numpy as np

from sim.errors import PlaceError
from sim.model.network import Network
from sim.model.vocabulary import QuantityName
from sim.observations.base import OBSERVATIONS, OPEN
from sim.observations.places import canal
from sim.observations.points import Points
from sim.observations.seen import Seen
from sim.observations.sorts import Flow
from sim.units import Positive, Text

QUANTITIES: tuple[QuantityName, ...] = ("passage.open", "passage.diverted")


@OBSERVATIONS.register("passage_transits")
class PassageTransits(Flow):
    """Vessels that passed a canal or strait, over the days of a point.

    Where vessels queue for it in the scenario, those that passed. Elsewhere the scenario has only its own goods there,
    and `a_day` vessels come in ordinary times, of which those pass that take no other way, and none while it is closed
    to them; those do not come later.
    """

    passage: Text
    a_day: Positive | None = None
    """vessels a day in ordinary times, where the scenario has no queue of vessels for it"""
    example = OPEN | {"is": "flow", "over": "7d", "passage": "suez", "a_day": 70}
    bad_example = (OPEN | {"is": "flow", "over": "7d", "passage": "suze", "a_day": 70}, "did you mean 'suez'")

    def watches(self, network: Network) -> tuple[QuantityName, ...]:
        canal(network, self.passage)
        if self.a_day is None and not any(k in network.convoys for k in canal(network, self.passage)):
            expected = "a_day: vessels a day in ordinary times"
            raise PlaceError(("passage",), "no convoys pass here in the scenario", self.passage, expected)
        return QUANTITIES if self.a_day is not None else ()

    def modelled(self, seen: Seen, points: Points) -> np.ndarray:
        mine = canal(seen.network, self.passage)
        if self.a_day is None:
            return points.sums(seen.passages["passed"][:, np.isin(seen.queues, mine)].sum(axis=1))
        is_open, diverted = (seen.watched[name][:, mine] for name in QUANTITIES)
        return points.sums(self.a_day * (is_open * (1 - np.minimum(diverted, 1))).mean(axis=1))
