"""Goods at a site that may not be used: under test or in process, or in quarantine before they are taken away."""

from __future__ import annotations

import numpy as np

from sim.model.part import Part


class Held(Part):
    """Rows of (cell, lot, units, until, withdrawn); on day `until` they become stock or, `withdrawn`, are removed.

    Work in process is kept in the same way; there `withdrawn` are the units that will be scrapped.
    """

    CHANGES = ("columns",)

    COLUMNS = ("cell", "lot", "units", "until", "withdrawn")

    def __init__(self) -> None:
        self.columns = {name: np.zeros(0, dtype=np.int64) for name in self.COLUMNS}

    def __getitem__(self, name: str) -> np.ndarray:
        return self.columns[name]

    def add(
        self, cell: np.ndarray, lot: np.ndarray, units: np.ndarray, until: np.ndarray, withdrawn: bool | np.ndarray
    ) -> None:
        """Hold units; arguments of shape (n,)."""
        if not len(cell):
            return
        values = cell, lot, units, until, np.broadcast_to(withdrawn, len(cell)).astype(np.int64)
        for name, value in zip(self.COLUMNS, values, strict=True):
            self.columns[name] = np.concatenate([self.columns[name], value])

    def good(self, cells: int) -> np.ndarray:
        """Units that will become stock, over cells."""
        waits = self["withdrawn"] == 0
        return np.bincount(self["cell"][waits], self["units"][waits], cells).astype(np.int64)

    def take(self, rows: np.ndarray) -> dict[str, np.ndarray]:
        """Remove the rows of a mask and return them."""
        taken = {name: column[rows] for name, column in self.columns.items()}
        self.columns = {name: column[~rows] for name, column in self.columns.items()}
        return taken
