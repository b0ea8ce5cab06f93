"""Uniform: everybody gets the same, but nobody more than it asked for."""

from __future__ import annotations

import numpy as np

from sim.policies.allocation.base import ALLOCATION, Claims
from sim.policies.allocation.levels import LevelRule, Piece, in_proportion


@ALLOCATION.register("uniform")
class Uniform(LevelRule):
    """Give each claimant the same units, or what it asked for where that is less (constrained equal awards).

    Asking for more than one needs never gains anything (Cachon and Lariviere 1999).
    """

    one_claim_each = True
    by_cover = False
    example = {"at": "warehouses"}
    bad_example = ({"at": "warehouses", "floors": [{"for": "clinic-d", "share": "20%"}]}, "did you mean 'clinic-c'")

    def pieces(self, claims: Claims) -> list[Piece]:
        return in_proportion(claims, np.ones(len(claims.source)))
