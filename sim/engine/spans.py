"""Sets of cells: as slices where they stand together, since a slice is read in place and an index array is copied."""

from __future__ import annotations

import numpy as np


def in_place(cells: np.ndarray) -> np.ndarray | slice:
    """The same cells as a slice where they stand together."""
    together = len(cells) and (np.diff(cells) == 1).all()
    return slice(int(cells[0]), int(cells[-1]) + 1) if together else cells


def reach(cells: np.ndarray) -> slice:
    """From the first to the last of some cells, in any order."""
    return slice(int(cells.min()), int(cells.max()) + 1) if len(cells) else slice(0, 0)


def among(cells: np.ndarray, others: np.ndarray, count: int) -> np.ndarray:
    """Whether each of some cells is among others; of `count` cells in all."""
    found = np.zeros(count, dtype=bool)
    found[others] = True
    return np.asarray(found[cells])


def without(cells: np.ndarray, others: np.ndarray, count: int) -> np.ndarray:
    """The cells that are not among others, in their order; of `count` cells in all."""
    return cells[~among(cells, others, count)]
