"""Totals since the first day of what somebody knows by himself, whatever he is told."""

from __future__ import annotations

import numpy as np

from sim.model.part import Part


class Totals(Part):
    """Units since the first day: over cells `ordered` and not cancelled, and what sites `gave` and `got` beside orders,
    over flows `sent`."""

    CHANGES = ("ordered", "gave", "got", "sent")

    def __init__(self, cells: int, flows: int) -> None:
        self.ordered, self.gave, self.got = np.zeros((3, cells), dtype=np.int64)
        self.sent = np.zeros(flows, dtype=np.int64)
