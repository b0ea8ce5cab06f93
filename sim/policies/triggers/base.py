"""What every trigger is: a condition, looked at every day, on some cells."""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar, Literal, NamedTuple

import numpy as np

from sim.policies.triggers.over import Over, OverField, Pool, Watched
from sim.registry import Kind, Registry
from sim.units import Text


class TriggerView(NamedTuple):
    """What a trigger may see of the cells `watched`, as reported; arrays over those cells.

    `on_hand` in units; `short` whether demand went unmet on the last day that was served. `announced` tells whether a
    disruption has been announced and is not over; `day` is today. `sent` and `due` are units of orders of the days that
    the trigger looks back on, None where it does not.
    """

    watched: Watched
    on_hand: np.ndarray
    short: np.ndarray
    day: float
    announced: bool
    sent: np.ndarray | None = None
    due: np.ndarray | None = None


class Groups(NamedTuple):
    """What a trigger may see of groups of sites, of one product each; arrays over the groups."""

    pool: Pool
    view: TriggerView

    @property
    def cover(self) -> np.ndarray:
        """Days of cover; infinite without demand."""
        return self.pool.cover(self.pool.sum(self.view.on_hand))

    @property
    def sites(self) -> np.ndarray:
        """How many sites they are."""
        return self.pool.sites

    @property
    def short(self) -> np.ndarray:
        """How many of these had demand that went unmet on the last day that was served."""
        return self.pool.sum(self.view.short)

    @property
    def filled(self) -> np.ndarray:
        """Share that sources sent of the orders due in the days looked back on; 1 where none was due."""
        assert self.view.sent is not None and self.view.due is not None
        sent, due = self.pool.sum(self.view.sent), self.pool.sum(self.view.due)
        return np.divide(sent, due, out=np.ones(len(due)), where=due > 0)


Sight = Literal["stock", "demand unmet", "announcements", "day", "supply"]
"""What a trigger looks at."""


class Trigger(Kind):
    """A condition: it opens a reserve, or begins a use level."""

    sees: ClassVar[tuple[Sight, ...]]
    """what the condition depends on"""
    over: ClassVar[tuple[Over, ...]] = ("together",)
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


class SiteTrigger(Trigger):
    """A condition on figures of sites, over those whom `of` names."""

    over: ClassVar[tuple[Over, ...]] = ("each", "any", "together", "site")
    of: OverField | None = None
    """over whom, product by product: each member of a reserve, facility or region of a use level by itself; any, all as
    soon as one is concerned; together, all as if they were one; site, every site by itself, also where a member has
    several; left out: each, unless the trigger says otherwise"""

    @abstractmethod
    def holds(self, groups: Groups) -> np.ndarray:
        """Whether the condition holds for each group of sites that are looked at as one; bool, shape (groups,)."""

    def met(self, view: TriggerView) -> np.ndarray:
        watched = view.watched
        over = self.of or watched.left_out or self.over[0]
        pool = watched.pool(over)
        held = pool.spread(self.holds(Groups(pool, view)))
        return watched.any(held) if over == "any" else held


TRIGGERS: Registry[Trigger] = Registry("trigger", "trigger")
