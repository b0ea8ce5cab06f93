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
    mean, usual = at.copy(), np.zeros(len(buyer))
    for step in range(int(level.max(initial=0)) + 1):
        mine = level[buyer] == step
        usual[mine] = share[mine] * mean[buyer[mine]]
        np.add.at(mean, source[mine], usual[mine])
        if bill is None:
            continue
        made = level[bill.product] == step
        begun = mean[bill.product[made]] / bill.good[bill.product[made]]
        np.add.at(mean, bill.material[made], begun * bill.rate[made])
    return usual, mean


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
        total = csr_array(total + found)
    return total
