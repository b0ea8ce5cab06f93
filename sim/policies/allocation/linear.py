"""Linear: everybody goes without the same number of units."""

from __future__ import annotations

import numpy as np

from sim.policies.allocation.base import ALLOCATION, Claims
from sim.policies.allocation.levels import LevelRule, Piece


@ALLOCATION.register("linear")
class Linear(LevelRule):
    """Take the same units off every claim; who asked for less than that gets nothing (constrained equal losses).

    The large are favoured, and whoever asks for more gets more (Cachon and Lariviere 1999).
    """

    one_claim_each = True
    by_cover = False
    example = {"at": "warehouses"}
    bad_example = ({"at": "warehouses", "caps": [{"for": "facilities"}]}, "either a share or units")

    def pieces(self, claims: Claims) -> list[Piece]:
        return [Piece(-claims.requested.astype(float), np.ones(len(claims.source)), claims.upper.astype(float))]
