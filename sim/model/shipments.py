"""Goods under way: rows of a table, each with an identity, so that they can be held, diverted, returned or lost."""

from __future__ import annotations

import numpy as np


class Phase:
    """Where a shipment is on its route; plain numbers, since arrays are compared with them many times a day."""

    TRAVELLING = 0
    QUEUED = 1
    CLEARING = 2
    READY = 3
    HELD = 4
    DONE = 5
    AT_BERTH = 6


COLUMNS = {
    "id": np.int64,
    "flow": np.int64,
    "units": np.int64,
    "lot": np.int64,
    "sent": np.float64,
    "leg": np.int64,
    "phase": np.int8,
    "time": np.float64,
    "departed": np.float64,
    "length": np.float64,
    "passage": np.int64,
    "vessel": np.int64,
    "diverted": np.bool_,
    "exempt": np.bool_,
    "permit": np.bool_,
}
"""id: kept when a shipment is split; sent: day it left the source; time: when the present phase ends (held: when the
passage is reached; queued, ready: since when; at berth: when it is served; done: never); departed,
length: of the present leg, in days; passage: where it is held, else -1; vessel: that brought it to the port's berths,
else -1; exempt: may cross a closed border; permit: has asked for what it needs at
its buyer's border; lot: -1 for goods that are not kept by lot."""

START = {
    "leg": 0,
    "phase": Phase.READY,
    "passage": -1,
    "vessel": -1,
    "diverted": False,
    "exempt": False,
    "permit": False,
}


WORTHWHILE = 512
"""Rows below which forgetting finished ones saves nothing."""


class Shipments:
    """The table. Columns are arrays of at least `count` rows; `table[name]` is the part in use."""

    def __init__(self) -> None:
        self.count = 0
        self._next = 0
        self._columns: dict[str, np.ndarray] = {name: np.zeros(1024, dtype=kind) for name, kind in COLUMNS.items()}

    def __getitem__(self, name: str) -> np.ndarray:
        return self._columns[name][: self.count]

    def add(
        self, flow: np.ndarray, units: np.ndarray, sent: np.ndarray | float, lot: np.ndarray | int = -1
    ) -> np.ndarray:
        """Rows of new shipments at the start of their route, ready to leave at `sent`; shape (n,)."""
        rows = self._grow(len(flow))
        place = slice(self.count - len(rows), self.count)
        for name, value in (("flow", flow), ("units", units), ("sent", sent), ("time", sent), ("lot", lot)):
            self._columns[name][place] = value
        self._columns["id"][place] = np.arange(self._next, self._next + len(rows))
        self._next += len(rows)
        for name, start in START.items():
            self._columns[name][place] = start
        return rows

    def split(self, rows: np.ndarray, units: np.ndarray) -> np.ndarray:
        """Take `units` off these rows into rows of their own with the same identity; returns the new rows."""
        new = self._grow(len(rows))
        for column in self._columns.values():
            column[new] = column[rows]
        self._columns["units"][new] = units
        self._columns["units"][rows] -= units
        return new

    def where(self, phase: int) -> np.ndarray:
        """Rows in a phase, ascending."""
        return (self["phase"] == phase).nonzero()[0]

    def due(self, limit: float) -> np.ndarray:
        """Rows whose time is `limit` or earlier, ascending: nothing happens to any other until then."""
        return (self["time"] <= limit).nonzero()[0]

    def finish(self, rows: np.ndarray) -> None:
        """These rows are at their end: they are never due again."""
        self["phase"][rows] = Phase.DONE
        self["time"][rows] = np.inf

    def compact(self) -> None:
        """Forget finished rows once they are the larger part; call only while no row numbers are held."""
        if self.count <= WORTHWHILE:
            return
        kept = np.flatnonzero(self["phase"] != Phase.DONE)
        if 2 * len(kept) < self.count:
            for column in self._columns.values():
                column[: len(kept)] = column[kept]
            self.count = len(kept)

    def _grow(self, more: int) -> np.ndarray:
        start, self.count = self.count, self.count + more
        size = len(self._columns["id"])
        if self.count > size:
            for name, column in self._columns.items():
                self._columns[name] = np.concatenate([column, np.zeros(max(size, more), dtype=column.dtype)])
        return np.arange(start, self.count)
