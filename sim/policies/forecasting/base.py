"""What every forecasting method is: it learns a day's units of its cells after another, and says what is to come."""

from __future__ import annotations

from abc import abstractmethod
from typing import Annotated, ClassVar, Literal

import numpy as np

from sim.errors import PlaceError
from sim.registry import Kind, OneOf, Registry
from sim.units import Text

Learned = dict[str, np.ndarray]
"""What a method knows, arrays by name of shape (..., cells); `learn` changes them in place."""
At = np.ndarray | slice
"""Some of the cells: positions, or all of them."""


class Forecasting(Kind):
    """A forecasting method.

    It begins with the usual demand, and knows nothing but what it has learned since.
    """

    goes_by: ClassVar[Literal["demand", "issues"]] = "demand"
    """the record that it learns from"""
    method: Text

    @property
    @abstractmethod
    def looks_back(self) -> int:
        """Days of records that count for it; whoever begins with it on a date learns so many first."""

    @property
    def settles(self) -> int:
        """Days after which the usual demand, with which it begins, counts for little."""
        return self.looks_back

    @property
    def rows(self) -> int:
        """Figures that it keeps of each cell for days of their own."""
        return 0

    @abstractmethod
    def begin(self, usual: np.ndarray) -> Learned:
        """What it knows where all before was `usual` (units a day over cells)."""

    @abstractmethod
    def learn(self, known: Learned, at: At, day: int | np.ndarray, units: np.ndarray, out: np.ndarray | None) -> None:
        """Learn one day more of some cells, each day of a cell once and in turn.

        `day` is its number, or that of each of these cells; `out` whether stock ran out that day, None where it goes
        by demand.
        """

    @abstractmethod
    def ahead(self, known: Learned, days: np.ndarray | float) -> np.ndarray:
        """Units to be expected in so many days (in parts too) after the last one learned; shape (cells,)."""

    def next_day(self, known: Learned, at: At) -> np.ndarray:
        """Units to be expected of some cells on the day after the last one learned."""
        return self.ahead({name: values[..., at] for name, values in known.items()}, 1.0)


MOST_FIGURES = 100_000_000
"""Of days of their own that one policy's forecast may keep; 0.8 GB."""


def check_size(method: Forecasting, cells: int) -> None:
    """Raise PlaceError where a method would keep too much for so many sites and products."""
    if method.rows * cells > MOST_FIGURES:
        message = f"a forecast from so many days for {cells:,} pairs of site and product keeps too many figures"
        raise PlaceError(("forecast",), message, f"{method.rows * cells:,}", f"at most {MOST_FIGURES:,}, so fewer days")


FORECASTING: Registry[Forecasting] = Registry("forecasting method", "method")
ForecastField = Annotated[Forecasting, OneOf(FORECASTING)]
