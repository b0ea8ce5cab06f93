"""The luck of reports: one number a day for each of some named things, such as whether a report comes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.engine.time_tape import block_of
from sim.model.part import Part
from sim.rng import BLOCK_DAYS, Key, Streams


class DailyLuck(Part):
    """Numbers over things, uniform on [0, 1); of a thing and a day the same whoever asks."""

    SCRATCH = ("_block", "_first", "_keys")

    def __init__(self, names: Sequence[str], streams: Streams) -> None:
        self._names, self._streams = tuple(names), streams
        self._keys: list[Key] | None = None
        self._later: tuple[int, DailyLuck] | None = None
        self._block = np.zeros((0, 0), dtype=np.float32)
        self._first: int | None = None

    def rejoin(self) -> None:
        self._first = None

    def draw_anew(self, day: int, streams: Streams) -> None:
        if self._later is not None:
            self._later[1].draw_anew(day, streams)
        else:
            self._later = day, DailyLuck(self._names, streams)

    def on(self, day: int) -> np.ndarray:
        """The numbers of a day; shape (things,)."""
        if self._later is not None and day >= self._later[0]:
            return self._later[1].on(day)
        number, first, position = block_of(day)
        if first != self._first:
            if self._keys is None:
                self._keys = self._streams.keys(self._names)
            block = np.empty((len(self._keys), BLOCK_DAYS), dtype=np.float32)
            for key, row in zip(self._keys, block, strict=True):
                self._streams.at(key, number).random(out=row, dtype=np.float32)
            self._block, self._first = block, first
        return self._block[:, position]
