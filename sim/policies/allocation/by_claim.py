"""By claim: each party has its part of what comes in; what it does not draw by its day is free for all."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from pydantic import Field

from sim.errors import PlaceError, one_of_few, placed
from sim.model.network import Network
from sim.policies.allocation.base import ALLOCATION, Claims
from sim.policies.allocation.claimants import PARTIES, SITES, BetweenField, Claimants, check_party
from sim.policies.allocation.levels import LevelRule, Piece
from sim.policies.allocation.limits import Floor
from sim.units import Share, Text, WholeDays


@ALLOCATION.register("by_claim")
class ByClaim(LevelRule):
    """Each party draws up to its claim on what comes in, whatever the others ask for; what it has not drawn after
    `kept` days is free, as is what nobody claims: by claim, then for parties without one.

    What is lost, or leaves in another way than by orders, is everybody's loss in proportion.
    """

    one_claim_each = True
    by_cover = False
    floors: ClassVar[list[Floor]] = []  # type: ignore[misc]  # takes the key out of the language
    elsewhere: ClassVar[dict[str, str]] = {"floors": "`claims`, which are what each gets at least"}
    between: BetweenField = PARTIES
    """claimants are parties, or a list of those who claim as one, pools as well: what all sites of one ask for
    together, and then each one's sites (`inside`)"""
    claims: dict[Text, Share] = Field(min_length=1)
    """share of all that comes in, by claimant whose sites order here; 100% together at most"""
    kept: WholeDays = 0
    """days for which what a party has not drawn is kept for it, from the evening on which it came in; left out: it is
    free the same evening"""
    example = {"at": "warehouses", "claims": {"kenya": "60%", "uganda": "40%"}, "kept": "7d"}
    bad_example = ({"at": "warehouses", "claims": {"kenia": "60%"}}, "did you mean 'kenya'")

    def model_post_init(self, context: object) -> None:
        if self.between == SITES:
            raise PlaceError(
                ("between",), "a claim is a party's", SITES, "parties, or a list of those who claim as one"
            )
        total = sum(self.claims.values())
        if total > 1 + 1e-9:
            raise PlaceError(("claims",), f"the claims add up to {total:.1%}", None, "at most 100%")

    @property
    def keeps(self) -> int:
        return self.kept

    def weighed(self, network: Network, flows: np.ndarray, claimants: Claimants) -> tuple[np.ndarray, np.ndarray]:
        there = sorted(set(claimants.party) - {""})
        for name in self.claims:
            with placed("claims"):
                check_party(name, network)
                if name not in there:
                    expected = one_of_few(there, "one that claims for sites which do")
                    raise PlaceError((), "it does not claim for a site that orders here", name, expected, there)
        claims = {name: share for name, share in self.claims.items() if name not in self.without}
        return np.full(len(flows), np.nan), np.array([claims.get(name, 0.0) for name in claimants.party])

    def pieces(self, claims: Claims) -> list[Piece]:
        assert claims.weight is not None
        upper, weight, one = claims.upper.astype(float), claims.weight, np.ones(len(claims.source))
        own = np.zeros(len(one)) if claims.due is None else np.minimum(claims.due, upper)
        rest = upper - own
        first = self._top(claims, own)
        last = first + self._top(claims, np.divide(rest, weight, out=np.zeros(len(rest)), where=weight > 0))
        return [
            Piece(0 * one, one, own),
            Piece(first, weight, np.where(weight > 0, rest, 0.0)),
            Piece(last, one, np.where(weight > 0, 0.0, rest)),
        ]

    @staticmethod
    def _top(claims: Claims, levels: np.ndarray) -> np.ndarray:
        """A level that is above all of these at each source, over claims."""
        return np.maximum.reduceat(levels, claims.starts)[claims.source] + 1.0
