"""Fullest: whoever can spare most first."""

from __future__ import annotations

import numpy as np

from sim.policies.transfers.base import TRANSFERS, Transfer, Ways


@TRANSFERS.register("fullest")
class FullestFirst(Transfer):
    """Ask whoever is seen to be able to spare the most days of its usual use."""

    looks_at_stock = True
    example = {
        "from": "facilities",
        "to": ["facilities", "warehouses"],
        "keep": "2d",
        "below": "2d",
        "loan": {"for": "20d"},
    }
    bad_example = ({"from": "facilities", "keep": "3d", "below": "2d"}, "no way leads")

    def order(self, ways: Ways) -> np.ndarray:
        return -ways.spare
