"""What has been told of cells: the last figures that came through each channel, and those that are on their way."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from statistics import NormalDist

import numpy as np

from sim.engine.deciding.report_luck import DailyLuck
from sim.engine.informed import EXACT, STOCK, Channel, InformationPlan, Seen
from sim.engine.plan import Plan
from sim.engine.spans import in_place
from sim.engine.state.state import State
from sim.model.effects import Quantities
from sim.model.part import Part
from sim.rng import Streams

Figures = dict[str, np.ndarray]
AlongDay = tuple[int, Figures]
"""What goes along, and since when it is about the same rows."""
Beside = Callable[[], Mapping[str, np.ndarray]]
"""Looks up what goes along with reports."""
COUNTED = ("on_hand", "but orders", "but gifts", "position")
"""Figures in which what is counted as on hand is part of the sum."""
EVER = ("late ever", "came ever")
"""By how much all arrivals were later than planned, and how many they were."""
NOT_TOLD = -1
"""As the place of a figure: what is seen is so as it is."""
STEPS = 4096
NORMAL = np.array([NormalDist().inv_cdf((k + 0.5) / STEPS) for k in range(STEPS)])
"""Standard normal numbers, as likely each."""


def journeys_of(number: int) -> tuple[str, str, str]:
    """The names under which it is told how long the last so many arrivals were on their way."""
    return f"took {number}", f"planned {number}", f"came {number}"


class Told(Part):
    """Reports of (channel, cell) pairs, each pair once: arrays over them.

    `figures` are those of the last report that has come, and `made` the evening it was made on. Before any came they
    are those of the evening before the first day. `_waiting` has the reports that have not come, by channel and by the
    evening they were made on: how many pairs of the channel they are about, which of these made one (None: all), their
    figures, and those of other rows that are told with them (`Along`).
    """

    CHANGES = ("figures", "made", "due", "never", "_waiting", "_channels", "channel", "cell", "_place")
    VIEWS = ("_of", "_pairs", "_cells_of", "_like")

    def __init__(
        self, plan: Plan, state: State, streams: Streams, names: tuple[str, ...], arrivals: tuple[int, ...] = ()
    ) -> None:
        network = plan.network
        self._state, self._cells = state, len(network.cell_site)
        self._channels: list[Channel] = [EXACT]
        none = np.zeros(0, dtype=np.int64)
        self._names, self._arrivals = names, arrivals
        self._ever = bool(arrivals) and any("journeys" in bound.alarm.sees for bound in plan.alarms)
        self.channel = self.cell = self.made = none
        self.due, self.never = none, none
        """reports that each pair has made since the first day, and those of them that never come"""
        self._place = np.full((1, self._cells), NOT_TOLD)
        self.figures = self._truth(none)
        self._waiting: dict[int, dict[int, tuple[np.ndarray | None, Figures, list[AlongDay]]]] = {}
        self._site, self._product = network.cell_site, network.cell_product
        sites = [] if plan.information is None else network.site_names(np.arange(len(network.sites)))
        goods = network.products["name"].tolist()
        self._lost = DailyLuck([f"report/{name}" for name in sites], streams)
        self._miscounts = DailyLuck([f"count/{name}" for name in sites], streams)
        self._mistaken = DailyLuck([f"count of {name}" for name in goods], streams)
        self.along: list[Along] = []
        self.rejoin()

    def rejoin(self) -> None:
        """Which pairs each channel has, their cells, and the first channel that is about the same cells."""
        self._of = [np.flatnonzero(self.channel == row) for row in range(len(self._channels))]
        self._pairs = [in_place(pairs) for pairs in self._of]
        cells = [self.cell[pairs] for pairs in self._of]
        self._cells_of = [in_place(some) for some in cells]
        self._like = [next(k for k, other in enumerate(cells) if np.array_equal(some, other)) for some in cells]

    def add(self, channel: Channel, cells: np.ndarray, day: int) -> None:
        """From now on these cells (a mask) report through a channel; until a report comes, their figures of now are
        what has been told."""
        if channel not in self._channels:
            self._channels = [*self._channels, channel]
            self._place = np.vstack([self._place, np.full(self._cells, NOT_TOLD)])
        row = self._channels.index(channel)
        new = np.flatnonzero(cells & (self._place[row] == NOT_TOLD))
        if not len(new):  # these report already, or there are none
            self.rejoin()
            return
        self._place[row, new] = len(self.cell) + np.arange(len(new))
        self.channel = np.concatenate([self.channel, np.full(len(new), row)])
        self.cell = np.concatenate([self.cell, new])
        self.made = np.concatenate([self.made, np.full(len(new), day)])
        self.due, self.never = (np.concatenate([x, np.zeros_like(new)]) for x in (self.due, self.never))
        truth = self._truth(new)
        self.figures = {name: np.concatenate([self.figures[name], x]) for name, x in truth.items()}
        self.rejoin()

    def at(self, seen: Seen, cells: np.ndarray | slice, channels: Sequence[Channel] = ()) -> np.ndarray:
        """Where the figures stand that are told of cells through these channels; NOT_TOLD where they are not."""
        number = {channel: row for row, channel in enumerate(self._channels)}
        rows = np.array([*(number.get(channel, 0) for channel in channels), 0])  # that of AT_ONCE is the last
        return np.asarray(self._place[rows[seen.channel], np.arange(self._cells)[cells]])

    def is_at_once(self, at: np.ndarray) -> np.ndarray:
        """Whether what stands at these places is told at once."""
        return np.asarray(self.channel[at] == 0) if len(self.channel) else np.ones(at.shape, dtype=bool)

    def place_in_channel(self, at: np.ndarray) -> np.ndarray:
        """The position of pairs of one channel among all of that channel."""
        return np.searchsorted(self._of[int(self.channel[at[0]])], at) if len(at) else at

    @property
    def channels(self) -> list[Channel]:
        """All channels, by their number."""
        return self._channels

    def comes_by(self, channel: Channel) -> np.ndarray:
        """Which pairs report through a channel; a mask."""
        return np.asarray(self.channel == self._channels.index(channel))

    def _truth(self, cells: np.ndarray | slice) -> Figures:
        """Figures of cells as they are."""
        state = self._state
        found = {name: self._now(name, cells) for name in self._names}
        for number in self._arrivals:
            assert state.arrivals is not None
            found |= zip(journeys_of(number), state.arrivals.last(number, cells), strict=True)
        if self._ever:
            assert state.arrivals is not None
            found |= zip(EVER, state.arrivals.ever(cells), strict=True)
        return {name: figure.copy() if figure.base is not None else figure for name, figure in found.items()}

    def _now(self, name: str, cells: np.ndarray | slice) -> np.ndarray:
        """A figure of cells as it is; those called after what they are without do not change with that."""
        state, totals = self._state, self._state.totals
        if name == "short":
            return np.asarray(state.today.unmet[cells] > 0)
        if name == "position":
            return state.position(cells)
        if name == "but orders":
            assert totals is not None
            return state.position(cells) - totals.ordered[cells]
        if name == "but gifts":
            assert totals is not None
            return state.free(cells) + totals.gave[cells]
        if name == "coming but gifts":
            assert totals is not None
            return np.asarray(state.in_transit[cells] - totals.got[cells])
        return np.asarray(getattr(state, name)[cells])

    def close_day(self, day: int, works: np.ndarray | None, beside: Beside) -> bool:
        """In the evening: reports are made where systems work, and those come whose time it is; tells whether any do.

        `beside` is asked for what goes along. What several channels tell of the same cells is read once.
        """
        come, beside = False, cache(beside)
        truth, chance = cache(lambda like: self._truth(self._cells_of[like])), cache(lambda like: self._chance(like, day))
        for row, channel in enumerate(self._channels):
            if not len(self._of[row]):
                continue
            waiting = self._waiting.setdefault(row, {})
            if day % channel.every == 0:
                due, like = self._made(row, day, works), self._like[row]
                figures = _counted(truth(like), channel.error, chance(like)) if channel.error else truth(like)
                waiting[day] = due, figures, [group.of(beside, row) for group in self.along]
            if day - channel.lag in waiting:
                self._come(row, day - channel.lag, *waiting.pop(day - channel.lag))
                come = True
        return come

    def _made(self, row: int, day: int, works: np.ndarray | None) -> np.ndarray | None:
        """Which pairs of a channel make a report that comes, a mask; None: all do."""
        pairs, cells, missing = self._pairs[row], self._cells_of[row], self._channels[row].missing
        due = None if works is None else works[cells]
        if day >= 0 and row:
            self.due[pairs] += 1 if due is None else due
        if missing:
            lost = (self._lost.on(day) < missing)[self._site[cells]]
            if day >= 0:
                self.never[pairs] += lost if due is None else lost & due
            due = ~lost if due is None else due & ~lost
        return due

    def _chance(self, row: int, day: int) -> np.ndarray:
        """Standard normal numbers of a day, one for each cell of a channel."""
        cells = self._cells_of[row]
        luck = self._miscounts.on(day)[self._site[cells]] + self._mistaken.on(day)[self._product[cells]]
        luck -= luck >= 1
        luck *= STEPS
        return np.asarray(NORMAL[luck.astype(np.int64)])

    def _come(self, row: int, made: int, due: np.ndarray | None, figures: Figures, along: list[AlongDay]) -> None:
        """A channel's reports of an evening come."""
        pairs = self._of[row][: len(figures["on_hand"])]
        where, stay = in_place(pairs) if len(pairs) < len(self._of[row]) else self._pairs[row], _stays(pairs, due)
        for name, values in figures.items():
            _put(self.figures[name], where, values, stay)
        _put(self.made, where, made, stay)
        for group, told in zip(self.along, along, strict=True):
            group.come(row, told, due)


def _counted(truth: Figures, error: float, chance: np.ndarray) -> Figures:
    """What is reported where stock is counted with an error: its standard deviation as a share of what is there."""
    there = truth["on_hand"]
    counted = there * (1 + error * chance)
    np.rint(counted, out=counted)
    units = np.maximum(counted, 0, out=counted).astype(np.int64)
    off = units - there
    return truth | {name: truth[name] + off for name in COUNTED if name in truth}


def _stays(places: np.ndarray, due: np.ndarray | None) -> np.ndarray | None:
    """Places that stay as they are: those that are not due (a mask over them); None: all are."""
    return None if due is None else places[(~due).nonzero()[0]]


def _put(figure: np.ndarray, where: np.ndarray | slice, values: np.ndarray | int, stay: np.ndarray | None) -> None:
    """Put values where they belong, but at the places that stay; mostly few do."""
    before = None if stay is None else figure[stay]
    figure[where] = values
    if stay is not None:
        figure[stay] = before


class Along(Part):
    """Figures of other rows (flows, orders of a pool) that are told with the report of a pair each: `at`, NOT_TOLD
    where they are seen as they are. `rows` are their positions in the arrays that these figures come from; `_of` has,
    by channel, which of them are told through it, `_pair` with which pair of the channel each, both the same for so
    many changes of views (`_since`)."""

    CHANGES = ("at", "figures", "_of", "_pair", "_since", "names")

    def __init__(self, rows: np.ndarray, names: tuple[str, ...]) -> None:
        self.rows, self.names = rows, names
        self.at = np.full(len(rows), NOT_TOLD)
        self.figures: Figures = {}
        self._of: dict[int, np.ndarray] = {}
        self._pair: dict[int, np.ndarray] = {}
        self._since = 0

    def expect(self, at: np.ndarray, now: Mapping[str, np.ndarray], told: Told) -> None:
        """From now on they are told with these pairs; where that is another one than before, all is told now."""
        new = at != self.at
        values = {name: now[name][self.rows] for name in self.names}
        self.figures = {name: np.where(new, values[name], self.figures.get(name, values[name])) for name in values}
        self.at = at
        mine = np.flatnonzero(at >= 0)
        channel = told.channel[at[mine]] if len(mine) else mine
        self._of = {row: mine[channel == row] for row in np.unique(channel).tolist()}
        self._pair = {row: told.place_in_channel(at[rows]) for row, rows in self._of.items()}
        self._since += 1

    def of(self, beside: Beside, channel: int) -> AlongDay:
        """Figures as they are of the rows that are told through a channel, and since when these are those."""
        if channel not in self._of:
            return self._since, {}
        rows, now = self.rows[self._of[channel]], beside()
        return self._since, {name: now[name][rows] for name in self.names}

    def come(self, channel: int, values: AlongDay, due: np.ndarray | None) -> None:
        """Reports have come of the pairs of a channel that are due."""
        since, figures = values
        if since != self._since or not figures:
            return  # other rows are told since then: figures of that day were shown
        mine = self._of[channel]
        where, stay = in_place(mine), _stays(mine, None if due is None else due[self._pair[channel]])
        for name, told in self.figures.items():
            _put(told, where, figures[name], stay)

    def seen(self, name: str, now: np.ndarray) -> np.ndarray:
        """A figure as it is told, or as it is `now` (over rows)."""
        return np.where(self.at >= 0, self.figures[name], now)


def pairs_of(information: InformationPlan, day: float) -> list[tuple[Channel, np.ndarray, bool]]:
    """(channel, mask over cells, whether stock is seen) of all views in force on a day that are not of what is as it
    is."""
    found = []
    for view in information.views:
        if view.channel != EXACT and view.level and view.since <= day < view.until:
            owned = view.observers[information.observer[information.owner]]
            found.append((view.channel, owned if view.own else view.cells, view.level >= STOCK))
    return found


def what_is_told(plan: Plan, state: State, quantities: Quantities, streams: Streams) -> Told | None:
    """What sites tell, None where all is seen as it is at all times; no figures that nobody would read."""
    fails = quantities.touched("cell.blackout")
    if plan.information is None and not fails:
        return None
    told = Told(plan, state, streams, tuple(_names(plan, state, quantities.open)), plan.looking_back.arrivals)
    if fails:
        told.add(EXACT, np.ones(len(plan.network.cell_site), dtype=bool), -plan.network.calendar.warm_up - 1)
    return told


def _names(plan: Plan, state: State, may_change: bool) -> list[str]:
    """The figures that somebody goes by, or may one day where policies may change."""
    information, gives = plan.information, bool(plan.transfers)
    read = {"on_hand": True, "backlog": state.waits, "short": may_change or plan.looking_back.sees("demand unmet")}
    if information is not None:
        own = may_change or any(view.own and view.channel != EXACT for view in information.views)
        echelon = may_change or plan.looking_back.at("echelon")
        owed = may_change or gives or echelon or bool(plan.sourcing.moves.any())
        read |= {"in_transit": True, "owed_out": owed, "but orders": own, "position": echelon}
        read |= {"but gifts": own and gives, "coming but gifts": own and gives}
    return [name for name, is_read in read.items() if is_read]
