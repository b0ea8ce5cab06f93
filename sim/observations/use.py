"""What was used."""

from __future__ import annotations

import numpy as np

from sim.observations.base import OBSERVATIONS, OPEN
from sim.observations.seen import Seen
from sim.observations.told_as import OfUsual


@OBSERVATIONS.register("use")
class Use(OfUsual):
    """Units used by patients: what they were given, less what they put by, and what they used of that later."""

    example = OPEN | {"is": "flow", "over": "30d", "told_as": "percent"}
    bad_example = (OPEN | {"is": "flow"}, "a flow needs its days")

    def units(self, seen: Seen, cells: np.ndarray) -> np.ndarray:
        given = seen.daily(cells, "served", "served_late", "stood_in")
        ahead, asked = seen.daily(cells, "bought_ahead"), seen.daily(cells, "demand")
        with np.errstate(invalid="ignore", divide="ignore"):
            came = np.where(asked > 0, np.minimum(given / asked, 1), 0)  # what is put by must have been there
        found: np.ndarray = (given - ahead * came + seen.daily(cells, "asked_less")).sum(axis=1)
        return found
