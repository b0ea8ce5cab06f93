"""What has been told of cells: the last figures that came through each channel, and those that are on their way."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cache
from statistics import NormalDist

import numpy as np

from sim.engine.bound.information import EXACT, STOCK, Channel, InformationPlan, Seen
from sim.engine.knowing.report_luck import DailyLuck
from sim.engine.plan import Plan
from sim.engine.spans import among, in_place, reach
from sim.engine.state.state import State
from sim.model.effects import Quantities
from sim.model.part import Part
from sim.policies.triggers.base import MOST_ARRIVALS
from sim.rng import Streams

Figures = dict[str, np.ndarray]
AlongDay = tuple[int, np.ndarray | slice, Figures]
"""What goes along: after how many changes of views it was read, of which rows, and their figures."""
Beside = Callable[[], Mapping[str, np.ndarray]]
"""Looks up what goes along with reports."""
COUNTED = ("on_hand", "but orders", "but gifts", "position")
"""Figures in which what is counted as on hand is part of the sum."""
OWN = ("but orders", "but gifts", "coming but gifts")
"""Figures that owners alone go by."""
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
    evening they were made on: which pairs of the channel, by position, make none that comes (None: all do), figures of
    all that there were, and those of other rows that are told with them (`Along`). Channels through which no owner sees
    its own, by the `own_channels` (None: any may), are spared the figures of `OWN`.
    """

    CHANGES = (
        "figures", "_made", "_due", "never", "_rounds", "_alike", "_waiting", "_channels", "channel", "cell", "_place",
    )  # fmt: skip
    VIEWS = ("_of", "_pairs", "_cells_of", "_like")

    def __init__(
        self,
        plan: Plan,
        state: State,
        streams: Streams,
        names: tuple[str, ...],
        arrivals: tuple[int, ...] = (),
        own_channels: Collection[Channel] | None = None,
    ) -> None:
        network = plan.network
        self._state, self._cells = state, len(network.cell_site)
        self._channels: list[Channel] = [EXACT]
        none = np.zeros(0, dtype=np.int64)
        self.names, self._arrivals, self._own_channels = names, arrivals, own_channels
        self._ever = bool(arrivals) and any("journeys" in bound.alarm.sees for bound in plan.alarms)
        self.channel = self.cell = self._made = none
        self._due, self.never = none, none
        """reports that each pair has made since the first day, but for `_rounds`, and those that never come"""
        self._rounds = [0]
        """evenings since the first day on which each channel's reports were made"""
        self._alike: dict[int, int] = {}
        """by channel when its last reports were made, where all of them came together; `_made` has 0 of them"""
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
            self._channels, self._rounds = [*self._channels, channel], [*self._rounds, 0]
            self._place = np.vstack([self._place, np.full(self._cells, NOT_TOLD)])
        row = self._channels.index(channel)
        new = np.flatnonzero(cells & (self._place[row] == NOT_TOLD))
        if not len(new):  # these report already, or there are none
            self.rejoin()
            return
        self._place[row, new] = len(self.cell) + np.arange(len(new))
        self.channel = np.concatenate([self.channel, np.full(len(new), row)])
        self.cell = np.concatenate([self.cell, new])
        self._apart(row)
        self._made = np.concatenate([self._made, np.full(len(new), day)])
        self._due = np.concatenate([self._due, np.full(len(new), -self._rounds[row])])
        self.never = np.concatenate([self.never, np.zeros_like(new)])
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

    @property
    def due(self) -> np.ndarray:
        """Reports that each pair has made since the first day."""
        return np.asarray(self._due + np.array(self._rounds)[self.channel])

    @property
    def made(self) -> np.ndarray:
        """The evening on which each pair's last report was made that has come; not to be written to."""
        if not self._alike:
            return self._made
        found = self._made.copy()
        for row, made in self._alike.items():
            found[self._pairs[row]] = made
        return found

    def made_at(self, at: np.ndarray) -> np.ndarray:
        """The evening on which the last report was made of each pair that stands at these places."""
        found = self._made[at]
        for row, made in self._alike.items():
            if len(self._of[row]) == len(self._made):
                return np.full_like(found, made)
            found[self.channel[at] == row] = made
        return found

    def _apart(self, row: int) -> None:
        """From now on the reports of a channel are not all of one evening."""
        if row in self._alike:
            self._made[self._pairs[row]] = self._alike.pop(row)

    def made_together(self, row: int) -> int | None:
        """The evening on which all that is told through a channel was made, None where it was not one."""
        return self._alike.get(row)

    def _truth(self, cells: np.ndarray | slice) -> Figures:
        """Figures of cells as they are."""
        state = self._state
        found = {name: self._now(name, cells) for name in self.names}
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
        truth, chance = (
            cache(lambda like: self._truth(self._cells_of[like])),
            cache(lambda like: self._chance(like, day)),
        )
        for row, channel in enumerate(self._channels):
            if not len(self._of[row]):
                continue
            waiting = self._waiting.setdefault(row, {})
            if day % channel.every == 0:
                like = self._like[row]
                figures = self._without_own(channel, truth(like))
                figures = _counted(figures, channel.error, chance(like)) if channel.error else figures
                waiting[day] = (
                    self._none_from(row, day, works),
                    figures,
                    [along.of(beside, row) for along in self.along],
                )
            if day - channel.lag in waiting:
                self._come(row, day - channel.lag, *waiting.pop(day - channel.lag))
                come = True
        return come

    def _without_own(self, channel: Channel, figures: Figures) -> Figures:
        """What is reported through a channel of all that there is."""
        if self._own_channels is None or channel in self._own_channels:
            return figures
        return {name: figure for name, figure in figures.items() if name not in OWN}

    def _none_from(self, row: int, day: int, works: np.ndarray | None) -> np.ndarray | None:
        """The pairs of a channel, by position, that make no report that comes; None: all do."""
        places, cells, missing = self._of[row], self._cells_of[row], self._channels[row].missing
        counts = day >= 0 and row > 0
        silent = None if works is None else (~works[cells]).nonzero()[0]
        if counts:
            self._rounds[row] += 1
            if silent is not None:
                self._due[places[silent]] -= 1
        if not missing:
            return silent
        lost = (self._lost.on(day) < missing)[self._site[cells]]
        if silent is not None:
            lost[silent] = False
        never = lost.nonzero()[0]
        if counts:
            self.never[places[never]] += 1
        return never if silent is None else np.union1d(never, silent)

    def _chance(self, row: int, day: int) -> np.ndarray:
        """Standard normal numbers of a day, one for each cell of a channel."""
        cells = self._cells_of[row]
        luck = self._miscounts.on(day)[self._site[cells]] + self._mistaken.on(day)[self._product[cells]]
        luck -= luck >= 1
        luck *= STEPS
        return np.asarray(NORMAL[luck.astype(np.int64)])

    def _come(self, row: int, made: int, none: np.ndarray | None, figures: Figures, along: list[AlongDay]) -> None:
        """A channel's reports of an evening come."""
        number = len(figures["on_hand"])
        pairs = self._of[row][:number]
        where = self._pairs[row] if number == len(self._of[row]) else in_place(pairs)
        stay = None if none is None else pairs[none]
        if stay is None and number == len(self._made):
            self.figures = self.figures | figures  # all of them, of which nobody else has a copy
        else:
            for name, values in figures.items():
                _put(self.figures[name], where, values, stay)
        if stay is None and number == len(self._of[row]):
            if row not in self._alike:
                self._made[where] = 0
            self._alike[row] = made
        else:
            self._apart(row)
            _put(self._made, where, made, stay)
        for group, told in zip(self.along, along, strict=True):
            group.come(row, told, none)


def _counted(truth: Figures, error: float, chance: np.ndarray) -> Figures:
    """What is reported where stock is counted with an error: its standard deviation as a share of what is there."""
    there = truth["on_hand"]
    counted = there * (1 + error * chance)
    np.rint(counted, out=counted)
    units = np.maximum(counted, 0, out=counted).astype(np.int64)
    off = units - there
    return truth | {name: truth[name] + off for name in COUNTED if name in truth}


def _put(figure: np.ndarray, where: np.ndarray | slice, values: np.ndarray | int, stay: np.ndarray | None) -> None:
    """Put values where they belong, but at the places that stay; mostly few do."""
    before = None if stay is None else figure[stay]
    figure[where] = values
    if stay is not None:
        figure[stay] = before


FEW_BETWEEN = 1.25
"""Up to so many times as many rows are read in place sooner than theirs are picked out."""


class Along(Part):
    """Figures of other rows (flows, orders of a pool) that are told with the report of a pair each: `at`, NOT_TOLD
    where they are seen as they are. `rows` are their positions in the arrays that these figures come from; `_of` has,
    by channel, which of them are told through it, `_pair` with which pair of the channel each. `_since` counts the
    changes of views, `_changed` has the one since which each row is told as it is."""

    CHANGES = ("at", "figures", "_of", "_pair", "_since", "_changed", "names")
    VIEWS = ("_where", "_read")

    def __init__(self, rows: np.ndarray, names: tuple[str, ...]) -> None:
        self.rows, self.names = rows, names
        self.at = np.full(len(rows), NOT_TOLD)
        self.figures: Figures = {}
        self._of: dict[int, np.ndarray] = {}
        self._pair: dict[int, np.ndarray] = {}
        self._since, self._changed = 0, np.zeros(len(rows), dtype=np.int64)
        self.rejoin()

    def rejoin(self) -> None:
        """By channel where what is told stands, and where it comes from."""
        self._where = {row: self._together(mine) for row, mine in self._of.items()}
        self._read = {row: in_place(self.rows[where]) for row, where in self._where.items()}

    def _together(self, mine: np.ndarray) -> np.ndarray | slice:
        """The same rows as a slice, with others that nobody is told of, where there are few of these."""
        for some in (slice(0, len(self.rows)), reach(mine)):
            few = some.stop - some.start <= FEW_BETWEEN * len(mine)
            if few and np.count_nonzero(self.at[some] >= 0) == len(mine):
                return some
        return mine

    def expect(self, at: np.ndarray, now: Mapping[str, np.ndarray], told: Told) -> None:
        """From now on they are told with these pairs; where that is another one than before, all is told now."""
        new = at != self.at
        self._since += 1
        if not set(self.names) <= self.figures.keys():
            self._changed[:] = self._since  # reports that are under way do not have all that is told now
        self._changed[new] = self._since
        values = {name: now[name][self.rows] for name in self.names}
        self.figures = {name: np.where(new, values[name], self.figures.get(name, values[name])) for name in values}
        self.at = at
        mine = np.flatnonzero(at >= 0)
        channel = told.channel[at[mine]] if len(mine) else mine
        self._of = {row: mine[channel == row] for row in np.unique(channel).tolist()}
        self._pair = {row: told.place_in_channel(at[rows]) for row, rows in self._of.items()}
        self.rejoin()

    def of(self, beside: Beside, channel: int) -> AlongDay:
        """Figures as they are of the rows that are told through a channel."""
        if channel not in self._of:
            return self._since, slice(0), {}
        rows, now = self._read[channel], beside()
        return self._since, self._where[channel], {name: np.array(now[name][rows]) for name in self.names}

    def come(self, channel: int, values: AlongDay, none: np.ndarray | None) -> None:
        """Reports have come of the pairs of a channel, `none` of some of them, by position."""
        since, read, figures = values
        if not figures or channel not in self._of:
            return
        mine, pair, stay = self._of[channel], self._pair[channel], None
        if since != self._since:  # of rows whose view changed since then, figures of that day were shown
            same = self._changed[mine] <= since
            mine, pair = mine[same], pair[same]
            place = mine - read.start if isinstance(read, slice) else np.searchsorted(read, mine)
            where: np.ndarray | slice = mine
            figures = {name: figure[place] for name, figure in figures.items()}
        else:
            where = self._where[channel]
        if none is not None:
            stay = mine[among(pair, none, 1 + max(pair.max(initial=-1), none.max(initial=-1)))]
        if stay is None and isinstance(where, slice) and where == slice(0, len(self.rows)):
            self.figures = figures  # all of them, of which nobody else has a copy
            return
        for name, told in self.figures.items():
            if len(mine):
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


def what_is_told(
    plan: Plan, state: State, quantities: Quantities, streams: Streams, sharings: bool = False
) -> Told | None:
    """What sites tell, None where all is seen as it is at all times; no figures that nobody would read. With
    `sharings` it is taken down what those see who share goods."""
    fails = quantities.touched("cell.blackout")
    if plan.information is None and not fails:
        return None
    own = None if plan.information is None or quantities.open else {v.channel for v in plan.information.views if v.own}
    # a policy that comes later may look back on any number of arrivals
    arrivals = tuple(range(1, MOST_ARRIVALS + 1)) if quantities.open else plan.looking_back.arrivals
    told = Told(plan, state, streams, tuple(_names(plan, state, quantities.open, sharings)), arrivals, own)
    if fails:
        told.add(EXACT, np.ones(len(plan.network.cell_site), dtype=bool), -plan.network.calendar.warm_up - 1)
    return told


def _names(plan: Plan, state: State, may_change: bool, sharings: bool) -> list[str]:
    """The figures that somebody goes by, or may one day where policies may change."""
    information, gives = plan.information, bool(plan.transfers)
    read = {"on_hand": True, "backlog": state.waits, "short": may_change or plan.looking_back.sees("demand unmet")}
    if information is not None:
        own = may_change or any(view.own and view.channel != EXACT for view in information.views)
        echelon = may_change or plan.looking_back.at("echelon")
        of_others = echelon or (gives and _gives_by_report(plan, information))
        coming = of_others or sharings or plan.shares_by_cover
        owed = of_others or bool(plan.sourcing.moves.any())
        read |= {"in_transit": coming, "owed_out": owed, "but orders": own, "position": echelon}
        read |= {"but gifts": own and gives, "coming but gifts": own and gives}
    return [name for name, is_read in read.items() if is_read]


def _gives_by_report(plan: Plan, information: InformationPlan) -> bool:
    """Whether somebody who may give goods sees who gets them by reports that come later than at once."""
    network, owner = plan.network, information.owner
    giver, taker = (owner[end[network.orders :]] for end in (network.flow_source, network.flow_buyer))
    return bool((giver != taker).any()) or any(view.own and view.channel != EXACT for view in information.views)
