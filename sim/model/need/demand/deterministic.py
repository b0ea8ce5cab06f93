"""The mean itself, every day."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from sim.model.need.demand.base import DEMAND, DemandKind


@DEMAND.register("deterministic")
class Deterministic(DemandKind):
    """The mean itself, every day; a fraction is carried forward so that the total is right."""

    random: ClassVar[bool] = False
    example = {}
    bad_example = ({"dispersion": 2}, "unknown key")

    def draw(self, generator: np.random.Generator, mean: float | np.ndarray, days: int) -> np.ndarray:
        raise TypeError("deterministic demand is carried forward, not drawn")
