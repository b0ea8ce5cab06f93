"""The book of sharings: what every sharing-out of scarce goods saw and gave, for whoever has to account for it."""

from __future__ import annotations

import numpy as np

from sim.model.network import Network
from sim.model.part import Part
from sim.policies.allocation.base import Claims
from sim.policies.allocation.sharing import Shared

FIGURES = (
    "asked", "most", "need", "weight", "had", "cover_stock", "use", "priority", "to_give", "kept_back", "first",
    "per_head", "floor_share", "share", "given",
)  # fmt: skip
"""Figures of a claimant in a sharing-out, floats, NaN where the rule does not ask; see the table `sharings`."""
OF_TRANSFERS = "transfers."
"""How it begins what goods are called that sites could spare; the entry's position, its title and the round follow."""
Page = tuple[int, str, str, dict[str, np.ndarray]]
"""(day, reserve, entry of transfers or an empty text, rule, columns over claimants)."""


class SharingBook(Part):
    """Kept only where it is asked for: a page for each sharing-out."""

    GROWS = ("pages",)

    def __init__(self, network: Network) -> None:
        self._network = network
        self.pages: list[Page] = []

    def note(self, day: int, reserve: str, shared: Shared) -> None:
        """Enter a sharing-out of the ordinary stock of sources, of a reserve, or of what sites can spare; days of the
        warm-up are left out."""
        if day < 0:
            return
        claims, rule, number = shared.claims, shared.rule, len(shared.given)
        cells = self._network.flow_source[claims.flow]
        need = claims.need if claims.due is None else claims.due
        told = {name: np.full(number, float(getattr(rule, name))) for name in rule.shown}
        seen = {
            "asked": claims.requested, "most": claims.most, "need": need, "weight": claims.weight,
            "had": claims.had, "cover_stock": claims.cover_stock, "use": claims.mean, "priority": claims.tier,
            "to_give": shared.to_give, "kept_back": rule.held_back(self._network, cells),
            "floor_share": np.where(shared.floor >= 0, shared.floor_share, np.nan), "share": shared.shares,
            "given": shared.given, **told,
        }  # fmt: skip
        columns = {name: np.full(number, np.nan) for name in FIGURES}
        columns |= {name: np.asarray(values, dtype=float) for name, values in seen.items() if values is not None}
        page = {
            "flow": claims.flow, "step": np.full(number, shared.within + 1), "floor": shared.floor,
            "rank": np.arange(number) - claims.starts[claims.source] + 1, "queue": _queues(claims), **columns,
        }  # fmt: skip
        self.pages.append((day, reserve, rule.rule, page | {"as_one": shared.party, "by": shared.shared_by}))


def _queues(claims: Claims) -> np.ndarray:
    """Of each claim its open orders in order of booking, as `turn:units`; empty where no order was booked."""
    texts = [""] * len(claims.requested)
    if claims.booked is not None:
        turn = np.zeros(len(claims.available), dtype=np.int64)
        for claim, units in zip(*(column.tolist() for column in claims.booked), strict=True):
            turn[claims.source[claim]] += 1
            texts[claim] += f"{' ' if texts[claim] else ''}{turn[claims.source[claim]]}:{units}"
    return np.array(texts, dtype=object)
