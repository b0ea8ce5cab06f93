"""Sharing by a level that rises alike for all until the source is empty: the arithmetic of most rules.

Every claim gets what a function of its own has reached at the level of its source (parametric rules: Young 1987,
Mathematics of Operations Research 12). Each function is made of straight pieces, so that the level is found exactly.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import NamedTuple

import numpy as np

from sim.model.network import Network
from sim.policies.allocation.base import Allocation, Claims, in_turn

MILLIONTHS = 1e6
"""Shares are counted in millionths of a unit before they are rounded, so that the last digits decide no tie."""


class Piece(NamedTuple):
    """A straight piece of each claim's function: from level `begin` on `rate` units a level, up to `size` units."""

    begin: np.ndarray
    rate: np.ndarray
    size: np.ndarray


class LevelRule(Allocation):
    """A rule by which all rise together, each by its own pieces."""

    @abstractmethod
    def pieces(self, claims: Claims) -> list[Piece]:
        """Pieces of each claim, which come to what it may have."""

    def exact(self, claims: Claims, network: Network) -> np.ndarray:
        return risen(claims, self.pieces(claims))

    def share(self, claims: Claims, network: Network) -> np.ndarray:
        return rounded(claims, risen(claims, self.pieces(claims)))


def in_proportion(claims: Claims, to: np.ndarray) -> list[Piece]:
    """All rise in proportion to something, each as far as it may."""
    return [Piece(np.zeros(len(to)), to.astype(float), claims.upper.astype(float))]


def risen(claims: Claims, pieces: list[Piece]) -> np.ndarray:
    """Units of each claim, with fractions, at the level at which its source is empty or all have what they may."""
    begin, rate, size = (
        np.concatenate([np.asarray(x, dtype=float) for x in column]) for column in zip(*pieces, strict=True)
    )
    source, claim = np.tile(claims.source, len(pieces)), np.tile(np.arange(len(claims.source)), len(pieces))
    real = (size > 0) & (rate > 0)
    begin, rate, size, source, claim = (x[real] for x in (begin, rate, size, source, claim))
    sources = len(claims.available)
    total = np.bincount(source, size, sources)
    short = claims.available < total
    units = size.copy()
    if short.any():
        rising = short[source]
        level = _level(claims.available, source[rising], begin[rising], rate[rising], size[rising])
        reached = rate * (level[source] - begin)
        units[rising] = np.clip(reached[rising], 0.0, size[rising])
    return np.bincount(claim, units, len(claims.source))


def _level(
    available: np.ndarray, source: np.ndarray, begin: np.ndarray, rate: np.ndarray, size: np.ndarray
) -> np.ndarray:
    """The level of each source at which its pieces come to what it has; 0 for sources without pieces."""
    end, sources = begin + size / rate, len(available)
    at, of = np.concatenate([begin, end]), np.tile(source, 2)
    order = np.lexsort((at, of))
    at, of, steeper = at[order], of[order], np.concatenate([rate, -rate])[order]
    first = np.concatenate([[True], of[1:] != of[:-1]])
    slope = np.cumsum(steeper)
    begins = np.flatnonzero(first)
    slope -= np.repeat(slope[begins] - steeper[begins], np.diff(np.append(begins, len(of))))
    risen_by = np.concatenate([[0.0], slope[:-1] * np.diff(at)])
    risen_by[first] = 0.0
    height = np.cumsum(risen_by)
    height -= np.repeat(height[begins], np.diff(np.append(begins, len(of))))
    below = height <= available[of] * (1 + 1e-15)
    last = np.zeros(sources, dtype=np.int64)
    np.maximum.at(last, of[below], np.flatnonzero(below))
    level = at[last] + (available - height[last]) / np.where(slope[last] > 0, slope[last], np.inf)
    for _ in range(2):  # the sums above lose the last digits of small pieces beside large ones
        reached = rate * (level[source] - begin)
        moving = (reached > 0) & (reached < size)
        lacks = available - np.bincount(source, np.clip(reached, 0.0, size), sources)
        steep = np.bincount(source, np.where(moving, rate, 0.0), sources)
        level = level + np.divide(lacks, steep, out=np.zeros(sources), where=steep > 0)
    return np.asarray(level)


def rounded(claims: Claims, shares: np.ndarray) -> np.ndarray:
    """Whole units by largest remainder, nobody above what it may have; ties go to the claim named first."""
    upper, source = claims.upper, claims.source
    whole = np.minimum(np.floor(shares + 0.5 / MILLIONTHS), upper).astype(np.int64)
    rest = np.round((shares - whole) * MILLIONTHS)
    order = np.lexsort((-rest, source))  # stable: equal claims stay in their order
    given = in_turn(claims.available, source, whole, order)
    for most in (1, None):  # the second round only where units are so many that fractions are lost
        left = claims.available - claims.per_source(given)
        room = upper - given
        given = given + in_turn(left, source, room if most is None else np.minimum(room, most), order)
    return given
