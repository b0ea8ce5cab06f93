"""Sums over the last days, kept as they come: what methods that go by a window of days have in common."""

from __future__ import annotations

import numpy as np

from sim.policies.forecasting.base import At, Learned


class Recent:
    """The figures of the last `over` days of each cell, a row for each day in turn.

    Of a figure `name` the arrays `name` (over, cells) and `name_sum` (cells,) are kept. The sums are of whole units and
    hence exact, however many days have passed through them.
    """

    def __init__(self, over: int) -> None:
        self._over = over

    def begin(self, name: str, cells: int) -> Learned:
        """No day has a record yet."""
        return {name: np.zeros((self._over, cells)), f"{name}_sum": np.zeros(cells)}

    def put(self, known: Learned, name: str, at: At, day: int | np.ndarray, figure: np.ndarray) -> None:
        """A day's figure takes the place of that of `over` days before."""
        place = day % self._over, at
        known[f"{name}_sum"][at] += figure - known[name][place]
        known[name][place] = figure

    def with_usual(self, known: Learned, name: str, at: At = slice(None)) -> np.ndarray:
        """The sum of some cells; days of which nothing has been learned (after so many `days`) count as usual ones."""
        days, total = known["days"][at], known[f"{name}_sum"][at]
        if days.min(initial=self._over) >= self._over:
            return total
        return np.asarray(total + np.maximum(0, self._over - days) * known["usual"][at])
