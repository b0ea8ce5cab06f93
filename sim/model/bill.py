"""The bill of materials: what a maker's product is made from, how long that takes, and how much of it is good."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sim.model.distributions import Times


@dataclass(frozen=True)
class Bill:
    """Rows say what one unit of a product cell takes of a material cell of the same site; ordered by product cell.

    product, material: cells, int64; rate: units of material for each unit begun. `good` (float, over all cells) is
    the share of a cell's output that can be used; `takes` the time from beginning to end, of cells where it takes any.
    """

    product: np.ndarray
    material: np.ndarray
    rate: np.ndarray
    good: np.ndarray
    takes: dict[int, Times]

    @cached_property
    def staged(self) -> np.ndarray:
        """Cells that are not made at once and from nothing: with materials, scrap or a time of making; ascending."""
        return np.unique([*self.product, *self.takes, *np.flatnonzero(self.good < 1)]).astype(np.int64)

    @cached_property
    def materials(self) -> np.ndarray:
        """Cells of the materials that makers keep; ascending."""
        return np.unique(self.material)
