"""Talmud rule: equal awards up to half of each claim, equal losses beyond."""

from __future__ import annotations

import numpy as np

from sim.policies.allocation.base import ALLOCATION, Claims
from sim.policies.allocation.levels import LevelRule, Piece


@ALLOCATION.register("talmud")
class Talmud(LevelRule):
    """Below half of all claims: the same for each, up to half of its claim; above: the same loss for each.

    Between every two claimants it is the contested-garment rule (Aumann and Maschler 1985).
    """

    one_claim_each = True
    by_cover = False
    example = {"at": "warehouses"}
    bad_example = ({"at": "warehouses", "without": ["kenia"]}, "did you mean 'kenya'")

    def pieces(self, claims: Claims) -> list[Piece]:
        half, upper, one = claims.requested / 2, claims.upper.astype(float), np.ones(len(claims.source))
        highest = np.maximum.reduceat(half, claims.starts)[claims.source]
        first = np.minimum(half, upper)
        return [Piece(np.zeros(len(one)), one, first), Piece(2 * highest - half, one, upper - first)]
