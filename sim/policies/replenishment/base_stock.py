"""Base stock: at every review order up to a level."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.model.amounts import StockField
from sim.model.network import Network
from sim.policies.replenishment.base import REPLENISHMENT, Rule, WithLevel
from sim.policies.replenishment.seen import View


@dataclass(frozen=True)
class OrderUpTo(Rule):
    """Orders what lacks to the target."""

    def orders(self, view: View) -> np.ndarray:
        return np.maximum(0, self.target - view.position)


@REPLENISHMENT.register("base_stock")
class BaseStock(WithLevel):
    """Order up to `level` at every review: quantity = max(0, level - inventory position)."""

    level: StockField
    """units, or days of usual demand; covers the lead time too, unless `plus_lead_time`"""
    example = {"at": "facilities", "level": "30d"}
    bad_example = ({"at": "facilities", "level": -5}, "a number of units such as 1200")

    def bind(self, network: Network, cells: np.ndarray) -> Rule:
        return OrderUpTo(self.level_units(network, self.level, cells))
