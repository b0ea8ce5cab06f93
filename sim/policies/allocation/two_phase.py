"""Two phases: the same coverage of need for all first, then by weight."""

from __future__ import annotations

import numpy as np
from pydantic import Field

from sim.policies.allocation.base import ALLOCATION, Claims
from sim.policies.allocation.levels import LevelRule, Piece
from sim.policies.allocation.weights import Weighs
from sim.units import Positive, Share


@ALLOCATION.register("two_phase")
class TwoPhase(Weighs, LevelRule):
    """Lift all to the same coverage of their need, up to `first`, then share by need x weight, everyone some each day.

    Coverage is what a claimant has had of the source since the rule has held, as a share of its need: who did not ask
    keeps its place (WHO 2020, fair allocation of COVID-19 vaccines, with `first: 20%`).
    """

    one_claim_each = True
    by_cover = False
    remembers = True
    shown = ("first", "per_head")
    first: Share = Field(default=0.2, gt=0)
    """coverage of need up to which nobody gets ahead of another that asks, whatever its weight"""
    per_head: Positive = 1.0
    """units that cover one of the need, such as 2 doses for each person"""
    example = {"at": "warehouses", "first": "5%", "weights": {"kenya": 3}}
    bad_example = ({"at": "warehouses", "first": "0%"}, "a number above 0")

    def pieces(self, claims: Claims) -> list[Piece]:
        assert claims.need is not None and claims.weight is not None and claims.had is not None
        units, upper = claims.need * self.per_head, claims.upper.astype(float)
        covered = claims.had / units
        first = np.clip((self.first - covered) * units, 0.0, upper)
        then = np.full(len(units), self.first)
        return [Piece(covered, units, first), Piece(then, units * claims.weight, upper - first)]
