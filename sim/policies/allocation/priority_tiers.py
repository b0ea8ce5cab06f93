"""Priority tiers: the first group is served in full before the next gets anything."""

from __future__ import annotations

import numpy as np

from sim.model.amounts import StockField
from sim.model.network import Network
from sim.policies.allocation.base import ALLOCATION, Allocation, Claims, largest_remainder


@ALLOCATION.register("priority_tiers")
class PriorityTiers(Allocation):
    """Serve priority group 1 first, then 2, ...; proportionally inside a group.

    Below a critical level only group 1 is served (rationing by a threshold on the source's stock).
    """

    critical: StockField = 0.0
    """units, or days of the source's usual demand, kept back for priority group 1"""
    example = {"at": "warehouses", "critical": "5d"}
    bad_example = ({"at": "warehouses", "critical": "many"}, "days of cover")

    def held_back(self, network: Network, sources: np.ndarray) -> np.ndarray:
        return network.units(self.critical, sources)

    def share(self, claims: Claims, network: Network) -> np.ndarray:
        given = np.zeros_like(claims.requested)
        left = claims.available.copy()
        cells = network.flow_source[claims.flow[claims.starts]]
        kept = self.held_back(network, cells)
        for tier in np.unique(claims.tier):
            mine = (claims.tier == tier).nonzero()[0]
            usable = left if tier <= 1 else np.maximum(0, left - kept)
            got = largest_remainder(usable, claims.source[mine], claims.requested[mine])
            given[mine] = got
            np.subtract.at(left, claims.source[mine], got)
        return given
