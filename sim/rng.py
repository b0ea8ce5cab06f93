"""Named random streams: one per purpose and entity, so that nothing one thing draws shifts another.

A stream is a PCG64-DXSM generator whose state and increment are a hash of (seed, replication, name): block k of a
stream is the same numbers however many other streams, blocks or strategies exist. Blocks lie 2**64 draws apart.
"""

from __future__ import annotations

import ctypes
import hashlib
import struct
import sys
from collections.abc import Iterable
from functools import cache
from typing import Any

import numpy as np

BLOCK_DAYS = 256
"""Days drawn at a time; part of the definition of a stream, so changing it changes results."""

Key = bytes
"""State and increment of a stream's generator, 128 bits each, low bytes first."""
_KEY_BYTES = 32
_INCREMENT = 16
"""Where in a key the increment begins."""
_NO_HALF = bytes(8)
_MULTIPLIER = 0xDA942042E4DD58B5
"""Of PCG64-DXSM, whose next state is multiplier x state + increment, mod 2**128."""
_BELOW = 2**128 - 1


class Streams:
    """Random generators by name for one replication of one seed; `luck` tells apart what may come after a fork.

    A new generator costs some 14 us, re-keying one 3 us, and 0.3 us where its state is written to where it lies
    (measured on CPython 3.11), which is what lets every site and product have a stream of its own.
    """

    def __init__(self, seed: int, replication: int = 0, luck: str = "") -> None:
        self.replication = replication
        self._of = seed, replication, luck
        self._prefix = hashlib.blake2b(f"{seed}/{replication}/{luck}".encode(), digest_size=_KEY_BYTES)
        self._bits = np.random.PCG64DXSM(0)
        self._generator = np.random.Generator(self._bits)
        self._memory = _memory(self._bits)

    def __reduce__(self) -> tuple[type[Streams], tuple[int, int, str]]:
        return Streams, self._of

    def turned(self, day: int, luck: int) -> Streams:
        """Other streams of the same names, for what comes from `day` on; the same ones for the same day and luck."""
        seed, replication, before = self._of
        return Streams(seed, replication, f"{before}luck {luck} from {day}/")

    def key(self, name: str) -> Key:
        """The key of a stream."""
        return self.keys((name,))[0]

    def keys(self, names: Iterable[str]) -> list[Key]:
        """The keys of many streams, which are found together: there is one for each site and product."""
        digests = bytearray()
        for name in names:
            hasher = self._prefix.copy()
            hasher.update(name.encode())
            digests += hasher.digest()
        np.frombuffer(digests, dtype=np.uint8)[_INCREMENT::_KEY_BYTES] |= 1  # an increment must be odd
        keys = bytes(digests)
        return [keys[begin : begin + _KEY_BYTES] for begin in range(0, len(keys), _KEY_BYTES)]

    def at(self, key: Key, block: int) -> np.random.Generator:
        """The generator set to the start of block `block` (0, 1, ...) of the stream with this key.

        One generator is shared and re-keyed: draw what you need before asking for the next stream.
        """
        if block:
            key = _ahead(key, block)
        if self._memory is None:
            self._bits.state = _state(key)
        else:
            self._memory[0][:], self._memory[1][:] = key, _NO_HALF
        return self._generator

    def named(self, name: str, block: int = 0) -> np.random.Generator:
        """The generator at the start of a block of the stream with this name; see `at`."""
        return self.at(self.key(name), block)


def _ahead(key: Key, block: int) -> Key:
    """The key whose state is where the generator of this one begins block `block`."""
    factor, steps = _leap(block)
    state, increment = int.from_bytes(key[:_INCREMENT], "little"), int.from_bytes(key[_INCREMENT:], "little")
    return (factor * state + steps * increment & _BELOW).to_bytes(_INCREMENT, "little") + key[_INCREMENT:]


@cache
def _leap(block: int) -> tuple[int, int]:
    """By what state and increment are multiplied to be n = `block` x 2**64 draws on: m**n and 1 + m + ... + m**(n-1),
    which is (m**n - 1) / (m - 1) [1]_, mod 2**128. Going there with numpy's `advance` takes twice as long.

    .. [1] F. Brown, Random number generation with arbitrary strides, Trans. Am. Nucl. Soc. 71 (1994) 202.
    """
    power = pow(_MULTIPLIER, block << 64, _MULTIPLIER - 1 << 128)
    return power & _BELOW, (power - 1) // (_MULTIPLIER - 1) & _BELOW


def _state(key: Key, half: int | None = None) -> Any:
    """A generator's state; `half` a draw is left over, which the next draw of 32 bits would be given."""
    place = {"state": int.from_bytes(key[:16], "little"), "inc": int.from_bytes(key[16:], "little")}
    return {"bit_generator": "PCG64DXSM", "state": place, "has_uint32": half is not None, "uinteger": half or 0}


def _memory(bits: np.random.PCG64DXSM) -> tuple[memoryview, memoryview] | None:
    """Where a generator keeps its key, and whether half a draw is left over with that half.

    Both are looked for by what they hold once the state is known. None where it is kept otherwise, as it is by numpy
    for compilers that do not count in 128 bits: then there is only the slower way, of setting the state.
    """
    key, half = bytes(range(1, 33)), 0x21222324
    bits.state = _state(key, half)
    size = sys.getsizeof(bits)
    held = ctypes.string_at(id(bits), size)
    found = [(held.find(what), len(what)) for what in (key, struct.pack("=iI", 1, half))]
    if any(place < 0 for place, _ in found):
        return None
    mine = np.ctypeslib.as_array((ctypes.c_ubyte * size).from_address(id(bits)))
    one, other = (mine[place : place + many].data for place, many in found)
    return one, other
