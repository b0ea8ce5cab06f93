"""Demand that disruptions change: patients who join or stay away, on streams of their own, drawn some days ahead."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from sim.engine.plan import DemandPlan
from sim.model.effects import PatientArrivals
from sim.model.part import Part
from sim.rng import Key, Streams

AHEAD = 32
"""Days drawn ahead at most; part of the definition of a surge's draws."""
TINY = 1e-9
LONG_AGO = 2**31
"""Days; before any day of a run."""


class Surges(Part):
    """Demand under a factor, over demand cells.

    What joins (factor above 1) or stays away (below) is drawn for each cell for as long as its factor stays as it is:
    one day at first, then twice as many each time. Draws that begin on a day come from that day's own part of the
    cell's stream, so that they depend on the days on which the factor changed and on nothing else.
    """

    CHANGES = ("_change", "_from", "_until", "_length", "_factor", "_carried")
    SCRATCH = ("_keys",)

    def __init__(
        self, plan: DemandPlan, streams: Streams, random: np.ndarray, shape: Callable[[int, np.ndarray], np.ndarray]
    ) -> None:
        self._plan, self._streams, self._random, self._shape = plan, streams, random[plan.entry], shape
        self._keys: dict[int, Key] = {}
        self._change = np.zeros((0, len(plan.cell)), dtype=np.int64)

    def demand(self, cells: np.ndarray, factor: np.ndarray, day: int, usual: np.ndarray) -> np.ndarray:
        """Units demanded at some demand cells under their factors; `usual` from this day on, (days, all demand cells).

        Days are asked for in their order. Demand that is not random carries the fraction of a unit to the next day.
        """
        if not len(self._change):
            self._begin()
        random = self._random[cells]
        stale = random & ((self._factor[cells] != factor) | (day >= self._until[cells]))
        for k, times in zip(cells[stale].tolist(), factor[stale].tolist(), strict=True):
            self._draw(k, times, day, usual[:, k])
        change = self._change[np.where(random, day - self._from[cells], 0), cells]
        due = usual[0, cells] * factor + self._carried[cells]
        whole = np.floor(due + TINY)
        self._carried[cells] = np.where(random, 0.0, due - whole)
        return np.where(random, usual[0, cells] + change, whole).astype(np.int64)

    def draw_anew(self, day: int, streams: Streams) -> None:
        self._streams, self._keys = streams, {}
        if len(self._change):
            self._factor[self._random] = np.nan  # what was drawn ahead is drawn again

    def _begin(self) -> None:
        cells = len(self._plan.cell)
        self._change = np.zeros((AHEAD, cells), dtype=np.int64)
        self._from, self._until, self._length = np.zeros((3, cells), dtype=np.int64)
        self._until -= LONG_AGO
        self._factor, self._carried = np.ones(cells), np.zeros(cells)

    def _draw(self, k: int, factor: float, day: int, usual: np.ndarray) -> None:
        goes_on = self._factor[k] == factor and self._until[k] == day
        length = min(2 * int(self._length[k]) if goes_on else 1, AHEAD, len(usual))
        self._factor[k], self._from[k], self._until[k], self._length[k] = factor, day, day + length, length
        key = self._keys.setdefault(k, self._streams.key(self._plan.names[k] + "/surge"))
        generator = self._streams.at(key, 2 * day if day >= 0 else -2 * day - 1)
        if factor < 1:
            self._change[:length, k] = generator.binomial(usual[:length], factor) - usual[:length]
            return
        entry = int(self._plan.entry[k])
        e = self._plan.entries[entry]
        mean: float | np.ndarray = float(self._plan.mean[k]) * (factor - 1)
        if not e.even or day < e.first or day + length > e.over:  # else a scalar, which draws several times faster
            mean = mean * self._shape(entry, np.arange(day, day + length, dtype=float))
        drawn = e.kind.draw(generator, mean, length) if np.any(mean) else 0
        self._change[:length, k] = np.where(mean > 0, drawn, 0)


class Joined(Part):
    """Patients that disruptions add: Poisson around their mean, or the mean itself where demand is not random.

    `cells` are the positions of their demand cells, ascending; `units` (days of the block, those cells).
    """

    SCRATCH = ("units",)

    def __init__(
        self, plan: DemandPlan, streams: Streams, random: np.ndarray, arrivals: Sequence[PatientArrivals]
    ) -> None:
        self._arrivals = arrivals
        self.cells = np.searchsorted(plan.cell, np.unique(np.concatenate([a.cells for a in arrivals])))
        self.units = np.zeros((0, len(self.cells)), dtype=np.int64)
        self._random = random[plan.entry[self.cells]]
        self._columns = [np.searchsorted(plan.cell[self.cells], a.cells) for a in arrivals]
        names = _told_apart([f"{a.cause}/{a.place}" for a in arrivals])
        self._names = [
            [f"{plan.names[self.cells[c]]}/{name}" for c in columns.tolist()]
            for name, columns in zip(names, self._columns, strict=True)
        ]
        self._spans = [(-np.inf, streams)]

    def draw_anew(self, day: int, streams: Streams) -> None:
        self._spans = [*self._spans, (day, streams)]

    def draw(self, number: int, first: int, days: int) -> None:
        """Fill `units` for block `number`, which begins on day `first`."""
        self.units = np.zeros((days, len(self.cells)), dtype=np.int64)
        for since, streams in self._spans:
            if since < first + days:
                self.units[max(0, int(max(since, first)) - first) :] = 0
                self._draw(number, first, days, since, streams)

    def _draw(self, number: int, first: int, days: int, since: float, streams: Streams) -> None:
        for arrival, columns, names in zip(self._arrivals, self._columns, self._names, strict=True):
            begin = int(np.ceil(arrival.first))
            at = np.arange(max(first, begin), min(first + days, begin + len(arrival.cases)))
            cases = arrival.cases[at - begin]
            if not cases.any():
                continue
            total = np.concatenate(([0.0], np.cumsum(arrival.cases)))
            late = at >= since
            for column, name, weight in zip(columns.tolist(), names, arrival.weight.tolist(), strict=True):
                if self._random[column]:
                    units = streams.named(name, number).poisson(weight * cases)
                else:
                    units = np.diff(np.floor(weight * total + TINY))[at - begin].astype(np.int64)
                self.units[at[late] - first, column] += units[late]


def _told_apart(names: list[str]) -> list[str]:
    """The names, with a number from the second of each on: two epidemics without names of their own are two."""
    seen: dict[str, int] = {}
    found = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        found.append(name if seen[name] == 1 else f"{name}/{seen[name]}")
    return found
