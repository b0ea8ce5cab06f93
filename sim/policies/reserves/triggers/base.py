"""What every reserve trigger is: a condition, looked at every day, on the reserve's members."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass

import numpy as np

from sim.registry import Kind, Registry
from sim.units import Text


@dataclass(frozen=True)
class MemberView:
    """What a trigger may see: the member cells of one reserve, as arrays over them, at the evening review.

    `member` is the position of the member each cell belongs to; `on_hand` and `mean` in units and units a day;
    `short` whether demand went unmet today; `product` the product's position. `announced` tells whether a
    disruption has been announced and is not over; `day` is today.
    """

    member: np.ndarray
    product: np.ndarray
    on_hand: np.ndarray
    mean: np.ndarray
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


def pooled_cover(view: MemberView, keys: np.ndarray) -> np.ndarray:
    """Days of cover of the cells that share a key, together; one value per cell (infinite without demand).

    Keys are whole numbers of the order of the number of cells.
    """
    stock, mean = np.bincount(keys, view.on_hand)[keys], np.bincount(keys, view.mean)[keys]
    return np.divide(stock, mean, out=np.full(len(keys), np.inf), where=mean > 0)
