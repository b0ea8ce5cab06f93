"""Rates a day that make whole units in time."""

from __future__ import annotations

import numpy as np

from sim.model.part import Part


class DailyRate(Part):
    """Whole units that a rate of `units` a day allows; fractions are carried until they make a unit.

    A unit that fractions have made is kept until it is used; what else is not used of a day is lost with it.
    """

    CHANGES = ("units", "_carried")

    def __init__(self, holders: int) -> None:
        self.units: np.ndarray = np.zeros(holders)
        self._carried = np.zeros(holders)

    def today(self) -> np.ndarray:
        """Units allowed today."""
        return np.floor(self._carried + self.units + 1e-9).astype(np.int64)

    def use(self, units: np.ndarray) -> None:
        """The day is over, and so many were used."""
        left = self._carried + self.units - np.maximum(units, np.floor(self.units + 1e-9))
        self._carried = np.minimum(np.maximum(left, 0.0), 1.0)
