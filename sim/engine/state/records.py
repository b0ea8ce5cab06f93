"""The records that sites keep, for policies that look back: demand, orders, what was sent and what arrived."""

from __future__ import annotations

import numpy as np

from sim.engine.state.ledger import Ledger
from sim.model.network import Network
from sim.model.part import Part
from sim.policies.replenishment.seen import History


class Records(Part):
    """One entry a day, the present one unfinished. It is told of all that happens to orders and goods when it happens.

    An entry has `asked` (units over cells) and `moved` (units ordered, sent, arrived, and unit-days on the way of what
    arrived; shape (4, flows)). Entries older than `window` days are forgotten; with None they are kept.
    """

    GROWS = ("_asked_before", "_moved_before")
    CHANGES = ("_asked", "_moved", "_forgotten")

    def __init__(self, network: Network, window: int | None) -> None:
        self._network, self._window = network, window
        self._first = -network.calendar.warm_up
        self._asked = np.zeros(len(network.cell_site))
        self._moved = np.zeros((4, len(network.flow_buyer)))
        self._asked_before: list[np.ndarray] = []
        self._moved_before: list[np.ndarray] = []
        self._forgotten = 0

    def book(self, flow: np.ndarray, units: np.ndarray) -> None:
        """New orders."""
        np.add.at(self._moved[0], flow, units)
        np.add.at(self._asked, self._network.flow_source[flow], units)

    def send(self, flow: np.ndarray, units: np.ndarray) -> None:
        """Goods leave their source."""
        np.add.at(self._moved[1], flow, units)

    def arrive(self, flow: np.ndarray, units: np.ndarray, days: np.ndarray) -> None:
        """Goods arrive, so many days after they left."""
        np.add.at(self._moved[2], flow, units)
        np.add.at(self._moved[3], flow, units * days)

    def close_day(self, today: Ledger) -> None:
        """The evening is over."""
        self._asked_before.append(self._asked_by_now(today))
        self._moved_before.append(self._moved)
        self._asked, self._moved = np.zeros_like(self._asked), np.zeros_like(self._moved)
        if self._window is not None and len(self._asked_before) > self._window:
            del self._asked_before[0], self._moved_before[0]
            self._forgotten += 1

    def _asked_by_now(self, today: Ledger) -> np.ndarray:
        return np.asarray(self._asked + today.served + today.unmet + today.used_up)

    def seen(self, today: Ledger, cells: np.ndarray, flows: np.ndarray, last: np.ndarray, window: int) -> History:
        """The records of `window` days of cells and of flows that they buy on, until the `last` day that each cell
        sees."""
        asked = [*self._asked_before, self._asked_by_now(today)]
        moved = [*self._moved_before, self._moved]
        first = self._first + self._forgotten
        buyer = np.searchsorted(cells, self._network.flow_buyer[flows])
        rows = last - first + np.arange(1 - window, 1)[:, None]
        begin = max(0, int(rows.min()))
        end = max(begin, int(rows.max())) + 1
        demand = _rows(np.stack([entry[cells] for entry in asked[begin:end]]), rows, begin)
        rows = rows[:, buyer]
        figures = np.stack([entry[:, flows] for entry in moved[begin:end]])
        ordered, sent, arrived, days = (_rows(figures[:, k], rows, begin) for k in range(4))
        on_the_way = np.divide(days, arrived, out=np.full_like(days, np.nan), where=arrived > 0)
        return History(demand, buyer, flows, ordered, sent, arrived, on_the_way)


def _rows(table: np.ndarray, rows: np.ndarray, begin: int) -> np.ndarray:
    """Of each column the entries in some rows, of which the table has those from `begin` on; NaN in rows below 0."""
    found = np.take_along_axis(table, np.clip(rows - begin, 0, len(table) - 1), axis=0)
    return np.where(rows >= 0, found, np.nan)


class Memories(Part):
    """What each replenishment rule remembers, in the order of the run's rules; None for one without a memory."""

    CHANGES = ("of",)

    def __init__(self) -> None:
        self.of: list[dict[str, np.ndarray] | None] = []
