"""What every trigger is: a condition, looked at every day, on some cells."""

from __future__ import annotations

import datetime as dt
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import ClassVar, Literal, NamedTuple

import numpy as np

from sim.policies.triggers.over import Over, OverField, Pool, Watched
from sim.registry import Kind, Registry
from sim.units import Text


class TriggerView(NamedTuple):
    """What a trigger may see of the cells `watched`, as reported; arrays over those cells.

    `on_hand` in units; `short` whether demand went unmet on the last day that was served. `announced` tells whether a
    disruption has been announced and is not over; `day` is today, `date` the date that counts as today's, None unless
    the trigger sees it. `decided` are decisions in force, each with the day since when. None where the trigger does not
    look there: `sent` and `due` are units of orders of the days that it looks back on; `journeys` days on the way of
    the last arrivals, those planned, and how many they were; `prices` what makers ask for what is usually bought of
    them, and what they usually do; `alarm` whether the one that it waits for stands, and `observed`
    the latest figure known of the series that it reads, None before the first.
    """

    watched: Watched
    on_hand: np.ndarray
    short: np.ndarray
    day: float
    announced: bool
    sent: np.ndarray | None = None
    due: np.ndarray | None = None
    date: dt.date | None = None
    decided: Mapping[str, float] = MappingProxyType({})
    journeys: tuple[np.ndarray, ...] | None = None
    prices: tuple[np.ndarray, ...] | None = None
    alarm: np.ndarray | None = None
    observed: float | None = None

    def of(self, some: np.ndarray) -> TriggerView:
        """Only some of the cells, by a mask."""
        journeys, prices = (None if x is None else tuple(y[some] for y in x) for x in (self.journeys, self.prices))
        sent, due, alarm = (None if one is None else one[some] for one in (self.sent, self.due, self.alarm))
        watched, on_hand, short = self.watched.of(some), self.on_hand[some], self.short[some]
        return self._replace(
            watched=watched, on_hand=on_hand, short=short, sent=sent, due=due, journeys=journeys, prices=prices,
            alarm=alarm,
        )  # fmt: skip


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

    @property
    def journeys(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """(days on the way, days planned, arrivals) of the last arrivals, added up."""
        assert self.view.journeys is not None
        took, planned, came = map(self.pool.sum, self.view.journeys)
        return took, planned, came

    def later_than(self, share: float, arrivals: int) -> np.ndarray:
        """Where so many arrivals came, and took longer together than planned by more than a share."""
        took, planned, came = self.journeys
        return np.asarray((came >= arrivals) & (took > planned * (1 + share) + 1e-9))

    @property
    def prices(self) -> tuple[np.ndarray, np.ndarray]:
        """What makers ask a day for what is usually bought of them, and what they usually do, in usual prices."""
        assert self.view.prices is not None
        asked, usual = map(self.pool.sum, self.view.prices)
        return asked, usual


Sight = Literal[
    "stock", "demand", "demand unmet", "announcements", "day", "date", "supply", "decisions", "journeys", "prices",
    "alarms", "observed",
]  # fmt: skip
"""What a trigger or an alarm looks at."""
MOST_ARRIVALS = 20
"""Arrivals that a trigger may look back on, and that are kept where one may come that does."""


class Looking(Kind):
    """What it takes to look at sites once a day: what is looked at, and how far back."""

    sees: ClassVar[tuple[Sight, ...]]
    """what it depends on"""

    @property
    def present_over(self) -> int | None:
        """Days over which present use is averaged that cover is counted in, None: usual use counts."""
        return None

    @property
    def fill_over(self) -> int | None:
        """Days over which it looks back on what sources sent, None: it does not."""
        return None

    @property
    def arrivals_over(self) -> int | None:
        """How many arrivals it looks back on, None: it does not."""
        return None

    @property
    def waits_for(self) -> str | None:
        """The name of the alarm that it waits for, None: of none."""
        return None

    @property
    def reads(self) -> str | None:
        """The name of the observed series that it reads, None: of none."""
        return None


class Trigger(Looking):
    """A condition: it opens a reserve, or begins a use level."""

    over: ClassVar[tuple[Over, ...]] = ("together",)
    """over whom it may be taken; the first unless said otherwise"""
    trigger: Text
    edge: bool = False
    """true: met only on the day on which the condition begins to hold; left out: every day on which it holds"""

    @property
    def parts(self) -> Sequence[Trigger]:
        """The conditions that it is made of; none for most."""
        return ()

    def combine(self, held: Sequence[np.ndarray]) -> np.ndarray:
        """Whether it is met, for each cell, where it is told of each of its parts whether that is."""
        raise NotImplementedError

    @property
    def all_sees(self) -> set[Sight]:
        """What it depends on, its parts included."""
        return set(self.sees).union(*(part.all_sees for part in self.parts))

    @abstractmethod
    def met(self, view: TriggerView) -> np.ndarray:
        """Whether the condition holds, for each cell; bool, shape (cells,)."""

    def known(self, view: TriggerView) -> np.ndarray:
        """Whether it can be told, for each cell, if it is met: where something of what it looks at is seen."""
        return np.ones(len(view.on_hand), dtype=bool)


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

    def known(self, view: TriggerView) -> np.ndarray:
        watched = view.watched
        if watched.seen is None:
            return super().known(view)
        over = self.of or watched.left_out or self.over[0]
        pool = watched.pool(over)
        known = pool.spread(pool.sites > 0)
        return watched.any(known) if over == "any" else known


TRIGGERS: Registry[Trigger] = Registry("trigger", "trigger")
