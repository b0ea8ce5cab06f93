"""Cheapest: the lowest cost a unit first."""

from __future__ import annotations

import numpy as np

from sim.policies.transfers.base import TRANSFERS, Transfer, Ways


@TRANSFERS.register("cheapest")
class CheapestFirst(Transfer):
    """Ask whoever is cheapest to fetch the goods from."""

    example = {"from": "facilities", "time": "1d", "cost": 0.5, "keep": "2d", "below": "2d", "permission": "1d"}
    bad_example = ({"from": "facilties", "time": "1d", "keep": "3d", "below": "2d"}, "unknown site")

    def order(self, ways: Ways) -> np.ndarray:
        return ways.cost
