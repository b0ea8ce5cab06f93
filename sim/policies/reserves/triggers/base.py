"""What every reserve trigger is: a condition, looked at every day, on the reserve's members."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from functools import cached_property

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
class Members:
    """The member cells of one reserve, as arrays over them.

    `member` is the position of the member each cell belongs to, `product` the product's position, `mean` the usual
    units a day.
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
class MemberView:
    """What a trigger may see of the `members` of one reserve at the evening review; arrays over their cells.

    `on_hand` in units; `short` whether demand went unmet today. `announced` tells whether a disruption has been
    announced and is not over; `day` is today.
    """

    members: Members
    on_hand: np.ndarray
    short: np.ndarray
    day: float
    announced: bool


class Trigger(Kind):
    """A condition that opens a reserve."""

    trigger: Text

    @abstractmethod
    def met(self, view: MemberView) -> np.ndarray:
        """Whether the condition holds, for each member cell; bool, shape (cells,)."""


TRIGGERS: Registry[Trigger] = Registry("reserve trigger", "trigger")
