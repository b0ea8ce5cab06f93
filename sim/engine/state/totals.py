"""Totals since the first day of what somebody knows by himself, whatever he is told."""

from __future__ import annotations

import numpy as np

from sim.model.part import Part


class Totals(Part):
    """Units `ordered` and not cancelled, over cells, and `sent`, over flows, since the first day."""

    CHANGES = ("ordered", "sent")

    def __init__(self, cells: int, flows: int) -> None:
        self.ordered = np.zeros(cells, dtype=np.int64)
        self.sent = np.zeros(flows, dtype=np.int64)
