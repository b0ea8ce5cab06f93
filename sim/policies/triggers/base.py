"""What every trigger is: a condition, looked at every day, on some cells."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar, Literal

import numpy as np

from sim.registry import Kind, Registry
from sim.units import Text


class Pool:
    """Cells that are looked at together where they have the same one of `keys`, whole numbers from 0."""

    def __init__(self, keys: np.ndarray, mean: np.ndarray) -> None:
        self._alone = bool((np.bincount(keys) <= 1).all())
        self._keys, self._mean = keys, mean if self._alone else np.bincount(keys, mean)
        self._used = self._mean > 0
        self._endless = np.full(len(self._mean), np.inf)

    def cover(self, on_hand: np.ndarray) -> np.ndarray:
        """Days of cover of the cells together, one value for each cell; infinite without demand."""
        stock = on_hand if self._alone else np.bincount(self._keys, on_hand)
        cover = self._endless.copy()
        np.divide(stock, self._mean, out=cover, where=self._used)
        return cover if self._alone else cover[self._keys]


@dataclass(frozen=True)
class Watched:
    """The cells that a trigger is looked at for, as arrays over them.

    `member` numbers those whom each cell belongs to (members of a reserve, facilities or regions of a use level),
    `product` is the product's position, `mean` the units a day that cover is counted in: usual ones, or present ones
    where the trigger says so.
    """

    member: np.ndarray
    product: np.ndarray
    mean: np.ndarray

    @cached_property
    def each(self) -> Pool:
        """Each member's cells of a product together."""
        both = self.member * (int(self.product.max(initial=0)) + 1) + self.product
        return Pool(np.unique(both, return_inverse=True)[1], self.mean)

    @cached_property
    def together(self) -> Pool:
        """All cells of a product together."""
        return Pool(self.product, self.mean)


@dataclass(frozen=True)
class TriggerView:
    """What a trigger may see of the cells `watched`, as reported; arrays over those cells.

    `on_hand` in units; `short` whether demand went unmet on the last day that was served. `announced` tells whether a
    disruption has been announced and is not over; `day` is today. `filled` is the share of the orders due in the days
    that the trigger looks back on that sources sent, None where it does not.
    """

    watched: Watched
    on_hand: np.ndarray
    short: np.ndarray
    day: float
    announced: bool
    filled: np.ndarray | None = None


Sight = Literal["stock", "demand unmet", "announcements", "day", "supply"]
"""What a trigger looks at."""
Over = Literal["each", "any", "together", "site", "member"]
"""Over whom: each that it is looked at for alone (`member` in a reserve), every one as soon as any is concerned, all
together, or each site alone."""


class Trigger(Kind):
    """A condition: it opens a reserve, or begins a use level."""

    sees: ClassVar[tuple[Sight, ...]]
    """what the condition depends on"""
    over: ClassVar[tuple[Over, ...]]
    """over whom it may be taken; the first unless said otherwise"""
    trigger: Text
    edge: bool = False
    """true: met only on the day on which the condition begins to hold; left out: every day on which it holds"""

    @property
    def present_over(self) -> int | None:
        """Days over which present use is averaged that cover is counted in, None: usual use counts."""
        return None

    @property
    def fill_over(self) -> int | None:
        """Days over which it looks back on what sources sent, None: it does not."""
        return None

    @abstractmethod
    def met(self, view: TriggerView) -> np.ndarray:
        """Whether the condition holds, for each cell; bool, shape (cells,)."""


TRIGGERS: Registry[Trigger] = Registry("trigger", "trigger")
