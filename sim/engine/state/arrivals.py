"""How long the latest arrivals were on their way, for whoever looks back on that."""

from __future__ import annotations

import numpy as np

from sim.model.network import Network
from sim.model.part import Part


class LatestArrivals(Part):
    """The last arrivals of every cell's own orders: what came from one source in one day is one arrival.

    `_days` has of each cell's last `depth` arrivals the days on the way from its source, and the mean that is planned
    for that way; shape (2, depth, cells), the latest last, 0 where there was none. `_came` is how many there were ever,
    `_late` by how much these were later than planned. `_open` are units and unit-days over flows of what has come since
    the morning.
    """

    CHANGES = ("_days", "_came", "_late", "_open")
    SCRATCH = ("_last",)

    def __init__(self, network: Network, depth: int) -> None:
        self._orders = network.orders
        self._buyer, self._planned = network.flow_buyer, network.routes.under_way[network.flow_route]
        self._days = np.zeros((2, depth, len(network.cell_site)))
        self._came = np.zeros(len(network.cell_site), dtype=np.int64)
        self._late = np.zeros(len(network.cell_site))
        self._open = np.zeros((2, len(self._buyer)))
        self.rejoin()

    def rejoin(self) -> None:
        self._last: dict[int, np.ndarray] = {}

    def arrive(self, flow: np.ndarray, units: np.ndarray, days: np.ndarray) -> None:
        """Goods arrive, so many days after they left their source; what others gave is no order of one's own."""
        if self._orders < len(self._buyer):
            flow, units, days = (column[flow < self._orders] for column in (flow, units, days))
        np.add.at(self._open[0], flow, units)
        np.add.at(self._open[1], flow, units * days)

    def close(self) -> None:
        """What has come by this morning is known."""
        flows = self._open[0].nonzero()[0]
        if not flows.size:
            return
        days = self._open[1, flows] / self._open[0, flows]
        self._open[:, flows] = 0
        flows, days = (values[np.argsort(self._buyer[flows], kind="stable")] for values in (flows, days))
        cells = self._buyer[flows]
        turn = np.arange(len(cells)) - np.searchsorted(cells, cells)
        for k in range(int(turn.max()) + 1):  # of a cell with several sources one after the other
            now = turn == k
            self._days[:, :-1, cells[now]] = self._days[:, 1:, cells[now]]
            self._days[:, -1, cells[now]] = days[now], self._planned[flows[now]]
        for number, added_up in self._last.items():
            added_up[:, cells] = self._days[:, -number:, cells].sum(axis=1)
        planned = self._planned[flows]
        late = np.bincount(cells, (days - planned) / np.maximum(planned, 1.0), len(self._late))
        self._late, self._came = self._late + late, self._came + np.bincount(cells, minlength=len(self._came))

    def last(self, number: int, cells: np.ndarray | slice) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """(days on the way, days planned, arrivals) of the last so many arrivals of some cells, added up."""
        if number not in self._last:
            self._last[number] = self._days[:, -number:].sum(axis=1)
        took, planned = self._last[number][:, cells]
        return took, planned, np.minimum(self._came[cells], number)

    def ever(self, cells: np.ndarray | slice) -> tuple[np.ndarray, np.ndarray]:
        """(by how much all arrivals of some cells were later than planned, added up; how many they were).

        Each counts as the share by which it took longer than planned; planned for less than a day it counts as one of
        a day.
        """
        return self._late[cells], self._came[cells]
