"""What share of shelves was empty."""

from __future__ import annotations

import datetime as dt
from typing import Literal

import numpy as np

from sim.observations.base import OBSERVATIONS, OPEN, OfSites
from sim.observations.points import Points
from sim.observations.seen import Seen
from sim.observations.sorts import ShareOf


@OBSERVATIONS.register("share_out")
class ShareOut(ShareOf, OfSites):
    """Share of shelves (a product at a site) that were out, in the mean over the days of a point.

    All shelves of open sites count alike. A shelf is `empty` when nothing is on it in the evening, `short` when it
    could not serve all who came for the product that day, whether another one served them or not.
    """

    worst = 1
    out: Literal["empty", "short"] = "empty"
    """what is out"""
    example = OPEN | {"is": "share", "over": "7d", "plus": 6, "naive": {"share": "20%", "usual": 6}}
    bad_example = (OPEN | {"is": "share", "products": ["salin"]}, "did you mean 'saline'")

    @property
    def usual(self) -> float | None:
        return self.plus

    def modelled(self, seen: Seen, points: Points) -> np.ndarray:
        cells = self.cells(seen.network)
        if self.out == "empty":
            out = seen.daily(cells, "on_hand") == 0
        else:
            out = seen.daily(cells, "unmet", "substituted") > 0
        there = seen.open(cells)
        with np.errstate(invalid="ignore"):
            found: np.ndarray = 100 * points.sums((out & there).sum(axis=1)) / points.sums(there.sum(axis=1))
        return found

    def guess(self, points: Points, start: dt.date) -> np.ndarray:
        """What is lost of supply is missing on as many shelves, beside those that are out at all times."""
        assert self.naive is not None
        usual = self.plus if self.naive.usual is None else self.naive.usual
        return np.minimum(100.0, usual + 100 * self.naive.lost * self.naive.holds(points, start))
