"""What sources sent of what was due, for whoever looks back on it."""

from __future__ import annotations

import numpy as np

from sim.model.network import Network
from sim.model.part import Part


class FilledOrders(Part):
    """What buyers were sent of their orders due in the last days, over cells.

    `_sent` and `_lost` have for every evening, from that before the first day on, all that was sent on a cell's orders,
    or cancelled, until then; evenings more than `window` days ago are forgotten, with None they are kept. `_due` are
    over flows the units due and not sent, on the last evening on which their lane left; `_were_due` is what that was
    over cells, evening by evening, where somebody hears of it late.
    """

    GROWS = ("_sent", "_lost", "_were_due")
    CHANGES = ("_due",)

    def __init__(self, network: Network, window: int | None, heard_late: bool = False) -> None:
        self._buyer, self._window = network.flow_buyer, window
        nothing = np.zeros(len(network.cell_site), dtype=np.int64)
        self._sent, self._lost = [nothing], [nothing]
        self._due = np.zeros(len(self._buyer), dtype=np.int64)
        self._heard_late = heard_late
        self._were_due: list[np.ndarray] = [nothing] if heard_late else []

    def look(self, sent: np.ndarray, due: np.ndarray, cancelled: np.ndarray, leaves: np.ndarray) -> None:
        """Take in an evening; units over flows, `leaves` a mask of those whose lane leaves today."""
        for rows, units in ((self._sent, sent), (self._lost, cancelled)):
            some = units.nonzero()[0]
            rows.append(self._by_buyer(units, some, rows[-1].copy()) if some.size else rows[-1])
            if self._window is not None and len(rows) > self._window + 1:
                del rows[0]
        np.copyto(self._due, due, where=leaves)
        if self._heard_late:
            self._were_due.append(self._now_due())
            del self._were_due[: len(self._were_due) - len(self._sent)]

    def last(self, over: int) -> tuple[np.ndarray, np.ndarray]:
        """(units sent, units due) in the last `over` days, over cells; due is what was sent or cancelled in them, or is
        due and not sent now."""
        since = max(0, len(self._sent) - 1 - over)
        sent, lost = (rows[-1] - rows[since] for rows in (self._sent, self._lost))
        return sent, sent + lost + self._now_due()

    def as_of(self, over: int, cells: np.ndarray | slice, age: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The same of some cells, so many days ago for each."""
        assert self._heard_late
        last = np.maximum(0, len(self._sent) - 1 - age)
        since = np.maximum(0, last - over)
        first, place = int(since.min(initial=0)), np.arange(len(self._sent[0]))[cells]
        sent, lost, due = (np.stack(rows[first:])[:, place] for rows in (self._sent, self._lost, self._were_due))
        one = np.arange(len(place))
        sent, lost = (rows[last - first, one] - rows[since - first, one] for rows in (sent, lost))
        return sent, sent + lost + due[last - first, one]

    def _now_due(self) -> np.ndarray:
        """Units due and not sent, over cells."""
        return self._by_buyer(self._due, self._due.nonzero()[0], np.zeros_like(self._sent[0]))

    def _by_buyer(self, units: np.ndarray, some: np.ndarray, found: np.ndarray) -> np.ndarray:
        """Units on `some` flows added, at their buyers, to what is `found` over cells."""
        np.add.at(found, self._buyer[some], units[some])
        return found
