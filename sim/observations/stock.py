"""What there was in stock."""

from __future__ import annotations

from typing import Literal

import numpy as np

from sim.observations.base import OBSERVATIONS, OPEN, OfSites
from sim.observations.points import Points
from sim.observations.seen import Seen
from sim.observations.sorts import Guessed, Level


@OBSERVATIONS.register("stock")
class Stock(Level, Guessed, OfSites):
    """Usable stock of sites in the evening, all together, what they keep in reserve included."""

    told_as: Literal["units", "days"] = "units"
    """units; or days of their usual demand, all together"""
    example = OPEN | {"is": "level", "at": "store"}
    bad_example = (OPEN | {"is": "flow"}, "level")

    @property
    def counted_in(self) -> str:
        return self.unit or self.told_as

    def modelled(self, seen: Seen, points: Points) -> np.ndarray:
        cells = self.cells(seen.network)
        units: np.ndarray = seen.daily(cells, "on_hand", "reserve").sum(axis=1)[points.day]
        if self.told_as == "units":
            return units
        usual = float(seen.network.cell_mean[cells].sum())
        return units / usual if usual else np.full(len(points), np.nan)
