"""Proportional: everybody gets the same share of what they asked for."""

from __future__ import annotations

import numpy as np

from sim.model.network import Network
from sim.policies.allocation.base import ALLOCATION, Allocation, Claims, largest_remainder
from sim.policies.allocation.levels import in_proportion, risen, rounded


def in_proportion_to_requests(claims: Claims) -> np.ndarray:
    """Whole units in proportion to what is asked for; where something is capped the others share what that frees."""
    if claims.most is None:
        return largest_remainder(claims.available, claims.source, claims.requested)
    return rounded(claims, risen(claims, in_proportion(claims, claims.requested)))


@ALLOCATION.register("proportional")
class Proportional(Allocation):
    """Share in proportion to the open orders, rounded by largest remainder."""

    by_cover = False
    example = {"at": "warehouses"}
    bad_example = ({"at": "warehouses", "critical": 3}, "unknown key")

    def share(self, claims: Claims, network: Network) -> np.ndarray:
        return in_proportion_to_requests(claims)

    def exact(self, claims: Claims, network: Network) -> np.ndarray:
        return risen(claims, in_proportion(claims, claims.requested))
