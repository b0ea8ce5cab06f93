"""Named random streams: one per purpose and entity, so that nothing one thing draws shifts another.

A stream is a PCG64-DXSM generator whose state and increment are a hash of (seed, replication, name): block k of a
stream is the same numbers however many other streams, blocks or strategies exist. Blocks lie 2**64 draws apart.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np

BLOCK_DAYS = 256
"""Days drawn at a time; part of the definition of a stream, so changing it changes results."""

Key = tuple[int, int]
"""State and increment of a stream's generator, 128 bits each."""


class Streams:
    """Random generators by name for one replication of one seed; `luck` tells apart what may come after a fork.

    Re-keying one generator costs about 3 us, against some 14 us for a new one (measured on CPython 3.11), which is
    what lets every site and product have a stream of its own.
    """

    def __init__(self, seed: int, replication: int = 0, luck: str = "") -> None:
        self.replication = replication
        self._of = seed, replication, luck
        self._prefix = hashlib.blake2b(f"{seed}/{replication}/{luck}".encode(), digest_size=32)
        self._bits = np.random.PCG64DXSM(0)
        self._state = self._bits.state  # without half a draw left over, so that none is handed to the next stream
        self._place = self._state["state"]
        self._generator = np.random.Generator(self._bits)

    def __reduce__(self) -> tuple[type[Streams], tuple[int, int, str]]:
        return Streams, self._of

    def turned(self, day: int, luck: int) -> Streams:
        """Other streams of the same names, for what comes from `day` on; the same ones for the same day and luck."""
        seed, replication, before = self._of
        return Streams(seed, replication, f"{before}luck {luck} from {day}/")

    def key(self, name: str) -> Key:
        """The key of a stream."""
        hasher = self._prefix.copy()
        hasher.update(name.encode())
        digest = hasher.digest()
        # an increment must be odd
        return int.from_bytes(digest[:16], "little"), int.from_bytes(digest[16:], "little") | 1

    def keys(self, names: Sequence[str]) -> list[Key]:
        """The keys of many streams."""
        return list(map(self.key, names))

    def at(self, key: Key, block: int) -> np.random.Generator:
        """The generator set to the start of block `block` (0, 1, ...) of the stream with this key.

        One generator is shared and re-keyed: draw what you need before asking for the next stream.
        """
        self._place["state"], self._place["inc"] = key
        self._bits.state = self._state
        if block:
            self._bits.advance(block << 64)
        return self._generator

    def named(self, name: str, block: int = 0) -> np.random.Generator:
        """The generator at the start of a block of the stream with this name; see `at`."""
        return self.at(self.key(name), block)
