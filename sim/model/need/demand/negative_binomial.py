"""Counts that scatter more than independent arrivals do."""

from __future__ import annotations

import numpy as np

from sim.model.need.demand.base import DEMAND, DemandKind
from sim.units import Positive


@DEMAND.register("negative_binomial")
class NegativeBinomial(DemandKind):
    """Over-dispersed counts, variance = `dispersion` x mean."""

    dispersion: Positive
    """variance divided by mean; above 1"""
    example = {"dispersion": 1.5}
    bad_example = ({"dispersion": 0.5}, "dispersion above 1")

    def model_post_init(self, context: object) -> None:
        if self.dispersion <= 1:
            raise ValueError("a dispersion above 1 (variance / mean); for 1 use poisson")

    def draw(self, generator: np.random.Generator, mean: float | np.ndarray, days: int) -> np.ndarray:
        # numpy's (n, p): mean n(1-p)/p, variance mean/p, so p = 1/dispersion
        p = 1 / self.dispersion
        n = np.maximum(mean, 1e-300) * p / (1 - p)
        return np.where(np.asarray(mean) > 0, generator.negative_binomial(n, p, days), 0)
