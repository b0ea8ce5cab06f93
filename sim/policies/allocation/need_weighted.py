"""Need-weighted: in proportion to need, whatever is asked for."""

from __future__ import annotations

from sim.policies.allocation.base import ALLOCATION, Claims
from sim.policies.allocation.levels import LevelRule, Piece, in_proportion
from sim.policies.allocation.weights import Weighs


@ALLOCATION.register("need_weighted")
class NeedWeighted(Weighs, LevelRule):
    """Share in proportion to need x weight, such as population x vulnerability, nobody above what it asked for.

    What one does not ask for goes to the others by the same proportions.
    """

    one_claim_each = True
    by_cover = False
    example = {"at": "warehouses", "need": "usual"}
    bad_example = ({"at": "warehouses", "need": "column children"}, "no table of sites has this column")

    def pieces(self, claims: Claims) -> list[Piece]:
        assert claims.need is not None and claims.weight is not None
        return in_proportion(claims, claims.need * claims.weight)
