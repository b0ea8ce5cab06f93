"""Plain demand of one replication, drawn ahead in blocks of days: what it is before any run changes it.

The draws depend on the demand, the calendar, the seed and the replication alone. So one source serves every run of the
replication: its strategies, and the twins without disruptions.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.engine.plan import DemandEntry, DemandPlan
from sim.errors import SimulationError
from sim.model.network import Calendar
from sim.model.part import Part
from sim.rng import BLOCK_DAYS, Streams

KEPT_BYTES = 256 * 2**20
"""Bytes of drawn demand kept for the next run at most: a year of 200,000 site-products, with a warm-up, takes 250."""
YEAR = 365.25
BATCH = 128
"""Streams drawn before their numbers are laid out by day: small enough for a processor's cache."""
WIDTHS = (np.int16, np.int32, np.int64)
"""Types in which drawn units are kept: the first that holds them, since fresh memory is dear."""


class DemandSource(Part):
    """Whole units demanded each day over demand cells, before surges and patients that join.

    Blocks are kept up to `keep` bytes, the first ones asked for; a block above that is drawn whenever it is asked for,
    in the memory of the one before it. `random` tells which entries are drawn.
    """

    SCRATCH = ("_kept", "_left", "_last", "_first")

    def __init__(self, plan: DemandPlan, calendar: Calendar, streams: Streams, keep: int = 0) -> None:
        self.plan = plan
        self.calendar = calendar
        self._streams = streams
        self._left = keep
        self._kept: dict[int, np.ndarray] = {}
        self._last = np.zeros((0, len(plan.cell)), dtype=WIDTHS[0])
        self._first: int | None = None
        self.random = np.array([e.recorded is None and e.kind.random for e in plan.entries], dtype=bool)
        self._keys = streams.keys(plan.names) if self.random.any() else []

    def __getstate__(self) -> dict[str, Any]:
        return vars(self) | {"_kept": {}, "_last": self._last[:0], "_first": None}

    def rejoin(self) -> None:
        self._last, self._first = self._last[:0].copy(), None  # memory of its own

    def serves(self, plan: DemandPlan, calendar: Calendar, streams: Streams) -> bool:
        """Whether these are the draws that a source of its own would give."""
        mine = self.plan
        return (
            streams.key("") == self._streams.key("")
            and (calendar.warm_up, calendar.days) == (self.calendar.warm_up, self.calendar.days)
            and (plan is mine or (plan.names == mine.names and _equal(drawn_from(plan)[1:], drawn_from(mine)[1:])))
        )

    def turned(self, day: int, streams: Streams) -> TurnedSource:
        """These draws until a day, those of other streams from it on."""
        return TurnedSource(self, day, DemandSource(self.plan, self.calendar, streams))

    def block(self, number: int, first: int) -> np.ndarray:
        """Block `number` of the streams, which begins on day `first`: units (days, demand cells), not to be written to.

        What is not kept is good until the next block is asked for.
        """
        if first in self._kept:
            return self._kept[first]
        if first != self._first:
            days = min(BLOCK_DAYS, self.calendar.days - first)
            if days * self._last.shape[1] * self._last.itemsize <= self._left:
                self._last = self._last[:0].copy()  # memory of its own
            self._last, self._first = self._draw(number, first), first
        block = self._last.view()
        block.setflags(write=False)
        if block.nbytes <= self._left:
            self._kept[first] = block
            self._left -= block.nbytes
            self._last, self._first = self._last[:0].copy(), None
        return block

    def shape(self, entry: int, days: np.ndarray) -> np.ndarray:
        """Mean demand of an entry on some days, as a multiple of its usual mean: season, rhythm, first and last day."""
        return shape_of(self.plan.entries[entry], days)

    def _draw(self, number: int, first: int) -> np.ndarray:
        plan = self.plan
        start = max(first, -self.calendar.warm_up)
        days = np.arange(first, min(first + BLOCK_DAYS, self.calendar.days), dtype=float)
        block = self._cleared(len(days))
        shapes = [self.shape(entry, days) for entry in range(len(plan.entries))]
        # a scalar mean draws several times faster than an array of equal means
        flat = [float(shape[0]) if (shape == shape[0]).all() else None for shape in shapes]
        drawn = np.zeros((BATCH, len(days)), dtype=np.int64)
        some = self.random & np.array([level is None or level > 0 for level in flat], dtype=bool)
        shape = [one if level is None else level for one, level in zip(shapes, flat, strict=True)]
        draw, count = [entry.kind.draw for entry in plan.entries], len(days)
        cells = (some[plan.entry] & (plan.mean > 0)).nonzero()[0]
        without = [None if (one > 0).all() else one <= 0 for one in shapes]  # days on which nobody comes
        entries, means, keys, stream = plan.entry.tolist(), plan.mean.tolist(), self._keys, self._streams.at
        for begin in range(0, len(cells), BATCH):
            batch = cells[begin : begin + BATCH].tolist()
            for row, k in enumerate(batch):
                entry = entries[k]
                drawn[row] = draw[entry](stream(keys[k], number), means[k] * shape[entry], count)
                if (none := without[entry]) is not None:
                    drawn[row, none] = 0
            together = batch[-1] - batch[0] < len(batch)
            place = slice(batch[0], batch[-1] + 1) if together else batch
            block = _put(block, np.s_[:, place], drawn[: len(batch)].T)
        block = self._carry_forward(block, days, shapes)
        at, k, units = plan.recorded
        inside = slice(*np.searchsorted(at, (start, first + len(days))))
        return never_negative(_put(block, (at[inside] - first, k[inside]), units[inside]), first)

    def _cleared(self, days: int) -> np.ndarray:
        """A block of zeros, in the old one's memory where there is enough of it."""
        if days > len(self._last):
            return np.zeros((days, len(self.plan.cell)), dtype=self._last.dtype)
        block = self._last[:days]
        block[:] = 0
        return block

    def _carry_forward(self, block: np.ndarray, days: np.ndarray, shapes: list[np.ndarray]) -> np.ndarray:
        """Deterministic demand: the whole units by which the running total grows on each day; returns the block."""
        for entry, shape in enumerate(shapes):
            if self.random[entry] or self.plan.entries[entry].recorded is not None:
                continue
            mine = (self.plan.entry == entry).nonzero()[0]
            e = self.plan.entries[entry]
            steady = e.even
            before = self._elapsed(entry, float(days[0])) + (days - days[0] if steady else np.cumsum(shape) - shape)
            total = np.outer(before, self.plan.mean[mine])
            grown = np.outer(before + (1.0 if steady else shape), self.plan.mean[mine])
            units = np.floor(grown + 1e-9) - np.floor(total + 1e-9)
            block = _put(block, np.s_[:, mine], units * ((shape > 0)[:, None] if steady else 1))
        return block

    def _elapsed(self, entry: int, day: float) -> float:
        """Days of mean demand from the entry's first day (or the start) until `day`; below 0 before it."""
        e = self.plan.entries[entry]
        origin = e.first if np.isfinite(e.first) else 0.0
        if e.even:
            return day - origin
        days = np.arange(min(origin, day), max(origin, day))
        return float(np.copysign(self.shape(entry, days).sum(), day - origin))


class TurnedSource:
    """The draws of one source before a day, and of another from that day on. A `DemandSource` in all that is asked."""

    def __init__(self, before: DemandSource | TurnedSource, day: int, after: DemandSource) -> None:
        self._before, self._day, self._after = before, day, after
        self.random, self.shape = after.random, after.shape

    def block(self, number: int, first: int) -> np.ndarray:
        """As of `DemandSource`."""
        if first >= self._day:
            return self._after.block(number, first)
        block = self._before.block(number, first)
        if first + len(block) <= self._day:
            return block
        place = self._day - first
        return np.concatenate([block[:place], self._after.block(number, first)[place:]])

    def turned(self, day: int, streams: Streams) -> TurnedSource:
        """As of `DemandSource`."""
        return TurnedSource(self, day, DemandSource(self._after.plan, self._after.calendar, streams))


def shape_of(e: DemandEntry, days: np.ndarray, always: bool = False) -> np.ndarray:
    """Mean demand of an entry on some days, as a multiple of its usual mean; `always`: without a first and last day,
    seasons and holidays."""
    wave = (
        1 + e.amplitude * np.cos(2 * np.pi * (days - e.peak) / YEAR)
        if e.amplitude and not always
        else np.ones(len(days))
    )
    if e.rhythm:
        wave = wave * np.array(e.rhythm)[np.mod(days, len(e.rhythm)).astype(np.int64)]
    if always:
        return wave
    if e.holidays:
        on, share = np.array(e.holidays).T
        wave = wave * np.where(np.isin(days, on), share[np.searchsorted(on, days).clip(max=len(on) - 1)], 1.0)
    return wave * ((days >= e.first) & (days < e.over))


def _put(block: np.ndarray, place: tuple[Any, Any], units: np.ndarray) -> np.ndarray:
    """Enter units at a place of the block; returns the block, in a wider type if they need one."""
    most = units.max(initial=0)
    if most > np.iinfo(block.dtype).max:
        block = block.astype(next((width for width in WIDTHS if most <= np.iinfo(width).max), WIDTHS[-1]))
    block[place] = units
    return block


def never_negative(units: np.ndarray, day: int) -> np.ndarray:
    """Units demanded, as given; raises SimulationError where some are below zero. `day` is their first."""
    if (least := units.min(initial=0)) < 0:
        raise SimulationError(f"demand is negative ({int(least):,} units) on day {day} or in the days drawn with it")
    return units


def drawn_from(plan: DemandPlan) -> tuple[Any, ...]:
    """What the draws of a seed and a calendar depend on: names first; sites only where units are recorded by site."""
    recorded = any(e.recorded is not None for e in plan.entries)
    entries = tuple(tuple(vars(e).values()) for e in plan.entries)
    return plan.names, plan.entry, plan.mean, entries, plan.site if recorded else None


def _equal(one: Any, other: Any) -> bool:
    if isinstance(one, np.ndarray) and isinstance(other, np.ndarray):
        return one is other or np.array_equal(one, other)
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(_equal, one, other))
    return bool(one == other)
