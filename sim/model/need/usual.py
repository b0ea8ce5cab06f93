"""Usual units a day: demand added up from the facilities to the makers of materials."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.model.goods.bill import Bill

if TYPE_CHECKING:  # it is imported where it is needed
    from scipy.sparse import csr_array


def add_up(
    at: np.ndarray,
    level: np.ndarray,
    buyer: np.ndarray,
    source: np.ndarray,
    share: np.ndarray,
    bill: Bill | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Units a day over flows and over cells, where so many are needed `at` each cell itself.

    A cell passes on to its sources, by their shares, what it and those below it need; a maker needs materials for what
    it has to begin, unless the `bill` is left out. `level` of a cell is above that of all that it feeds.
    """
    upwards = Upwards(level, buyer, source, share, bill)
    mean = upwards.cells(at)
    return share * mean[buyer], mean


class Upwards:
    """The same sums over cells, for whoever adds up day by day: which flows and materials come in which step."""

    def __init__(
        self, level: np.ndarray, buyer: np.ndarray, source: np.ndarray, share: np.ndarray, bill: Bill | None
    ) -> None:
        steps = range(int(level.max(initial=0)) + 1)
        flows = [(level[buyer] == step).nonzero()[0] for step in steps]
        self._flows = [(buyer[mine], source[mine], share[mine]) for mine in flows]
        self._made = [(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), np.zeros(0)) for _ in steps]
        if bill is not None:
            made = [(level[bill.product] == step).nonzero()[0] for step in steps]
            self._good = bill.good
            self._made = [(bill.product[mine], bill.material[mine], bill.rate[mine]) for mine in made]

    def cells(self, at: np.ndarray) -> np.ndarray:
        """Units a day that each cell and all that it supplies need, where so many are needed `at` each itself."""
        mean = at.copy()
        for (buyer, source, share), (product, material, rate) in zip(self._flows, self._made, strict=True):
            np.add.at(mean, source, share * mean[buyer])
            if product.size:
                np.add.at(mean, material, mean[product] / self._good[product] * rate)
        return mean


def adding_up(
    level: np.ndarray, buyer: np.ndarray, source: np.ndarray, share: np.ndarray, bill: Bill | None = None
) -> csr_array:
    """The cells' part of `add_up` as a matrix: what a unit needed at each cell (column) comes to at each (row).

    For whoever adds up again and again.
    """
    from scipy.sparse import csr_array, eye_array

    cells = len(level)
    above, below, units = source, buyer, share
    if bill is not None:
        above, below = np.concatenate([above, bill.material]), np.concatenate([below, bill.product])
        units = np.concatenate([units, bill.rate / bill.good[bill.product]])
    up = csr_array((units, (above, below)), shape=(cells, cells))
    found = total = csr_array(eye_array(cells))
    for _ in range(int(level.max(initial=0)) + 1):
        found = csr_array(up @ found)
        if not found.nnz:
            break
        total = csr_array(total + found)
    return total
