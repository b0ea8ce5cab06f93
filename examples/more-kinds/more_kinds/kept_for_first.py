"""A share of what there is goes to those who come first, the rest to everybody."""

from __future__ import annotations

import numpy as np

from sim.model.network import Network
from sim.policies.allocation.base import ALLOCATION, Allocation, Claims, largest_remainder
from sim.units import Share


@ALLOCATION.register("kept_for_first")
class KeptForFirst(Allocation):
    """Keep a share for priority group 1, and share all else in proportion.

    What that group leaves is among the rest; of the rest it gets a part too, by what it still asks for.
    """

    share_kept: Share
    """share of the stock that is kept for priority group 1"""
    example = {"at": "warehouses", "share_kept": "40%"}
    bad_example = ({"at": "warehouses"}, "'share_kept' is missing")

    def share(self, claims: Claims, network: Network) -> np.ndarray:
        kept = np.floor(self.share_kept * claims.available + 1e-9).astype(np.int64)
        first = largest_remainder(kept, claims.source, np.where(claims.tier == 1, claims.requested, 0))
        left = claims.available - claims.per_source(first)
        return first + largest_remainder(left, claims.source, claims.requested - first)
