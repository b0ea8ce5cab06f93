"""What sources sent of what was due, for whoever looks back on it."""

from __future__ import annotations

import numpy as np

from sim.model.network import Network
from sim.model.part import Part


class FilledOrders(Part):
    """What buyers were sent of their orders due in the last days, over cells.

    `_sent` and `_lost` have for every evening, from that before the first day on, all that was sent on a cell's orders,
    or cancelled, until then; evenings more than `window` days ago are forgotten, with None they are kept. `_due` are
    over flows the units due and not sent, on the last evening on which their lane left.
    """

    GROWS = ("_sent", "_lost")
    CHANGES = ("_due",)

    def __init__(self, network: Network, window: int | None) -> None:
        self._buyer, self._window = network.flow_buyer, window
        nothing = np.zeros(len(network.cell_site), dtype=np.int64)
        self._sent, self._lost = [nothing], [nothing]
        self._due = np.zeros(len(self._buyer), dtype=np.int64)

    def look(self, sent: np.ndarray, due: np.ndarray, cancelled: np.ndarray, leaves: np.ndarray) -> None:
        """Take in an evening; units over flows, `leaves` a mask of those whose lane leaves today."""
        for rows, units in ((self._sent, sent), (self._lost, cancelled)):
            rows.append(rows[-1] + self._by_buyer(units))
            if self._window is not None and len(rows) > self._window + 1:
                del rows[0]
        np.copyto(self._due, due, where=leaves)

    def last(self, over: int) -> tuple[np.ndarray, np.ndarray]:
        """(units sent, units due) in the last `over` days, over cells; due is what was sent or cancelled in them, or is
        due and not sent now."""
        since = max(0, len(self._sent) - 1 - over)
        sent, lost = (rows[-1] - rows[since] for rows in (self._sent, self._lost))
        return sent, sent + lost + self._by_buyer(self._due)

    def _by_buyer(self, units: np.ndarray) -> np.ndarray:
        return np.bincount(self._buyer, units, len(self._sent[0])).astype(np.int64)
