"""Normal demand, in whole units."""

from __future__ import annotations

import numpy as np

from sim.model.need.demand.base import DEMAND, DemandKind
from sim.units import NonNegative


@DEMAND.register("normal")
class Normal(DemandKind):
    """Normal demand rounded to whole units and cut off at zero."""

    sd: NonNegative
    """standard deviation in units a day"""
    example = {"sd": 4}
    bad_example = ({"sd": -1}, "at least 0")

    def draw(self, generator: np.random.Generator, mean: float | np.ndarray, days: int) -> np.ndarray:
        return np.maximum(0, np.rint(generator.normal(mean, self.sd, days)))
