"""Shelf-life extension: goods may be used longer than their label says."""

from __future__ import annotations

import numpy as np

from sim.disruptions.base import DISRUPTIONS, MadeBetween
from sim.model.effects import Effect, Impulse
from sim.model.network import Network
from sim.model.selection import SelectorField
from sim.units import Days


@DISRUPTIONS.register("shelf_life_extension")
class ShelfLifeExtension(MadeBetween):
    """An authority lets lots that have not expired by `from` be used `by` longer; an intervention, not a mishap."""

    suppliers: SelectorField = "suppliers"
    """makers of the lots concerned"""
    by: Days
    """further days of use, in whole days"""
    example = {"from": "2024-01-11", "by": "3mo"}
    severity = {"by": "0d"}
    bad_example = ({"from": "2024-01-11", "by": 30}, "with its unit")

    def check(self) -> None:
        super().check()
        if self.by % 1:
            raise ValueError("an extension by whole days")

    def place(self) -> str:
        return str(self.suppliers)

    def act(self, network: Network) -> tuple[list[Effect], list[Impulse]]:
        cells = self.cells(network, self.suppliers, self.products)
        cells = cells[network.of_kind("supplier")[cells]]
        return [], [self.impulse(network, "extend_life", cells, self.by)] if self.by else []

    def products_by_lot(self, network: Network) -> np.ndarray:
        return super().products_by_lot(network)[: None if self.by else 0]
