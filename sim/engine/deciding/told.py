"""What has been told of cells: the last figures that came through each channel, and those that are on their way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from sim.engine.deciding.report_luck import DailyLuck
from sim.engine.informed import EXACT, STOCK, Channel, InformationPlan, Seen
from sim.engine.plan import Plan
from sim.engine.state.state import State
from sim.model.part import Part
from sim.rng import Streams

Figures = dict[str, np.ndarray]
ALWAYS_TOLD = ("on_hand", "backlog", "short")
NOT_TOLD = -1
"""As the place of a figure: what is seen is so as it is."""


def journeys_of(number: int) -> tuple[str, str, str]:
    """The names under which it is told how long the last so many arrivals were on their way."""
    return f"took {number}", f"planned {number}", f"came {number}"


class Told(Part):
    """Reports of (channel, cell) pairs, each pair once: arrays over them.

    `figures` are those of the last report that has come, and `made` the evening it was made on. Before any came they
    are those of the evening before the first day. `_waiting` has, by the evening they were made on, the reports that
    have not come: which pairs made one, and their figures. Groups of other rows, each of them told with a pair, go
    along (`Along`).
    """

    CHANGES = ("figures", "made", "_waiting", "_channels", "channel", "cell", "_place")
    VIEWS = ("_lag", "_every", "_missing", "_error", "_lags")

    def __init__(
        self, plan: Plan, state: State, streams: Streams, names: tuple[str, ...] = (), arrivals: tuple[int, ...] = ()
    ) -> None:
        network = plan.network
        self._state, self._cells = state, len(network.cell_site)
        self._channels: list[Channel] = [EXACT]
        none = np.zeros(0, dtype=np.int64)
        self._names, self._arrivals = (*ALWAYS_TOLD, *names), arrivals
        self.channel = self.cell = self.made = none
        self._place = np.full((1, self._cells), NOT_TOLD, dtype=np.int64)
        self.figures = self._truth(none)
        self._waiting: dict[int, tuple[np.ndarray, Figures, list[Figures]]] = {}
        self._site = network.cell_site
        sites = [] if plan.information is None else network.site_names(np.arange(len(network.sites)))
        goods = network.products["name"].to_numpy()[network.cell_product]
        self._lost = DailyLuck([f"report/{name}" for name in sites], False, streams)
        cells = zip((sites[site] for site in network.cell_site.tolist()), goods, strict=True) if sites else ()
        self._counts = DailyLuck([f"count/{site}/{product}" for site, product in cells], True, streams)
        self.along: list[Along] = []
        self.rejoin()

    def rejoin(self) -> None:
        table = np.array([(c.lag, c.every, c.missing, c.error) for c in self._channels])[self.channel]
        self._lag, self._every = table[:, :2].T.astype(np.int64)
        self._missing, self._error = table[:, 2:].T
        self._lags: list[int] = np.unique(self._lag).tolist()

    def add(self, channel: Channel, cells: np.ndarray, day: int) -> None:
        """From now on these cells (a mask) report through a channel; until a report comes, their figures of now are
        what has been told."""
        if channel not in self._channels:
            self._channels = [*self._channels, channel]
            self._place = np.vstack([self._place, np.full(self._cells, NOT_TOLD)])
        row = self._channels.index(channel)
        new = np.flatnonzero(cells & (self._place[row] == NOT_TOLD))
        if not len(new):
            return
        self._place[row, new] = len(self.cell) + np.arange(len(new))
        self.channel = np.concatenate([self.channel, np.full(len(new), row)])
        self.cell = np.concatenate([self.cell, new])
        self.made = np.concatenate([self.made, np.full(len(new), day)])
        truth = self._truth(new)
        self.figures = {name: np.concatenate([self.figures[name], x]) for name, x in truth.items()}
        for made, (due, figures, along) in self._waiting.items():
            figures = {name: np.concatenate([x, truth[name]]) for name, x in figures.items()}
            self._waiting[made] = np.concatenate([due, np.zeros(len(new), dtype=bool)]), figures, along
        self.rejoin()

    def at(self, seen: Seen, cells: np.ndarray | slice, channels: Sequence[Channel] = ()) -> np.ndarray:
        """Where the figures stand that are told of cells through these channels; NOT_TOLD where they are not."""
        number = {channel: row for row, channel in enumerate(self._channels)}
        rows = np.array([*(number.get(channel, 0) for channel in channels), 0])  # that of AT_ONCE is the last
        return np.asarray(self._place[rows[seen.channel], np.arange(self._cells)[cells]])

    def is_at_once(self, at: np.ndarray) -> np.ndarray:
        """Whether what stands at these places is told at once."""
        return np.asarray(self.channel[at] == 0) if len(self.channel) else np.ones(at.shape, dtype=bool)

    def comes_by(self, channel: Channel) -> np.ndarray:
        """Which pairs report through a channel; a mask."""
        return np.asarray(self.channel == self._channels.index(channel))

    def _truth(self, cells: np.ndarray) -> Figures:
        """Figures of cells as they are."""
        state = self._state
        found: Figures = {}
        for name in self._names:
            if name == "short":
                found[name] = state.today.unmet[cells] > 0
            elif name == "position":
                found[name] = state.position(cells)
            elif name == "ordered":
                assert state.totals is not None
                found[name] = state.totals.ordered[cells]
            else:
                found[name] = getattr(state, name)[cells]
        for number in self._arrivals:
            assert state.arrivals is not None
            found |= zip(journeys_of(number), state.arrivals.last(number, cells), strict=True)
        return found

    def close_day(
        self, day: int, works: np.ndarray | None, beside: Mapping[str, np.ndarray]
    ) -> tuple[np.ndarray, np.ndarray]:
        """In the evening: reports are made where systems work, and those come whose time it is. `beside` are what goes
        along. Returns which pairs make a report, and which make one that never comes; masks."""
        due = day % self._every == 0
        if not len(due):
            return due, due
        if works is not None:
            due &= works[self.cell]
        never = np.zeros(len(due), dtype=bool)
        if self._missing.any():
            never = due & (self._lost.on(day)[self._site[self.cell]] < self._missing)
            due &= ~never
        figures = self._truth(self.cell)
        if self._error.any():
            counted = figures["on_hand"] * (1 + self._error * self._counts.on(day)[self.cell])
            counted = np.maximum(0, np.rint(counted)).astype(np.int64)
            if "position" in figures:
                figures["position"] += counted - figures["on_hand"]
            figures["on_hand"] = counted
        self._waiting[day] = due, figures, [along.of(beside) for along in self.along]
        for lag in self._lags:
            if day - lag in self._waiting:
                self._come(day - lag, lag)
        self._waiting.pop(day - self._lags[-1], None)
        return due, never

    def _come(self, made: int, lag: int) -> None:
        due, figures, along = self._waiting[made]
        now = due & (self._lag == lag)
        if not now.any():
            return
        for name, told in self.figures.items():
            np.copyto(told, figures[name], where=now)
        self.made[now] = made
        for group, values in zip(self.along, along, strict=True):
            group.come(values, now)


class Along(Part):
    """Figures of other rows (flows, orders of a pool) that are told with the report of a pair each: `at`, NOT_TOLD
    where they are seen as they are. `rows` are their positions in the arrays that these figures come from."""

    CHANGES = ("at", "figures")

    def __init__(self, rows: np.ndarray, names: tuple[str, ...]) -> None:
        self.rows, self._names = rows, names
        self.at = np.full(len(rows), NOT_TOLD)
        self.figures: Figures = {}

    def expect(self, at: np.ndarray, now: Mapping[str, np.ndarray]) -> None:
        """From now on they are told with these pairs; where that is another one than before, all is told now."""
        new = at != self.at
        values = self.of(now)
        self.figures = {name: np.where(new, values[name], self.figures.get(name, values[name])) for name in values}
        self.at = at

    def of(self, beside: Mapping[str, np.ndarray]) -> Figures:
        """Their figures as they are."""
        return {name: beside[name][self.rows] for name in self._names}

    def come(self, values: Figures, pairs: np.ndarray) -> None:
        """A report has come of some pairs, a mask."""
        mine = (self.at >= 0) & pairs[self.at]
        for name, told in self.figures.items():
            np.copyto(told, values[name], where=mine)

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
