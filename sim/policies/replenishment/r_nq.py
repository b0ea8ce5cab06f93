"""(R, nQ): order a multiple of Q once the position has fallen to R."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from pydantic import Field

from sim.model.amounts import StockField
from sim.model.network import Network
from sim.policies.replenishment.base import REPLENISHMENT, Rule, WithLevel
from sim.policies.replenishment.seen import View


@dataclass(frozen=True)
class ReorderInBatches(Rule):
    """Orders the fewest batches that lift the position above `reorder`."""

    reorder: np.ndarray
    batch: np.ndarray

    def orders(self, view: View) -> np.ndarray:
        short = self.reorder - view.position
        return np.where(short >= 0, (short // self.batch + 1) * self.batch, 0)


@REPLENISHMENT.register("R_nQ")
class RnQ(WithLevel):
    """At a review that finds the inventory position at or below `R`, order the smallest n x `Q` that lifts it above."""

    reorder_point: StockField = Field(alias="R")
    """R: units, or days of usual demand"""
    batch: StockField = Field(alias="Q")
    """Q: units of one batch (pallet, case), or days of usual demand; at least one unit"""
    example = {"at": "facilities", "R": "10d", "Q": 50}
    bad_example = ({"at": "facilities", "R": 10, "Q": 0}, "Q above 0")

    def check(self) -> None:
        if self.batch == 0:
            raise ValueError("Q above 0")

    def bind(self, network: Network, cells: np.ndarray) -> Rule:
        reorder, batch = (
            self.level_units(network, self.reorder_point, cells),
            np.maximum(1, network.units(self.batch, cells)),
        )
        return ReorderInBatches(reorder + batch, reorder, batch)
