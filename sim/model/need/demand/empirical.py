"""Days as they were: one of the values that were seen, drawn anew for each site and day."""

from __future__ import annotations

from functools import cached_property
from typing import ClassVar, Self

import numpy as np
from pydantic import Field

from sim.errors import PlaceError
from sim.model.need.demand.base import DEMAND, DemandKind
from sim.units import MOST, Text, Whole


@DEMAND.register("empirical")
class Empirical(DemandKind):
    """One of the values that were seen, each as likely, drawn with replacement for each site and day.

    Without `per_day` the mean is that of the values. Under another mean (`per_day`, a season, a surge) each value is
    taken that many times, and a fraction of a unit is one unit as often as it says.
    """

    may_bring_mean: ClassVar[bool] = True
    values: list[Whole] | None = Field(default=None, min_length=1)
    """units demanded on days that were seen"""
    file: Text | None = None
    """CSV file or Excel workbook (.xlsx) with these units, one a row, instead of `values`; relative to this file"""
    sheet: Text | None = None
    """of a workbook; left out: its first"""
    column: Text = "units"
    """the column of that file"""
    example = {"values": [0, 4, 4, 9, 30]}
    bad_example = ({"values": [3, -1]}, "a number of at least 0")

    def model_post_init(self, context: object) -> None:
        if (self.values is None) == (self.file is None):
            raise ValueError("either values or file")
        if self.sheet is not None and self.file is None:
            raise ValueError("sheet only with a file")
        if self.values is not None and max(self.values) > MOST:
            raise ValueError(f"values of at most {MOST:,} units")
        if self.values is not None and not any(self.values):
            raise ValueError("values of which one at least is above 0")

    def with_values(self, values: list[int]) -> Self:
        """The same with the values of its file."""
        return self.model_copy(update={"values": values, "file": None, "sheet": None})

    @cached_property
    def _seen(self) -> np.ndarray:
        if self.values is None:
            raise PlaceError(("file",), "a file cannot be read for a distribution in this place", self.file)
        return np.array(self.values, dtype=np.int64)

    @property
    def mean(self) -> float:
        return float(self._seen.mean())

    def draw(self, generator: np.random.Generator, mean: float | np.ndarray, days: int) -> np.ndarray:
        seen = self._seen[generator.integers(len(self._seen), size=days)]
        times = np.asarray(mean) / self.mean
        if (times == 1).all():
            return seen
        units = seen * times
        whole = np.floor(units + 1e-9)
        return np.asarray(whole + (generator.random(days) < units - whole - 1e-9), dtype=np.int64)
