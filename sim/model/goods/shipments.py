"""Goods under way: rows of a table, each with an identity, so that they can be held, diverted, returned or lost."""

from __future__ import annotations

import numpy as np

from sim.model.part import Part


class Phase:
    """Where a shipment is on its route; arrays without axes of the column's own type, with which numpy compares twice
    as fast as with single numbers: that is done many times a day."""

    TRAVELLING, QUEUED, CLEARING, READY, HELD, DONE, AT_BERTH = (np.array(n, dtype=np.int8) for n in range(7))


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
    "way": np.int64,
    "luck": np.float64,
    "exempt": np.bool_,
    "permit": np.bool_,
}
"""id: kept when a shipment is split; sent: day it left the source; time: when the present phase ends (held: when the
passage is reached; queued, ready: since when; at berth: when it is served; done: never); departed,
length: of the present leg, in days; passage: where it is held, else -1; way, luck: which way its vessel takes on the
present leg, and the draw that says whether it is among the first to divert; vessel: that brought it to the port's
berths, else -1; exempt: may cross a closed border; permit: has asked for what it needs at its buyer's border; lot: -1
for goods that are not kept by lot."""

START = {"lot": -1, "phase": Phase.READY, "passage": -1, "vessel": -1}
"""What a row has at the start of its route and that is not zero."""

NAMES = [[name for name, kind in COLUMNS.items() if kind is one] for one in dict.fromkeys(COLUMNS.values())]
"""Names of the columns of each type."""
BLANK: list[np.ndarray] = [
    np.array([[START.get(name, 0)] for name in names], dtype=COLUMNS[names[0]]) for names in NAMES
]
"""A row at the start of its route, an array for each type."""

WORTHWHILE = 512
"""Rows below which forgetting finished ones saves nothing."""


class Shipments(Part):
    """The table. `columns` are arrays of at least `count` rows, for the figures of some rows; `table[name]` is the part
    in use.

    Columns of one type are the rows of one array, so that whole shipments are moved a type, not a column, at a time.
    What is not in use is as at the start of a route.
    """

    CHANGES = ("count", "_next", "_finished", "_arrays")
    VIEWS = ("columns",)

    def __init__(self) -> None:
        self.count = 0
        self._next = self._finished = 0
        self._arrays: list[np.ndarray] = []
        self.columns: dict[str, np.ndarray] = {}
        self._use([np.repeat(blank, 1024, axis=1) for blank in BLANK])

    def rejoin(self) -> None:
        self._use(self._arrays)

    def __getitem__(self, name: str) -> np.ndarray:
        return self.columns[name][: self.count]

    def add(
        self, flow: np.ndarray, units: np.ndarray, sent: np.ndarray | float, lot: np.ndarray | None = None
    ) -> np.ndarray:
        """Rows of new shipments at the start of their route, ready to leave at `sent`; shape (n,)."""
        rows = self._grow(len(flow))
        columns, number = self.columns, self._next
        self._next += len(rows)
        columns["flow"][rows], columns["units"][rows], columns["id"][rows] = flow, units, np.arange(number, self._next)
        columns["sent"][rows] = columns["time"][rows] = sent
        if lot is not None:
            columns["lot"][rows] = lot
        return rows

    def split(self, rows: np.ndarray, units: np.ndarray) -> np.ndarray:
        """Take `units` off these rows into rows of their own with the same identity; returns the new rows."""
        new = self._grow(len(rows))
        for array in self._arrays:
            array[:, self.count - len(rows) : self.count] = array.take(rows, axis=1)
        self.columns["units"][new] = units
        self.columns["units"][rows] -= units
        return new

    def where(self, phase: np.ndarray) -> np.ndarray:
        """Rows in a phase, ascending."""
        return (self["phase"] == phase).nonzero()[0]

    def due(self, limit: float) -> np.ndarray:
        """Rows whose time is `limit` or earlier, ascending: nothing happens to any other until then."""
        return (self.columns["time"][: self.count] <= limit).nonzero()[0]

    def live(self) -> np.ndarray:
        """Rows that are not at their end, ascending."""
        return (self.columns["phase"][: self.count] != Phase.DONE).nonzero()[0]

    def finish(self, rows: np.ndarray) -> None:
        """These rows are at their end: they are never due again."""
        self.columns["phase"][rows] = Phase.DONE
        self.columns["time"][rows] = np.inf
        self._finished += len(rows)

    def compact(self) -> None:
        """Forget finished rows once they are the larger part; call only while no row numbers are held."""
        if self.count <= WORTHWHILE or 2 * self._finished <= self.count:
            return
        kept = self.live()
        for array, blank in zip(self._arrays, BLANK, strict=True):
            array[:, : len(kept)] = array.take(kept, axis=1)
            array[:, len(kept) : self.count] = blank
        self._finished, self.count = 0, len(kept)

    def _grow(self, more: int) -> np.ndarray:
        start, size = self.count, len(self.columns["id"])
        if start + more > size:
            self._use(
                [
                    _longer(array, blank, size + max(size, more))
                    for array, blank in zip(self._arrays, BLANK, strict=True)
                ]
            )
        self.count = start + more
        return np.arange(start, self.count)

    def _use(self, arrays: list[np.ndarray]) -> None:
        """Take these arrays, one for each type, as the table."""
        self._arrays = arrays
        rows = zip(NAMES, arrays, strict=True)
        self.columns = {name: row for names, array in rows for name, row in zip(names, array, strict=True)}


def _longer(array: np.ndarray, blank: np.ndarray, rows: int) -> np.ndarray:
    """The array with blank rows at its end, so that it has `rows` of them."""
    longer = np.empty((len(array), rows), dtype=array.dtype)
    longer[:, : array.shape[1]] = array
    longer[:, array.shape[1] :] = blank
    return longer
