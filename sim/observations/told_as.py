"""Units over some days: as they are, or beside what is usual."""

from __future__ import annotations

import datetime as dt
from abc import abstractmethod
from typing import Literal

import numpy as np

from sim.observations.base import OfSites
from sim.observations.points import Points
from sim.observations.seen import Seen
from sim.observations.sorts import Flow


class OfUsual(Flow, OfSites):
    """A flow at some sites, told as units, or in percent of what they would use in ordinary times on the same days."""

    told_as: Literal["units", "percent", "change"] = "units"
    """units: as many; percent: of usual demand in the same days; change: percent above or below that"""

    @abstractmethod
    def units(self, seen: Seen, cells: np.ndarray) -> np.ndarray:
        """Units a day; shape (days,)."""

    def modelled(self, seen: Seen, points: Points) -> np.ndarray:
        cells = self.cells(seen.network)
        units = points.sums(self.units(seen, cells))
        if self.told_as == "units":
            return units
        usual = seen.network.cell_mean[cells].sum() * (points.day - points.first + 1)
        with np.errstate(invalid="ignore", divide="ignore"):
            found: np.ndarray = 100 * units / usual - (100 if self.told_as == "change" else 0)
        return found

    @property
    def counted_in(self) -> str:
        return self.unit or ("units" if self.told_as == "units" else "%")

    @property
    def least(self) -> float:
        return super().least - (100 if self.told_as == "change" else 0)

    @property
    def usual(self) -> float | None:
        return {"units": None, "percent": 100.0, "change": 0.0}[self.told_as]

    def guess(self, points: Points, start: dt.date) -> np.ndarray:
        assert self.naive is not None
        if self.told_as != "change":
            return super().guess(points, start)
        usual = self.naive.usual or 0.0
        return (100 + usual) * (1 - self.naive.lost * self.naive.holds(points, start)) - 100
