"""The records that sites keep, for policies that look back: demand, issues, orders, what was sent and what arrived."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import numpy as np

from sim.engine.spans import in_place, reach
from sim.engine.state.ledger import Ledger
from sim.model.network import Network
from sim.model.part import Part
from sim.policies.replenishment.seen import Figure, History

ON_RECORD: tuple[Figure, ...] = ("demand", "issues", "orders")
"""Figures of which sites keep records of their own."""


class Records(Part):
    """One entry a day, the present one unfinished. It is told of all that happens to orders and goods when it happens.

    Of the figures that somebody `looks_at` an entry has `asked` (units over cells), `issued` (units that left, but for
    what was given, lent or paid back, and whether that was not all that was asked for; shape (2, cells)) and `moved`
    (units ordered, sent, arrived, and unit-days on the way of what arrived; shape (4, flows)); of the others nothing.
    Entries older than `window` days are forgotten; with None they are kept.
    """

    GROWS = ("_asked_before", "_issued_before", "_moved_before")
    CHANGES = ("_asked", "_gave", "_moved", "_forgotten", "days")
    SCRATCH = ("_tables",)

    def __init__(self, network: Network, window: int | None, looks_at: Collection[Figure]) -> None:
        self._network, self._window = network, window
        self._demand, self._orders, self._issues = (name in looks_at for name in ("demand", "orders", "issues"))
        self._material = np.zeros(len(network.cell_site), dtype=bool)
        self._material[network.bill.bought] = True
        self._first = -network.calendar.warm_up
        self._sells = reach(network.flow_source[: network.orders])
        self._asked = np.zeros(self._sells.stop - self._sells.start if self._demand else 0, dtype=np.int64)
        self._gives = self._issues and network.orders < len(network.flow_buyer)
        self._gave = np.zeros(len(network.cell_site) if self._gives else 0, dtype=np.int64)
        self._moved = np.zeros((4, len(network.flow_buyer) if self._orders else 0))
        self._asked_before: list[np.ndarray] = []
        self._issued_before: list[np.ndarray] = []
        self._moved_before: list[np.ndarray] = []
        self._forgotten = 0
        self.rejoin()
        self.days = 1
        """days of which there are records, the present one included"""

    def rejoin(self) -> None:
        self._tables: dict[Figure, np.ndarray] = {}

    def book(self, flow: np.ndarray, units: np.ndarray) -> None:
        """New orders."""
        if self._orders:
            np.add.at(self._moved[0], flow, units)
        if self._demand:
            np.add.at(self._asked, self._network.flow_source[flow] - self._sells.start, units)

    def send(self, flow: np.ndarray, units: np.ndarray) -> None:
        """Goods leave their source."""
        if self._orders:
            np.add.at(self._moved[1], flow, units)
        if self._gives:
            given = flow >= self._network.orders
            np.add.at(self._gave, self._network.flow_source[flow[given]], units[given])

    def arrive(self, flow: np.ndarray, units: np.ndarray, days: np.ndarray) -> None:
        """Goods arrive, so many days after they left."""
        if self._orders:
            np.add.at(self._moved[2], flow, units)
            np.add.at(self._moved[3], flow, units * days)

    def close_day(self, today: Ledger) -> None:
        """The evening is over."""
        if self._demand:
            self._asked_before.append(self._asked_by_now(today))
            self._asked = np.zeros_like(self._asked)
        if self._issues:
            self._issued_before.append(self._issued_by_now(today))
            self._gave = np.zeros_like(self._gave)
        if self._orders:
            self._moved_before.append(self._moved)
            self._moved = np.zeros_like(self._moved)
        self.days += 1
        if self._window is not None and self.days > self._window + 1:
            for kept in (self._asked_before, self._issued_before, self._moved_before):
                del kept[:1]
            self.days -= 1
            self._forgotten += 1

    def _asked_by_now(self, today: Ledger) -> np.ndarray:
        asked = today.served + today.unmet
        asked[self._sells] += self._asked
        if "used_up" in today.row:
            asked += today.used_up
        return asked

    def _issued_by_now(self, today: Ledger) -> np.ndarray:
        left = today.served + today.served_late + today.dispatched + today.used_up
        if self._gives:
            left -= self._gave
        empty = (today.on_hand == 0) & ((today.owed > 0) | self._material)
        return np.stack([left, empty | (today.unmet > 0)])

    def seen(
        self,
        today: Ledger,
        cells: np.ndarray,
        flows: np.ndarray,
        last: np.ndarray,
        window: int,
        looks_at: Collection[Figure],
    ) -> History:
        """The records of `window` days of cells and of flows that they buy on, until the `last` day that each cell
        sees; of end demand, which is no record of their own, none."""
        at, found = last - self._first - self._forgotten, {}
        if "demand" in looks_at:
            entries = [*self._asked_before, self._asked_by_now(today)]
            (found["demand"],) = self._looked_up("demand", entries, cells, at, window)
        if "issues" in looks_at:
            entries = [*self._issued_before, self._issued_by_now(today)]
            found["issued"], found["out"] = self._looked_up("issues", entries, cells, at, window)
        if "orders" in looks_at:
            buyer = np.searchsorted(cells, self._network.flow_buyer[flows])
            entries = [*self._moved_before, self._moved]
            ordered, sent, arrived, days = self._looked_up("orders", entries, flows, at[buyer], window)
            on_the_way = np.divide(days, arrived, out=np.full_like(days, np.nan), where=arrived > 0)
            found |= {"buyer": buyer, "flow": flows, "ordered": ordered, "sent": sent, "arrived": arrived}
            found["days_on_the_way"] = on_the_way
        return replace(History.empty(last), **found)

    def _looked_up(
        self, figure: Figure, entries: list[np.ndarray], columns: np.ndarray, last: np.ndarray, window: int
    ) -> list[np.ndarray]:
        """Of daily entries, of one row or several, some columns in the `window` days until the `last` of each; one
        array of shape (window, columns) for each row, valid until the next look."""
        first = int(last.min(initial=len(entries) - 1))
        latest, some = int(last.max(initial=first)), in_place(columns)
        begin = min(max(0, first - window + 1), len(entries) - 1)
        days = [np.atleast_2d(entry)[:, some] for entry in entries[begin : max(begin, latest) + 1]]
        shape = (len(days[0]), len(days), len(columns))
        tables = self._tables.get(figure)
        if tables is None or tables.shape != shape:
            tables = self._tables[figure] = np.empty(shape)
        np.stack(days, axis=1, out=tables)
        return [in_windows(table, last - begin, window) for table in tables]


def in_windows(table: np.ndarray, last: np.ndarray, window: int) -> np.ndarray:
    """Of each column the `window` rows until its `last` one; NaN in rows before the first."""
    if len(last) and 0 <= last[0] < len(table) and (last == last[0]).all():  # all see the same days
        shown = table[max(0, last[0] + 1 - window) : last[0] + 1]
        before = np.full((window - len(shown), len(last)), np.nan)
        return np.concatenate([before, shown]) if len(before) else shown
    rows = last + np.arange(1 - window, 1)[:, None]
    found = np.take_along_axis(table, np.clip(rows, 0, len(table) - 1), axis=0)
    return np.where(rows >= 0, found, np.nan)


class Memories(Part):
    """What each replenishment rule remembers, in the order of the run's rules; None for one without a memory."""

    CHANGES = ("of",)

    def __init__(self) -> None:
        self.of: list[dict[str, np.ndarray] | None] = []
