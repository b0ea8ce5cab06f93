"""What was bought."""

from __future__ import annotations

from typing import Literal

import numpy as np

from sim.observations.base import OBSERVATIONS, OPEN
from sim.observations.seen import Seen
from sim.observations.told_as import OfUsual


@OBSERVATIONS.register("purchases")
class Purchases(OfUsual):
    """Units bought: by those who come to the sites (given at once or later, also in place of another product, bought
    ahead or not), or by the sites themselves (goods received)."""

    by: Literal["patients", "sites"] = "patients"
    """who buys: those who come to a facility, or the sites"""
    example = OPEN | {"is": "flow", "over": "7d", "told_as": "change"}
    bad_example = (OPEN | {"is": "level", "over": "7d"}, "flow")

    def units(self, seen: Seen, cells: np.ndarray) -> np.ndarray:
        columns = ("received",) if self.by == "sites" else ("served", "served_late", "stood_in")
        found: np.ndarray = seen.daily(cells, *columns).sum(axis=1)
        return found
