"""Times drawn at random for lanes, gates and others, as a run meets them.

What is drawn depends on the seed, the replication and the name alone, never on policies or disruptions.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np

from sim.model.chance.distributions import Times
from sim.model.part import Part
from sim.rng import BLOCK_DAYS, Streams


def block_of(day: int) -> tuple[int, int, int]:
    """(number of the block in its stream, its first day, position of the day in it); days before 0 have blocks too."""
    block, position = divmod(day, BLOCK_DAYS)
    return (2 * block if block >= 0 else -2 * block - 1), block * BLOCK_DAYS, position


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
        drawn = [k for k, t in enumerate(times) if t.draw is not None]
        self._draws = list(zip([times[k] for k in drawn], streams.keys(names[k] for k in drawn), strict=True))
        self._random = np.array(drawn, dtype=np.int64)
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

    def at(self, things: np.ndarray, now: np.ndarray | float) -> np.ndarray:
        """Times of `things`, shape (n,), for events on the day of `now` (one for all or one each)."""
        if not self._draws:
            means: np.ndarray = self._mean[things]
            return means
        if self._later is not None:
            turn, tape = self._later
            late = np.broadcast_to(np.asarray(now) >= turn, things.shape)
            if late.any():
                each = np.broadcast_to(now, things.shape).astype(float)
                times = np.empty(len(things))
                times[late], times[~late] = tape.at(things[late], each[late]), self._at(things[~late], each[~late])
                return times
        return self._at(things, now)

    def _at(self, things: np.ndarray, now: np.ndarray | float) -> np.ndarray:
        times = self._mean[things]
        random = (self._column[things] >= 0).nonzero()[0]
        if not isinstance(now, np.ndarray):
            block, position = divmod(math.floor(now), BLOCK_DAYS)
            times[random] = self._drawn(block, position, self._column[things[random]])
            return times
        blocks, positions = np.divmod(np.floor(now[random]).astype(np.int64), BLOCK_DAYS)
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
