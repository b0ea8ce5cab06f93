"""Everything drawn at random, drawn ahead in blocks: demand by site and product, times by lane and gate.

What is drawn depends on the seed, the replication and the name alone, never on policies or disruptions.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from sim.engine.plan import DemandPlan
from sim.engine.surges import Joined, Surges
from sim.model.distributions import Times
from sim.model.effects import Arrivals
from sim.model.network import Calendar
from sim.rng import BLOCK_DAYS, Streams

YEAR = 365.25
BATCH = 128
"""Streams drawn before their numbers are laid out by day: small enough for a processor's cache."""
WIDTHS = (np.int16, np.int32, np.int64)
"""Types in which drawn units are kept: the first that holds them, since fresh memory is dear."""


def block_of(day: int) -> tuple[int, int, int]:
    """(number of the block in its stream, its first day, position of the day in it); days before 0 have blocks too."""
    block, position = divmod(day, BLOCK_DAYS)
    return (2 * block if block >= 0 else -2 * block - 1), block * BLOCK_DAYS, position


class DemandTape:
    """Whole units demanded each day over demand cells, before and with surges and the patients that join."""

    def __init__(
        self, plan: DemandPlan, calendar: Calendar, streams: Streams, arrivals: Sequence[Arrivals] = ()
    ) -> None:
        self._plan = plan
        self._calendar = calendar
        self._streams = streams
        self._keys = streams.keys(plan.names)
        self._block = np.zeros((0, len(plan.cell)), dtype=WIDTHS[0])
        self._first: int | None = None
        self._random = np.array([e.recorded is None and e.kind.random for e in plan.entries], dtype=bool)
        self._recorded = self._recorded_rows()
        self._surges = Surges(plan, streams, self._random, self._shape)
        self._joined = Joined(plan, streams, self._random, arrivals) if arrivals else None

    def day(self, day: int, factor: np.ndarray | None = None) -> np.ndarray:
        """Demand of a day, int64 over demand cells; `factor` multiplies the mean where it is not 1.

        The patients of the plain tape come whatever the factor: above 1 others join them, below 1 some stay away.
        """
        number, first, position = block_of(day)
        if first != self._first:
            self._draw(number, first)
        demand = self._block[position].astype(np.int64)
        if factor is not None and (changed := np.flatnonzero(factor != 1)).size:
            demand[changed] = self._surges.demand(changed, factor[changed], day, self._block[position:])
        if self._joined is not None:
            demand[self._joined.cells] += self._joined.units[position]
        return demand

    def mean(self, day: int) -> np.ndarray:
        """Mean units a day over demand cells, on one day, with season and dates."""
        days = np.array([day], dtype=float)
        shapes = np.array([self._shape(entry, days)[0] for entry in range(len(self._plan.entries))])
        return self._plan.mean * shapes[self._plan.entry]

    def _shape(self, entry: int, days: np.ndarray) -> np.ndarray:
        e = self._plan.entries[entry]
        wave = 1 + e.amplitude * np.cos(2 * np.pi * (days - e.peak) / YEAR) if e.amplitude else np.ones(len(days))
        return wave * ((days >= e.first) & (days < e.over))

    def _draw(self, number: int, first: int) -> None:
        plan = self._plan
        start = max(first, -self._calendar.warm_up)
        days = np.arange(first, min(first + BLOCK_DAYS, self._calendar.days), dtype=float)
        block = self._cleared(len(days))
        shapes = [self._shape(entry, days) for entry in range(len(plan.entries))]
        # a scalar mean draws several times faster than an array of equal means
        flat = [float(shape[0]) if (shape == shape[0]).all() else None for shape in shapes]
        drawn = np.zeros((BATCH, len(days)), dtype=np.int64)
        some = self._random & np.array([level is None or level > 0 for level in flat], dtype=bool)
        shape = [one if level is None else level for one, level in zip(shapes, flat, strict=True)]
        draw = [entry.kind.draw for entry in plan.entries]
        cells = np.flatnonzero(some[plan.entry] & (plan.mean > 0))
        entries, means, keys, stream = plan.entry.tolist(), plan.mean.tolist(), self._keys, self._streams.at
        for begin in range(0, len(cells), BATCH):
            batch = cells[begin : begin + BATCH].tolist()
            for row, k in enumerate(batch):
                entry = entries[k]
                drawn[row] = draw[entry](stream(keys[k], number), means[k] * shape[entry], len(days))
            together = batch[-1] - batch[0] < len(batch)
            place = slice(batch[0], batch[-1] + 1) if together else batch
            block = _put(block, np.s_[:, place], drawn[: len(batch)].T)
        block = self._carry_forward(block, days, shapes)
        at, k, units = self._recorded
        inside = (at >= start) & (at < first + len(days))
        block = _put(block, (at[inside] - first, k[inside]), units[inside])
        if self._joined is not None:
            self._joined.draw(number, first, len(days))
        self._block, self._first = block, first

    def _cleared(self, days: int) -> np.ndarray:
        """A block of zeros, in the old one's memory where there is enough of it."""
        if days > len(self._block):
            return np.zeros((days, len(self._plan.cell)), dtype=self._block.dtype)
        block = self._block[:days]
        block[:] = 0
        return block

    def _carry_forward(self, block: np.ndarray, days: np.ndarray, shapes: list[np.ndarray]) -> np.ndarray:
        """Deterministic demand: the whole units by which the running total grows on each day; returns the block."""
        for entry, shape in enumerate(shapes):
            if self._random[entry] or self._plan.entries[entry].recorded is not None:
                continue
            mine = np.flatnonzero(self._plan.entry == entry)
            e = self._plan.entries[entry]
            steady = not e.amplitude
            before = self._elapsed(entry, float(days[0])) + (days - days[0] if steady else np.cumsum(shape) - shape)
            total = np.outer(before, self._plan.mean[mine])
            grown = np.outer(before + (1.0 if steady else shape), self._plan.mean[mine])
            units = np.floor(grown + 1e-9) - np.floor(total + 1e-9)
            block = _put(block, np.s_[:, mine], units * ((shape > 0)[:, None] if steady else 1))
        return block

    def _elapsed(self, entry: int, day: float) -> float:
        """Days of mean demand from the entry's first day (or the start) until `day`; below 0 before it."""
        e = self._plan.entries[entry]
        origin = e.first if np.isfinite(e.first) else 0.0
        if not e.amplitude:
            return day - origin
        days = np.arange(min(origin, day), max(origin, day))
        return float(np.copysign(self._shape(entry, days).sum(), day - origin))

    def _recorded_rows(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """(day, demand cell, units) of demand that was recorded, not drawn."""
        plan, nothing = self._plan, np.zeros(0, dtype=np.int64)
        found = [(nothing, nothing, nothing)]
        for entry, e in enumerate(plan.entries):
            mine = np.flatnonzero(plan.entry == entry)  # one cell a site, since an entry has one product
            if e.recorded is not None and mine.size:
                days, where, units = e.recorded
                at = np.full(max(int(where.max(initial=0)), int(plan.site.max(initial=0))) + 1, -1)
                at[plan.site[mine]] = mine
                known = at[where] >= 0
                found.append((days[known], at[where[known]], units[known]))
        day, cell, units = (np.concatenate(part) for part in zip(*found, strict=True))
        return day, cell, units


def _put(block: np.ndarray, place: tuple[Any, Any], units: np.ndarray) -> np.ndarray:
    """Enter units at a place of the block; returns the block, in a wider type if they need one."""
    most = units.max(initial=0)
    if most > np.iinfo(block.dtype).max:
        block = block.astype(next((width for width in WIDTHS if most <= np.iinfo(width).max), WIDTHS[-1]))
    block[place] = units
    return block


class TimeTape:
    """One time a day for each of some named things (lanes, gates): days, drawn in blocks.

    The last block asked for and the one before it are kept. Of earlier days, which only goods that are long under way
    ask for, what is asked for is drawn again: one block of one stream for each thing named, the same numbers as before.
    """

    def __init__(self, names: Sequence[str], times: Sequence[Times], streams: Streams) -> None:
        self._streams = streams
        self._mean = np.array([t.mean for t in times])
        draws = [(t.draw, names[k]) for k, t in enumerate(times) if t.draw is not None]
        self._draws = [(draw, streams.key(name)) for draw, name in draws]
        self._random = np.array([k for k, t in enumerate(times) if t.draw is not None], dtype=np.int64)
        self._column = np.full(len(times), -1)
        self._column[self._random] = np.arange(len(self._random))
        self._blocks: dict[int, np.ndarray] = {}
        self._last: int | None = None

    def at(self, things: np.ndarray, day: np.ndarray | float) -> np.ndarray:
        """Times of `things`, shape (n,), for events on `day` (whole days, one for all or one each)."""
        times = self._mean[things]
        if self._draws:
            random = np.flatnonzero(self._column[things] >= 0)
            if not isinstance(day, np.ndarray):
                block, position = divmod(int(day), BLOCK_DAYS)
                times[random] = self._drawn(block, position, self._column[things[random]])
                return times
            blocks, positions = np.divmod(day[random].astype(np.int64), BLOCK_DAYS)
            for block in np.unique(blocks):
                mine = blocks == block
                here = random[mine]
                times[here] = self._drawn(int(block), positions[mine], self._column[things[here]])
        return times

    def _drawn(self, block: int, position: np.ndarray | int, columns: np.ndarray) -> np.ndarray:
        """Times at positions in a block of some columns, shape (n,)."""
        kept = self._blocks.get(block)
        if kept is None:
            if self._last is not None and block < self._last - 1:
                some, which = np.unique(columns, return_inverse=True)
                return np.asarray(self._draw(block, some.tolist())[position, which])
            if self._last is None or block > self._last:
                self._last = block
                self._blocks = {k: drawn for k, drawn in self._blocks.items() if k == block - 1}
            kept = self._blocks[block] = self._draw(block, range(len(self._draws)))
        return np.asarray(kept[position, columns])

    def _draw(self, block: int, columns: Iterable[int]) -> np.ndarray:
        """A block of some columns; shape (days, columns)."""
        number = block_of(block * BLOCK_DAYS)[0]
        drawn = [draw(self._streams.at(key, number), BLOCK_DAYS) for draw, key in map(self._draws.__getitem__, columns)]
        return np.column_stack(drawn) if drawn else np.zeros((BLOCK_DAYS, 0))
