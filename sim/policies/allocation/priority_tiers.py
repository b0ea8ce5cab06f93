"""Priority tiers: the first group is served in full before the next gets anything."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sim.model.amounts import StockField
from sim.model.network import Network
from sim.policies.allocation.base import ALLOCATION, Allocation, Claims
from sim.policies.allocation.levels import in_proportion, risen
from sim.policies.allocation.proportional import in_proportion_to_requests


@ALLOCATION.register("priority_tiers")
class PriorityTiers(Allocation):
    """Serve priority group 1 first, then 2, ...; proportionally inside a group.

    Below a critical level only group 1 is served (rationing by a threshold on the source's stock).
    """

    by_cover = False
    critical: StockField = 0.0
    """units, or days of the source's usual demand, kept back for priority group 1"""
    example = {"at": "warehouses", "critical": "5d"}
    bad_example = ({"at": "warehouses", "critical": "many"}, "days of cover")

    def held_back(self, network: Network, sources: np.ndarray) -> np.ndarray:
        return network.units(self.critical, sources)

    def share(self, claims: Claims, network: Network) -> np.ndarray:
        given = np.zeros_like(claims.requested)
        for mine, tier in self._tiers(claims, given, network):
            given[mine] = in_proportion_to_requests(tier)
        return given

    def exact(self, claims: Claims, network: Network) -> np.ndarray:
        given, shares = np.zeros_like(claims.requested), np.zeros(len(claims.requested))
        for mine, tier in self._tiers(claims, given, network):
            given[mine] = in_proportion_to_requests(tier)
            shares[mine] = risen(tier, in_proportion(tier, tier.requested))
        return shares

    def _tiers(self, claims: Claims, given: np.ndarray, network: Network) -> Iterator[tuple[np.ndarray, Claims]]:
        """The claims of each group in turn, (positions, claims), with what the groups before have left of each source
        once theirs is in `given`."""
        kept = self.held_back(network, network.flow_source[claims.flow[claims.starts]])
        for tier in np.unique(claims.tier):
            mine = np.flatnonzero(claims.tier == tier)
            left = claims.available - claims.per_source(given)
            usable = left if tier <= 1 else np.maximum(0, left - kept)
            sources, source = np.unique(claims.source[mine], return_inverse=True)
            yield mine, claims.picked(mine, usable[sources], source)
