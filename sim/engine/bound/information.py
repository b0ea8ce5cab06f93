"""Who sees what of whom, as a plan has it: views by observer, and the channels through which reports come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

NOTHING, ORDERS, STOCK, DEMAND, PIPELINE, CAPACITY = range(6)
"""What is seen, each with all before it."""
AT_ONCE = -1
"""As the position of a channel: what is seen is seen as it is."""


@dataclass(frozen=True)
class Channel:
    """How reports come: days until they are read, days from one to the next, the share that is lost, and the relative
    standard deviation of what is counted."""

    lag: int
    every: int
    missing: float
    error: float


EXACT = Channel(0, 1, 0.0, 0.0)
"""The channel through which all is seen as it is."""


@dataclass(frozen=True)
class BoundView:
    """What some observers see of some cells, in force from day `since` on.

    `observers` is a mask over the rows of views, `cells` one over cells; with `own` it is about what each observer owns
    itself. `level` is how much is seen, `channel` how it is told.
    """

    observers: np.ndarray
    cells: np.ndarray
    own: bool
    level: int
    channel: Channel
    since: int
    until: float = np.inf
    holds_over: bool = False


class Seen(NamedTuple):
    """What one observer sees of every cell: how much, and through which channel; shape (cells,)."""

    level: np.ndarray
    channel: np.ndarray


@dataclass(frozen=True)
class InformationPlan:
    """Who sees what. An owner is a party, or a site that belongs to none; arrays over cells but for `observer`.

    `owner` is a cell's owner: the position of its party, or that of its site after all parties; `observer`, over
    owners, is the row of views that an owner goes by: parties have one each, sites without one share theirs where the
    same entries are about them. `views` are in turn, `parties` the names of the first owners. `group`, over parties,
    is with whom each stays in a pool that is taken apart (below 0: it is not in it): members of different groups see
    orders of each other at most, as buyers and sellers do, whatever the views say; None where no pool is.
    """

    views: tuple[BoundView, ...]
    owner: np.ndarray
    observer: np.ndarray
    parties: tuple[str, ...]
    group: np.ndarray | None = None

    @cached_property
    def channels(self) -> tuple[Channel, ...]:
        """All channels, but for that through which all is seen as it is."""
        return tuple(dict.fromkeys(view.channel for view in self.views if view.channel != EXACT))

    def _number(self, view: BoundView) -> int:
        """The position of a view's channel."""
        return AT_ONCE if view.channel == EXACT else self.channels.index(view.channel)

    def party(self, name: str) -> np.ndarray:
        """A party as the one owner."""
        return np.array([self.parties.index(name)])

    def own(self, day: float) -> Seen:
        """What each cell's owner sees of it on a day."""
        cells = len(self.owner)
        level, channel = np.full(cells, CAPACITY, dtype=np.int8), np.full(cells, AT_ONCE, dtype=np.int16)
        observer = self.observer[self.owner]
        for view in self.views:
            if view.own and view.since <= day < view.until:
                mine = view.observers[observer]
                level[mine], channel[mine] = view.level, self._number(view)
        return Seen(level, channel)

    def others(self, observer: int, day: float) -> Seen:
        """What an observer sees of cells that are not its own on a day."""
        cells = len(self.owner)
        level, channel = np.zeros(cells, dtype=np.int8), np.full(cells, AT_ONCE, dtype=np.int16)
        for view in self.views:
            if not view.own and view.since <= day < view.until and view.observers[observer]:
                new = Seen(np.full_like(level, view.level), np.full_like(channel, self._number(view)))
                self._better(level, channel, view.cells, new)
        if self.group is not None and observer < len(self.parties) and self.group[observer] >= 0:
            of = np.append(self.group, -1)[np.minimum(self.owner, len(self.parties))]
            apart = (of >= 0) & (of != self.group[observer])
            level[apart] = np.minimum(level[apart], ORDERS)
        return Seen(level, channel)

    def _better(self, level: np.ndarray, channel: np.ndarray, where: np.ndarray, new: Seen) -> None:
        """Take over what shows more of some cells (a mask), or the same sooner."""
        lag = np.array([*(c.lag for c in self.channels), 0])  # that of AT_ONCE is the last
        more = where & ((new.level > level) | ((new.level == level) & (lag[new.channel] < lag[channel])))
        level[more], channel[more] = new.level[more], new.channel[more]

    def joint(self, owners: Sequence[int] | np.ndarray, day: float) -> Seen:
        """What some owners see together on a day, each cell as the one does who sees most of it, soonest."""
        own = self.own(day)
        mine = np.isin(self.owner, owners)
        found: Seen | None = None
        for observer in np.unique(self.observer[np.asarray(owners)]).tolist():
            one = self.others(observer, day)
            if found is None:
                found = one
            else:
                self._better(found.level, found.channel, np.ones(len(mine), dtype=bool), one)
        assert found is not None
        return Seen(np.where(mine, own.level, found.level), np.where(mine, own.channel, found.channel))

    def between(self, owner: np.ndarray, seen: np.ndarray, day: float) -> Seen:
        """What owners see of the cells `seen`, one for one; shape of these."""
        own, who = self.own(day), self.observer[owner]
        level, channel = own.level[seen], own.channel[seen]
        other = owner != self.owner[seen]
        for observer in np.unique(who[other]).tolist():
            rows = other & (who == observer)
            view = self.others(observer, day)
            level[rows], channel[rows] = view.level[seen[rows]], view.channel[seen[rows]]
        return Seen(level, channel)


def longest_late(views: Sequence[BoundView]) -> int | None:
    """Days by which what is told may be late, None where a report may never come."""
    if any(view.channel.missing for view in views):
        return None
    return max((view.channel.lag + view.channel.every for view in views if view.channel != EXACT), default=0)
