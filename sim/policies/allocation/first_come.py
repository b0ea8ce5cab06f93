"""First come, first served."""

from __future__ import annotations

import numpy as np

from sim.model.network import Network
from sim.policies.allocation.base import ALLOCATION, Allocation, Claims, in_turn


@ALLOCATION.register("first_come")
class FirstCome(Allocation):
    """Serve open orders in the order in which they were booked; of one day's orders, the site named first."""

    needs_order_book = True
    by_cover = False
    example = {"at": "warehouses"}
    bad_example = ({"at": "nowhere"}, "unknown site")

    def share(self, claims: Claims, network: Network) -> np.ndarray:
        assert claims.booked is not None
        claim, units = claims.booked
        # what cannot leave today holds nobody up
        units = in_turn(claims.upper, claim, units, np.argsort(claim, kind="stable"))
        source = claims.source[claim]
        given = in_turn(claims.available, source, units, np.argsort(source, kind="stable"))
        total = np.zeros(len(claims.requested), dtype=np.int64)
        np.add.at(total, claim, given)
        return total
