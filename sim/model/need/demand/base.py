"""What every daily demand distribution is: a draw of whole units for one site and product."""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar

import numpy as np

from sim.registry import Kind, Registry
from sim.units import Text


class DemandKind(Kind):
    """How a day's demand scatters around its mean."""

    random: ClassVar[bool] = True
    may_bring_mean: ClassVar[bool] = False
    """whether `mean` stands for one that is not written"""
    distribution: Text

    @property
    def mean(self) -> float:
        """Units a day of its own, where it may bring a mean."""
        raise TypeError("this distribution has no mean of its own")

    @abstractmethod
    def draw(self, generator: np.random.Generator, mean: float | np.ndarray, days: int) -> np.ndarray:
        """Whole units demanded on each of `days` days; `mean` in units a day, above 0 or an array over the days."""


DEMAND: Registry[DemandKind] = Registry("demand distribution", "distribution")
