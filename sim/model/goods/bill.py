"""The bill of materials: what a maker's product is made from, how long that takes, and how much of it is good."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sim.model.chance.distributions import Times


@dataclass(frozen=True)
class Bill:
    """Rows say what one unit of a product cell takes of a material cell of the same site; ordered by product cell.

    product, material: cells, int64; rate: units of material for each unit begun. `good` (float, over all cells) is
    the share of a cell's output that can be used; `takes` the time from beginning to end, of cells where it takes any;
    `own` the material cells whose goods their own site makes, ascending.
    """

    product: np.ndarray
    material: np.ndarray
    rate: np.ndarray
    good: np.ndarray
    takes: dict[int, Times]
    own: np.ndarray

    @cached_property
    def staged(self) -> np.ndarray:
        """Cells that are not made at once, from nothing and for others: with materials, scrap or a time of making, or
        for their own site's use; ascending."""
        return np.unique([*self.product, *self.takes, *np.flatnonzero(self.good < 1), *self.own]).astype(np.int64)

    @cached_property
    def materials(self) -> np.ndarray:
        """Cells of the materials that makers keep; ascending."""
        return np.unique(self.material)

    @cached_property
    def bought(self) -> np.ndarray:
        """Cells of the materials that makers order from others; ascending."""
        return np.setdiff1d(self.material, self.own)

    @cached_property
    def stage(self) -> np.ndarray:
        """How many later stages at the same site each cell feeds, over all cells: 0 for what leaves the site."""
        found = np.zeros(len(self.good), dtype=np.int64)
        inside = np.isin(self.material, self.own)
        for _ in range(len(self.own)):
            np.maximum.at(found, self.material[inside], found[self.product[inside]] + 1)
        return found
