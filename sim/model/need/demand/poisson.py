"""Independent arrivals, each of one unit."""

from __future__ import annotations

import numpy as np

from sim.model.need.demand.base import DEMAND, DemandKind


@DEMAND.register("poisson")
class Poisson(DemandKind):
    """Independent arrivals: variance equal to the mean."""

    example = {}
    bad_example = ({"sd": 2}, "unknown key")

    def draw(self, generator: np.random.Generator, mean: float | np.ndarray, days: int) -> np.ndarray:
        return generator.poisson(mean, days)
