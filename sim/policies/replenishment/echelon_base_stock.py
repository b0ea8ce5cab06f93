"""Echelon base stock: order up to a level of all that is here and further down."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.model.amounts import StockField
from sim.model.network import Network
from sim.policies.replenishment.base import REPLENISHMENT, Rule, WithLevel
from sim.policies.replenishment.seen import Figure, View


@dataclass(frozen=True)
class OrderEchelonUpTo(Rule):
    """Orders what the echelon lacks to the target."""

    @property
    def looks_at(self) -> frozenset[Figure]:
        return frozenset({"echelon"})

    def orders(self, view: View) -> np.ndarray:
        assert view.echelon is not None
        return np.maximum(0, self.target - view.echelon)


@REPLENISHMENT.register("echelon_base_stock")
class EchelonBaseStock(WithLevel):
    """Order up to `level` of the echelon at every review: quantity = max(0, level - echelon position).

    The echelon of a site is the site and all that it usually supplies, through others too; its position is what they
    have on hand and under way, and what the site has on order, less what patients wait for. Who has several sources
    belongs to the echelon of each by its usual share. In a chain it does as `base_stock` with the level less the next
    site's echelon level, and is optimal there (Clark & Scarf 1960; Axsater & Rosling 1993).
    """

    level: StockField
    """units, or days of usual demand, of the whole echelon; covers the lead times to the patients too"""
    example = {"at": "warehouses", "level": "30d"}
    bad_example = ({"at": "warehouses", "level": "plenty"}, "days of cover")

    def bind(self, network: Network, cells: np.ndarray) -> Rule:
        return OrderEchelonUpTo(self.level_units(network, self.level, cells))
