"""Push: a fixed quantity at every review, whatever the stock."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.model.amounts import StockField
from sim.model.network import Network
from sim.policies.replenishment.base import REPLENISHMENT, Replenishment, Rule
from sim.policies.replenishment.seen import View


@dataclass(frozen=True)
class FixedQuantity(Rule):
    """Orders the target every time."""

    def orders(self, view: View) -> np.ndarray:
        return self.target.copy()


@REPLENISHMENT.register("push")
class Push(Replenishment):
    """Distribution by plan: `quantity` is sent at every review, whatever the stock (push allocation)."""

    quantity: StockField
    """units, or days of usual demand"""
    example = {"at": "facilities", "quantity": "7d", "review": "7d"}
    bad_example = ({"at": "facilities", "quantity": "lots"}, "days of cover")

    def bind(self, network: Network, cells: np.ndarray) -> Rule:
        return FixedQuantity(network.units(self.quantity, cells))
