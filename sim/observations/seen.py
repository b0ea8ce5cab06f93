"""A finished run as observation models see it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from sim.model.network import Network
from sim.model.vocabulary import QuantityName


@dataclass(frozen=True)
class Seen:
    """Daily figures of a run.

    `table` has the figures of the daily table, each of shape (days, kept), of the cells at the positions `kept`
    (ascending); `ports` figures over gates and `passages` over the passages at the positions `queues`, of shape
    (days, …); `watched` the quantities that disruptions change, whole, by name, of shape (days, rows).
    """

    network: Network
    kept: np.ndarray
    table: Mapping[str, np.ndarray]
    ports: Mapping[str, np.ndarray]
    passages: Mapping[str, np.ndarray]
    queues: tuple[int, ...]
    watched: Mapping[QuantityName, np.ndarray]

    @property
    def days(self) -> int:
        """Counted days."""
        return self.network.calendar.days

    def daily(self, cells: np.ndarray, *names: str) -> np.ndarray:
        """Figures of the daily table, added up; float64, shape (days, cells)."""
        places = np.searchsorted(self.kept, cells)
        found = np.zeros((self.days, len(cells)))
        for name in names:
            found += self.table[name][:, places]
        return found

    def open(self, cells: np.ndarray) -> np.ndarray:
        """Whether the site of each cell is open; shape (days, cells)."""
        if self.network.spans is None:
            return np.ones((self.days, len(cells)), dtype=bool)
        is_open = self.network.spans.open(np.arange(self.days)[:, None])
        return np.asarray(is_open[:, self.network.cell_site[cells]])

    def by_site(self, cells: np.ndarray, daily: np.ndarray) -> np.ndarray:
        """Figures of cells, the last axis, added up over the products of each site, in order of site."""
        sites, where = np.unique(self.network.cell_site[cells], return_inverse=True)
        found = np.zeros((*daily.shape[:-1], len(sites)))
        np.add.at(np.moveaxis(found, -1, 0), where, np.moveaxis(daily, -1, 0))
        return found
