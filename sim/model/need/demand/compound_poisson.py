"""Independent arrivals that ask for several units each."""

from __future__ import annotations

import numpy as np
from pydantic import Field

from sim.model.need.demand.base import DEMAND, DemandKind
from sim.units import MOST, Positive


@DEMAND.register("compound_poisson")
class CompoundPoisson(DemandKind):
    """Independent arrivals, each asking for several units: total = sum of sizes, with mean `per_day`."""

    sizes: dict[int, Positive] = Field(min_length=1)
    """units that one arrival asks for -> how often that comes, relative to the others"""
    example = {"sizes": {1: 1, 2: 2, 3: 2, 4: 1}}
    bad_example = ({"sizes": {0: 1}}, "sizes of at least 1")

    def model_post_init(self, context: object) -> None:
        if min(self.sizes) < 1:
            raise ValueError("sizes of at least 1 unit")
        if max(self.sizes) > MOST:
            raise ValueError(f"sizes of at most {MOST:,} units")

    def draw(self, generator: np.random.Generator, mean: float | np.ndarray, days: int) -> np.ndarray:
        # arrivals of each size are independent Poisson processes (thinning)
        arrivals = mean / sum(size * weight for size, weight in self.sizes.items())
        return np.asarray(sum(size * generator.poisson(arrivals * weight, days) for size, weight in self.sizes.items()))
