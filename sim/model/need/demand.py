"""Daily demand distributions. Each draws whole units for one site and product; one small class a distribution."""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar

import numpy as np
from pydantic import Field

from sim.registry import Kind, Registry
from sim.units import MOST, NonNegative, Positive, Text


class DemandKind(Kind):
    """How a day's demand scatters around its mean."""

    random: ClassVar[bool] = True
    distribution: Text

    @abstractmethod
    def draw(self, generator: np.random.Generator, mean: float | np.ndarray, days: int) -> np.ndarray:
        """Whole units demanded on each of `days` days; `mean` in units a day, above 0 or an array over the days."""


DEMAND: Registry[DemandKind] = Registry("demand distribution", "distribution")


@DEMAND.register("deterministic")
class Deterministic(DemandKind):
    """The mean itself, every day; a fraction is carried forward so that the total is right."""

    random: ClassVar[bool] = False
    example = {}
    bad_example = ({"dispersion": 2}, "unknown key")

    def draw(self, generator: np.random.Generator, mean: float | np.ndarray, days: int) -> np.ndarray:
        raise TypeError("deterministic demand is carried forward, not drawn")


@DEMAND.register("poisson")
class Poisson(DemandKind):
    """Independent arrivals: variance equal to the mean."""

    example = {}
    bad_example = ({"sd": 2}, "unknown key")

    def draw(self, generator: np.random.Generator, mean: float | np.ndarray, days: int) -> np.ndarray:
        return generator.poisson(mean, days)


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


@DEMAND.register("normal")
class Normal(DemandKind):
    """Normal demand rounded to whole units and cut off at zero."""

    sd: NonNegative
    """standard deviation in units a day"""
    example = {"sd": 4}
    bad_example = ({"sd": -1}, "at least 0")

    def draw(self, generator: np.random.Generator, mean: float | np.ndarray, days: int) -> np.ndarray:
        return np.maximum(0, np.rint(generator.normal(mean, self.sd, days)))
