"""Goods at a site that may not be used: under test or in process, or in quarantine before they are taken away."""

from __future__ import annotations

import numpy as np

from sim.model.part import Part


class Held(Part):
    """Rows of (cell, lot, units, until, withdrawn); on day `until` they become stock or, `withdrawn`, are removed.

    Work in process is kept in the same way; there `withdrawn` are the units that will be scrapped.
    """

    CHANGES = ("_rows",)

    COLUMNS = ("cell", "lot", "units", "until", "withdrawn")

    def __init__(self) -> None:
        self._rows = np.zeros((len(self.COLUMNS), 0), dtype=np.int64)

    def __getitem__(self, name: str) -> np.ndarray:
        column: np.ndarray = self._rows[self.COLUMNS.index(name)]
        return column

    def add(
        self, cell: np.ndarray, lot: np.ndarray, units: np.ndarray, until: np.ndarray, withdrawn: bool | np.ndarray
    ) -> None:
        """Hold units; arguments of shape (n,)."""
        if not len(cell):
            return
        new = np.empty((len(self.COLUMNS), len(cell)), dtype=np.int64)
        for row, value in zip(new, (cell, lot, units, until, withdrawn), strict=True):
            row[:] = value
        self._rows = np.concatenate([self._rows, new], axis=1)

    def good(self, cells: int) -> np.ndarray:
        """Units that will become stock, over cells."""
        waits = self["withdrawn"] == 0
        return np.bincount(self["cell"][waits], self["units"][waits], cells).astype(np.int64)

    def good_before(self, day: np.ndarray, cells: np.ndarray) -> np.ndarray:
        """Units that become stock at some cells before a day of each; `cells` ascending."""
        place = np.minimum(np.searchsorted(cells, self["cell"]), len(cells) - 1)
        counts = (cells[place] == self["cell"]) & (self["withdrawn"] == 0) & (self["until"] < day[place])
        return np.bincount(place[counts], self["units"][counts], len(cells)).astype(np.int64)

    def take(self, rows: np.ndarray) -> dict[str, np.ndarray]:
        """Remove the rows of a mask and return them."""
        taken, self._rows = self._rows[:, rows], self._rows[:, ~rows]
        return dict(zip(self.COLUMNS, taken, strict=True))
