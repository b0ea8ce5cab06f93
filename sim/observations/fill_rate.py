"""How much of what was due came."""

from __future__ import annotations

import numpy as np

from sim.errors import PlaceError
from sim.observations.base import OBSERVATIONS, OPEN, OfSites
from sim.observations.filled import FILLED, Fill
from sim.observations.points import Points
from sim.observations.seen import Seen
from sim.observations.sorts import ShareOf


@OBSERVATIONS.register("fill_rate")
class FillRate(ShareOf, OfSites):
    """Units that came, in percent of those that were due over the days of a point; more than 100% count as 100."""

    fill: Fill = "patients"
    """of what. patients: units served on the day of those asked for; orders: goods received of those ordered; need:
    goods received of usual demand"""
    example = OPEN | {"is": "share", "over": "7d"}
    bad_example = (OPEN | {"is": "share", "over": "7d", "at": "clinc-a"}, "did you mean 'clinic-a'")

    def check(self) -> None:
        super().check()
        if self.spans == (None, None):
            raise PlaceError(("is",), "a fill rate is one of several days", None, "from (a column) or over, such as 7d")

    def modelled(self, seen: Seen, points: Points) -> np.ndarray:
        got, due = (points.sums(d.sum(axis=1)) for d in FILLED[self.fill](seen, self.cells(seen.network)))
        with np.errstate(invalid="ignore", divide="ignore"):
            found: np.ndarray = 100 * got / due
        return found
