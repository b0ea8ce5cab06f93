"""A list of people who may come, each of whom does or does not."""

from __future__ import annotations

import numpy as np
from pydantic import Field

from sim.model.need.demand.base import DEMAND, DemandKind
from sim.units import Whole


@DEMAND.register("binomial")
class Binomial(DemandKind):
    """So many people are expected, and each comes with the same probability: the mean divided by their number.

    Where the mean is above that, in a surge say, there are as many such lists of people as it takes.
    """

    of: Whole = Field(ge=1)
    """people who may come on a day (with sessions: to a session)"""
    example = {"of": 20}
    bad_example = ({"of": 0}, "a number of at least 1")

    def draw(self, generator: np.random.Generator, mean: float | np.ndarray, days: int) -> np.ndarray:
        people = self.of * np.maximum(1, np.ceil(np.asarray(mean) / self.of - 1e-9)).astype(np.int64)
        return generator.binomial(people, np.minimum(1.0, np.asarray(mean) / people), days)
