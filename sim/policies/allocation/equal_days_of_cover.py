"""Equal days of cover: lift those with the least cover first."""

from __future__ import annotations

import math

import numpy as np

from sim.model.network import Network
from sim.policies.allocation.base import ALLOCATION, Allocation, Claims, in_turn
from sim.policies.cover import CountsCover

SAME = 1e-9
"""Days of cover that count as a tie, so that the last digits of a division decide nothing."""
HALVINGS = 60
"""Halvings of the cover interval: from 1e6 days down to below 1e-12 of a day, so less than a unit for any mean."""


@ALLOCATION.register("equal_days_of_cover")
class EqualDaysOfCover(CountsCover, Allocation):
    """Share so that buyers end with as equal a cover (stock on hand and under way / usual demand) as requests allow.

    With `cover_in: present` it is stock / present demand.
    """

    one_claim_each = True
    example = {"at": "warehouses"}
    bad_example = ({"rule": "equal_days_of_cover", "at": "warehouses", "products": ["no-such"]}, "unknown product")

    def share(self, claims: Claims, network: Network) -> np.ndarray:
        given = np.minimum(claims.upper, claims.available[claims.source])  # all of it, where nobody else goes without
        alone = np.diff(claims.starts, append=len(given)) == 1
        divided = ~alone & (claims.available < claims.per_source(claims.upper))
        some = divided[claims.source].nonzero()[0]
        if some.size:
            sources, source = np.unique(claims.source[some], return_inverse=True)
            given[some] = self._divide(claims.picked(some, claims.available[sources], source))
        return given

    def _divide(self, claims: Claims) -> np.ndarray:
        """Whole units for each claim where there is not enough for all."""
        mean = np.maximum(claims.mean, 1e-9)
        ceiling = (claims.cover_stock + claims.upper) / mean
        low = np.full(len(claims.available), min(0.0, float((claims.cover_stock / mean).min())) - 1.0)
        high = np.maximum.reduceat(ceiling, claims.starts) + 1.0
        too_wide = math.ceil(math.log2(float((high - low).max()) / SAME))  # halvings until it is worth looking
        for halving in range(HALVINGS):
            if halving >= too_wide and (high - low).max() < SAME and self._settled(low, high, claims, mean):
                break
            level = (low + high) / 2
            fits = claims.per_source(self._lift(level, claims, mean)) <= claims.available
            low, high = np.where(fits, level, low), np.where(fits, high, level)
        given = self._lift(low - SAME, claims, mean).astype(np.int64)
        left = claims.available - claims.per_source(given)
        cover = np.round((claims.cover_stock + given) / mean / SAME)
        turn = np.lexsort((np.arange(len(cover)), cover, claims.source))
        one_more = (claims.upper > given).astype(np.int64)
        return given + in_turn(left, claims.source, one_more, turn)

    def _settled(self, low: np.ndarray, high: np.ndarray, claims: Claims, mean: np.ndarray) -> bool:
        """Whether no level between the two would give anybody other units: what is given never falls with the level."""
        least, most = self._lift(low - SAME, claims, mean), self._lift(high - SAME, claims, mean)
        return bool((least == most).all())

    @staticmethod
    def _lift(level: np.ndarray, claims: Claims, mean: np.ndarray) -> np.ndarray:
        # a buyer's units that would be given while its cover is still below the level
        wanted = np.ceil(level[claims.source] * mean - claims.cover_stock)
        return np.minimum(np.maximum(wanted, 0), claims.upper)
