"""Proportional: everybody gets the same share of what they asked for."""

from __future__ import annotations

import numpy as np

from sim.model.network import Network
from sim.policies.allocation.base import ALLOCATION, Allocation, Claims, largest_remainder


@ALLOCATION.register("proportional")
class Proportional(Allocation):
    """Share in proportion to the open orders, rounded by largest remainder."""

    example = {"at": "warehouses"}
    bad_example = ({"at": "warehouses", "critical": 3}, "unknown key")

    def share(self, claims: Claims, network: Network) -> np.ndarray:
        return largest_remainder(claims.available, claims.source, claims.requested)
