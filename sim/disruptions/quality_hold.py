"""Quality hold: what a maker makes is tested for longer before it is released."""

from __future__ import annotations

import numpy as np

from sim.disruptions.base import DISRUPTIONS, Disruption
from sim.errors import PlaceError
from sim.model.effects import Effect, Impulse
from sim.model.network import Network
from sim.model.selection import SelectorField
from sim.units import Days, Text


@DISRUPTIONS.register("quality_hold")
class QualityHold(Disruption):
    """What comes out of making meanwhile is held for some days more than usual; until its release it cannot be sent.

    Making goes on. What was released or under test before is not concerned; to stop making as well, or to call goods
    back, add a site_outage or a recall.
    """

    at: SelectorField
    """the maker or makers"""
    products: list[Text] | None = None
    """products concerned; left out: all"""
    testing: Days
    """time from making to release, on top of the usual"""
    told = False
    example = {"at": "maker", "products": ["saline"], "from": "2024-01-11", "for": "9d", "testing": "12d"}
    severity = {"testing": "0d"}
    bad_example = (
        {"at": "maker", "products": ["salin"], "from": "2024-01-11", "for": "9d", "testing": "12d"},
        "did you mean 'saline'",
    )

    def place(self) -> str:
        return str(self.at)

    def act(self, network: Network) -> tuple[list[Effect], list[Impulse]]:
        cells = self.cells(network, self.at, self.products)
        made = cells[np.isin(cells, network.makers)]
        if not made.size:
            raise PlaceError(("at",), "nothing is made here", self.place(), "suppliers and what they make")
        return [self.hold(network, "cell.release", made, "add", self.testing)], []
