"""Everything drawn at random, as a run meets it: demand by site and product, times by lane and gate.

What is drawn depends on the seed, the replication and the name alone, never on policies or disruptions.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from sim.engine.demand_source import DemandSource, TurnedSource, never_negative
from sim.engine.plan import DemandPlan
from sim.engine.surges import Joined, Surges
from sim.model.distributions import Times
from sim.model.effects import Impact
from sim.model.network import Calendar
from sim.model.part import Part
from sim.rng import BLOCK_DAYS, Streams


def block_of(day: int) -> tuple[int, int, int]:
    """(number of the block in its stream, its first day, position of the day in it); days before 0 have blocks too."""
    block, position = divmod(day, BLOCK_DAYS)
    return (2 * block if block >= 0 else -2 * block - 1), block * BLOCK_DAYS, position


class DemandTape(Part):
    """Whole units demanded each day over demand cells: the plain draws, with the surges and the patients of one run.

    `source` are the plain draws where an earlier run of the same replication has made them, None: they are drawn here.
    Raises ValueError where the source is of other demand.
    """

    SCRATCH = ("_block", "_first")

    def __init__(
        self, plan: DemandPlan, calendar: Calendar, streams: Streams, source: DemandSource | None = None
    ) -> None:
        if source is None:
            source = DemandSource(plan, calendar, streams)
        elif not source.serves(plan, calendar, streams):
            raise ValueError("these draws are of other demand, or of another replication")
        self._source: DemandSource | TurnedSource = source
        self._block = np.zeros((0, len(plan.cell)), dtype=np.int64)
        self._first: int | None = None
        self._surges = Surges(plan, streams, source.random, source.shape)
        self._plan, self._streams = plan, streams
        self._turns: list[tuple[int, Streams]] = []
        self._joined: Joined | None = None

    def draw_anew(self, day: int, streams: Streams) -> None:
        self._turns = [*self._turns, (day, streams)]
        self._source, self._first = self._source.turned(day, streams), None

    def join(self, impacts: Sequence[Impact]) -> None:
        """From now on the patients come whom these disruptions bring."""
        if arrivals := [added for impact in impacts for added in impact.arrivals]:
            self._joined = Joined(self._plan, self._streams, self._source.random, arrivals)
            for day, streams in self._turns:
                self._joined.draw_anew(day, streams)
            self._first = None

    def rejoin(self) -> None:
        self._first = None  # the block is the source's, which forgets it too

    def day(self, day: int, factor: np.ndarray | None = None) -> np.ndarray:
        """Demand of a day, int64 over demand cells; `factor` multiplies the mean where it is not 1.

        The patients of the plain draws come whatever the factor: above 1 others join them, below 1 some stay away.
        """
        number, first, position = block_of(day)
        if first != self._first:
            self._block, self._first = self._source.block(number, first), first
            if self._joined is not None:
                self._joined.draw(number, first, len(self._block))
        demand = self._block[position].astype(np.int64)
        if factor is not None and (changed := np.flatnonzero(factor != 1)).size:
            usual = self._block[position:]
            demand[changed] = never_negative(self._surges.demand(changed, factor[changed], day, usual), day)
        if self._joined is not None:
            demand[self._joined.cells] += never_negative(self._joined.units[position], day)
        return demand


class TimeTape(Part):
    """One time a day for each of some named things (lanes, gates): days, drawn in blocks.

    The last block asked for and the one before it are kept. Of earlier days, which only goods that are long under way
    ask for, what is asked for is drawn again: one block of one stream for each thing named, the same numbers as before.
    """

    SCRATCH = ("_blocks", "_last")

    def __init__(self, names: Sequence[str], times: Sequence[Times], streams: Streams) -> None:
        self._streams, self._named = streams, (names, times)
        self._later: tuple[int, TimeTape] | None = None
        self._mean = np.array([t.mean for t in times])
        drawn = [(t, names[k]) for k, t in enumerate(times) if t.draw is not None]
        self._draws = [(t, streams.key(name)) for t, name in drawn]
        self._random = np.array([k for k, t in enumerate(times) if t.draw is not None], dtype=np.int64)
        self._column = np.full(len(times), -1)
        self._column[self._random] = np.arange(len(self._random))
        self._blocks: dict[int, np.ndarray] = {}
        self._last: int | None = None

    def rejoin(self) -> None:
        self._blocks = dict(self._blocks)

    def draw_anew(self, day: int, streams: Streams) -> None:
        if self._later is not None:
            self._later[1].draw_anew(day, streams)
        elif self._draws:
            self._later = day, TimeTape(*self._named, streams)

    def at(self, things: np.ndarray, day: np.ndarray | float) -> np.ndarray:
        """Times of `things`, shape (n,), for events on `day` (whole days, one for all or one each)."""
        if self._later is not None:
            turn, tape = self._later
            late = np.broadcast_to(np.asarray(day) >= turn, things.shape)
            if late.any():
                days = np.broadcast_to(day, things.shape).astype(float)
                times = np.empty(len(things))
                times[late], times[~late] = tape.at(things[late], days[late]), self._at(things[~late], days[~late])
                return times
        return self._at(things, day)

    def _at(self, things: np.ndarray, day: np.ndarray | float) -> np.ndarray:
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
        some = map(self._draws.__getitem__, columns)
        drawn = [times.drawn(self._streams.at(key, number), BLOCK_DAYS) for times, key in some]
        return np.column_stack(drawn) if drawn else np.zeros((BLOCK_DAYS, 0))
