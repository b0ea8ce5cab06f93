"""Max-min forced ordering: every review orders up to the maximum; below the emergency point at any time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from pydantic import Field

from sim.model.amounts import StockField, comparable
from sim.model.network import Network
from sim.policies.replenishment.base import REPLENISHMENT, WithLevel
from sim.policies.replenishment.base_stock import OrderUpTo
from sim.policies.replenishment.seen import View


@dataclass(frozen=True)
class ForcedOrdering(OrderUpTo):
    """Order-up-to with emergency orders where stock on hand is below the emergency order point."""

    emergency_point: np.ndarray

    @property
    def has_emergency(self) -> bool:
        return bool(self.emergency_point.any())

    def is_urgent(self, on_hand: np.ndarray) -> bool:
        return bool(np.count_nonzero(on_hand < self.emergency_point))

    def emergency(self, view: View) -> np.ndarray | None:
        return np.where(view.on_hand < self.emergency_point, self.orders(view), 0)


@REPLENISHMENT.register("max_min")
class MaxMin(WithLevel):
    """Every review orders up to `max`; stock on hand below `emergency` orders at once. `min` triggers nothing.

    The forced-ordering system of the USAID logistics handbook: the minimum is for assessing stock status.
    """

    maximum: StockField = Field(alias="max")
    """units, or days or months of usual demand"""
    minimum: StockField | None = Field(default=None, alias="min")
    """lower bound of the plan; used to report 'stocked according to plan'"""
    emergency: StockField | None = None
    """emergency order point"""
    example = {"at": "facilities", "max": "3mo", "min": "1mo", "review": "1mo", "emergency": "0.5mo"}
    bad_example = ({"at": "facilities", "min": "1mo"}, "max")

    def check(self) -> None:
        for name, lower in (("min", self.minimum), ("emergency", self.emergency)):
            both = comparable(lower, self.maximum)
            if both and both[0] > both[1]:
                raise ValueError(f"{name} at most max")

    def planned(self, network: Network, cells: np.ndarray) -> tuple[np.ndarray, np.ndarray] | None:
        if self.minimum is None:
            return None
        return network.units(self.minimum, cells), network.units(self.maximum, cells)

    def bind(self, network: Network, cells: np.ndarray) -> ForcedOrdering:
        point = np.zeros(len(cells), dtype=np.int64)
        if self.emergency is not None:
            point = network.units(self.emergency, cells)
        return ForcedOrdering(self.level_units(network, self.maximum, cells), point)
