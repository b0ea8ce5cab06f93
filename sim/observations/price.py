"""What makers asked."""

from __future__ import annotations

import numpy as np

from sim.errors import PlaceError
from sim.model.network import Network
from sim.model.selection import SelectorField
from sim.model.vocabulary import QuantityName
from sim.observations.base import OBSERVATIONS, OPEN, OfSites
from sim.observations.points import Points
from sim.observations.seen import Seen
from sim.observations.sorts import Level


@OBSERVATIONS.register("price")
class ObservedPrice(Level, OfSites):
    """Price of makers as a multiple of the usual, in the mean over what they make; `times` turns it into money."""

    worst = 1
    at: SelectorField = "suppliers"
    """makers that were looked at"""
    example = OPEN | {"is": "level", "at": "maker", "times": 1.2, "unit": "USD"}
    bad_example = (OPEN | {"is": "level", "at": "store"}, "none of these sites is a maker")

    def cells(self, network: Network) -> np.ndarray:
        cells = super().cells(network)
        cells = cells[network.cell_kind[cells] == "supplier"]
        if not len(cells):
            raise PlaceError(("at",), "none of these sites is a maker of it", str(self.at), "suppliers")
        return cells

    def watches(self, network: Network) -> tuple[QuantityName, ...]:
        return ("cell.price_factor",)

    def modelled(self, seen: Seen, points: Points) -> np.ndarray:
        found: np.ndarray = seen.watched["cell.price_factor"][:, self.cells(seen.network)].mean(axis=1)[points.day]
        return found
