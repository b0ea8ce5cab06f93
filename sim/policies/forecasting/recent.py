"""Sums over the last days, kept as they come: what methods that go by a window of days have in common."""

from __future__ import annotations

import numpy as np

from sim.policies.forecasting.base import At, Learned


class Recent:
    """The figures of the last `over` days of each cell, a row for each day in turn, NaN where there is no record.

    Of a figure `name` the arrays `name` (over, cells) and `name_sum` (cells,) are kept. The sums are of whole units and
    hence exact, however many days have passed through them.
    """

    def __init__(self, over: int) -> None:
        self._over = over

    def begin(self, name: str, cells: int) -> Learned:
        """No day has a record yet."""
        return {name: np.full((self._over, cells), np.nan), f"{name}_sum": np.zeros(cells)}

    def put(self, known: Learned, name: str, at: At, day: int | np.ndarray, figure: np.ndarray) -> np.ndarray:
        """A day's figure takes the place of that of `over` days before; returns whether there was none."""
        place = day % self._over, at
        before = known[name][place]
        none = np.isnan(before)
        known[f"{name}_sum"][at] += figure - np.where(none, 0.0, before)
        known[name][place] = figure
        return none
