"""(s, S): order up to S once the position has fallen to s."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from pydantic import Field

from sim.model.amounts import StockField, comparable
from sim.model.network import Network
from sim.policies.replenishment.base import REPLENISHMENT, Rule, WithLevel
from sim.policies.replenishment.seen import View


@dataclass(frozen=True)
class ReorderUpTo(Rule):
    """Orders up to the target where the position is at or below `reorder`, which is no higher than the target."""

    reorder: np.ndarray

    def orders(self, view: View) -> np.ndarray:
        return (self.target - view.position) * (view.position <= self.reorder)


@REPLENISHMENT.register("s_S")
class SS(WithLevel):
    """Order up to `order_up_to` at a review that finds the inventory position at or below `reorder_point`."""

    reorder_point: StockField = Field(alias="s")
    """s: units, or days of usual demand"""
    order_up_to: StockField = Field(alias="S")
    """S: units, or days of usual demand"""
    example = {"at": "facilities", "s": "10d", "S": "30d"}
    bad_example = ({"at": "facilities", "s": 40, "S": 30}, "S above s")

    def check(self) -> None:
        both = comparable(self.reorder_point, self.order_up_to)
        if both and both[1] <= both[0]:
            raise ValueError("S above s")

    def bind(self, network: Network, cells: np.ndarray) -> Rule:
        target, reorder = (self.level_units(network, x, cells) for x in (self.order_up_to, self.reorder_point))
        return ReorderUpTo(target, np.minimum(reorder, target))
