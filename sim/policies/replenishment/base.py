"""What every replenishment policy is: parameters from the YAML, bound to cells, giving order quantities."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np
from pydantic import Field

from sim.model.amounts import Column, Cover
from sim.model.network import Network, whole_units
from sim.model.selection import SelectorField
from sim.policies.forecasting.base import At
from sim.policies.replenishment.seen import Figure, Memory, View
from sim.registry import Kind, Registry
from sim.units import Date, Days, Text


@dataclass(frozen=True)
class Rule(ABC):
    """A policy bound to cells: whole-unit arrays over them.

    `target` is the inventory position the policy restores to at most, used for steady-state starts. A rule that looks
    back declares a `window`, one that remembers something its first memory. It sees what the view shows and gives back
    what it orders and remembers; nothing else.
    """

    target: np.ndarray

    @property
    def window(self) -> int:
        """Days of records that `View.history` is to have; 0: no history."""
        return 0

    @property
    def looks_back(self) -> int:
        """Days of records that it would have where it has not looked for long: since it was not in force, say."""
        return self.window

    def missed(self, memory: Memory, at: At, day: int) -> int:
        """Days of records that it wants on a day: the window, or as far as `looks_back` where it has not seen them."""
        return self.window

    @property
    def looks_at(self) -> frozenset[Figure]:
        """What it looks at; of a history the records of demand and orders unless it says otherwise."""
        return frozenset({"demand", "orders"})

    @abstractmethod
    def orders(self, view: View) -> np.ndarray:
        """Units to order at a regular review; shape (cells,)."""

    def first_memory(self) -> Memory | None:
        """What it remembers before its first review; None where it remembers nothing."""
        return None

    def learns(self, view: View, at: At) -> None:
        """Look at what is new, before it orders at a regular review; may change the arrays of `view.memory` at those of
        its cells whose turn it is: the records of the others are not over."""
        return

    def remembers(self, view: View, units: np.ndarray) -> Memory:
        """What it remembers after a regular review at which it ordered `units`: the same arrays as at first."""
        return view.memory or {}

    @property
    def has_emergency(self) -> bool:
        """Whether the policy also orders between reviews."""
        return False

    def is_urgent(self, on_hand: np.ndarray) -> bool:
        """Whether stock on hand, over cells, is anywhere so low that `emergency` may order; looked at first."""
        return self.has_emergency

    def emergency(self, view: View) -> np.ndarray | None:
        """Units to order between reviews, looked at every day; None where the policy has no such orders."""
        return None


class Replenishment(Kind):
    """A replenishment policy for some sites and products."""

    policy: Text
    at: SelectorField
    """sites that order by this policy"""
    products: list[Text] | None = None
    """products it holds for; left out: all"""
    from_: Date | None = Field(default=None, alias="from")
    """date from which it takes the place of the policy before, on these sites and products; left out: holds from the
    first day on, and until another with a date takes its place"""
    review: Days = Field(default=1.0, ge=1)
    """time between reviews, in whole days"""
    first_review: Days = 0.0
    """when the first review is due, counted from the start, or from its date"""
    not_counting: Days = 0.0
    """stock that expires within this time is left out of the inventory position; 1d leaves out what expires tonight"""

    def model_post_init(self, context: object) -> None:
        if self.review % 1 or self.first_review % 1 or self.not_counting % 1:
            raise ValueError("whole days for review, first_review and not_counting, such as 1d or 7d")
        self.check()

    def check(self) -> None:
        """Raise ValueError where fields contradict each other."""

    def planned(self, network: Network, cells: np.ndarray) -> tuple[np.ndarray, np.ndarray] | None:
        """The least and the most units these cells are to have by plan; None where the policy plans none."""
        return None

    @abstractmethod
    def bind(self, network: Network, cells: np.ndarray) -> Rule:
        """The policy's rule for these cells; raises PlaceError where a parameter cannot be resolved."""


class WithLevel(Replenishment):
    """A policy that restores the inventory position to a level."""

    plus_lead_time: bool = False
    """true: the usual demand of the mean lead time (making, where the source keeps no stock for it, journeys, ports,
    and waits for rounds, hours of the day and convoys) is added to what the position is held against"""

    def level_units(self, network: Network, level: float | Cover | Column, cells: np.ndarray) -> np.ndarray:
        """Whole units of a level of the inventory position, with the lead time's demand if it is to be added."""
        units = network.units(level, cells)
        if self.plus_lead_time:
            units = units + whole_units(network.cell_lead_time[cells] * network.cell_mean[cells])
        return units


REPLENISHMENT: Registry[Replenishment] = Registry("replenishment policy", "policy")
