"""Nearest: the quickest way first."""

from __future__ import annotations

import numpy as np

from sim.policies.transfers.base import TRANSFERS, Transfer, Ways


@TRANSFERS.register("nearest")
class NearestFirst(Transfer):
    """Ask whoever can send the goods soonest."""

    example = {"from": "facilities", "time": "1d", "keep": "3d", "below": "2d", "up_to": "3d"}
    bad_example = (
        {"from": "facilities", "time": "1d", "keep": "1d", "below": "2d"},
        "who gives would lack goods itself",
    )

    def order(self, ways: Ways) -> np.ndarray:
        return ways.days
