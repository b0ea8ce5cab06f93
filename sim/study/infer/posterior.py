"""What accepted draws say of what was not known: how far it is narrowed, and which figures cannot be told apart."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import combinations

import numpy as np
import pandas as pd

from sim.model.chance.unknown import Choice, Range, Unknown
from sim.study.infer.intervals import next_below

BAND = (0.1, 0.9)
"""Shares of what comes next that lie below the ends of the band that is told."""
WIDE = 0.8
"""Width of the band beside that of the declared range from which on the data could not tell."""
TOGETHER = 0.9
"""Rank correlation, of either sign, from which on two figures are told together only."""
WITH = 0.5
"""Rank correlation from which on two ranges are drawn together: under it that of fifty draws may be luck."""
APART = 0.25
"""Of the declared range: how far apart two starts disagree."""
FEWEST = 50
"""Effective sample size under which no band is told."""
PIECES = 20
"""Equally likely values that stand for a band in a scenario."""


def numbers(unknown: Unknown, levels: np.ndarray) -> np.ndarray:
    """Values at levels as numbers: of dates days, of a list positions in it."""
    if isinstance(unknown, Range):
        return unknown.drawn.quantiles(levels)
    assert isinstance(unknown, Choice)
    return np.searchsorted(np.array(unknown.below[:-1]), levels, side="right").astype(float)


def width(unknown: Unknown, levels: np.ndarray) -> float:
    """How wide the band of accepted draws is beside that of the declared range, 1 where nothing was learned.

    Of a list, which has no width, the number of values that are likely: the exponential of the entropy.
    """
    if isinstance(unknown, Choice):
        return _likely(weights(unknown, levels)) / _likely(np.diff(unknown.below, prepend=0.0))
    low, high = numbers(unknown, np.array(BAND))
    ends = next_below(numbers(unknown, levels), BAND)
    return float((ends[1] - ends[0]) / (high - low)) if high > low else 1.0


def _likely(shares: np.ndarray) -> float:
    some = shares[shares > 0]
    return float(np.exp(-(some * np.log(some)).sum()))


def ends(levels: np.ndarray) -> tuple[float, float, float]:
    """Levels at the median and at the ends of the band."""
    middle, low, high = next_below(levels, [0.5, *BAND]).tolist()
    return middle, low, high


def pieces(levels: np.ndarray) -> np.ndarray:
    """Levels of equally likely values that stand for accepted draws."""
    return next_below(levels, ((np.arange(PIECES) + 0.5) / PIECES).tolist())


def weights(unknown: Choice, levels: np.ndarray) -> np.ndarray:
    """Share of accepted draws with each value of a list."""
    return np.bincount(numbers(unknown, levels).astype(int), minlength=len(unknown.values)) / len(levels)


def pairs(levels: pd.DataFrame) -> Iterator[tuple[str, str, float]]:
    """Spearman's rank correlation of every two figures over accepted draws; one column each, one row a draw."""
    found, names = levels.rank().corr().to_numpy(), [str(name) for name in levels.columns]
    for one, two in combinations(range(len(names)), 2):
        yield names[one], names[two], float(found[one, two])


def normal(rank: float) -> float:
    """Correlation of the normal scores that gives a rank correlation, under a Gaussian copula (Pearson 1907)."""
    return 2 * math.sin(math.pi / 6 * rank)
