"""How much of a spread is luck and how much is not knowing, and which unknown it comes from.

Each draw of what is not known is run on several draws of luck. What differs between those of one draw is luck; what
differs between the draws' means by more than that luck explains is not knowing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

RESAMPLES = 999
CONFIDENCE = 0.9
WIDEST = 0.3
"""An interval wider than this tells too little for the share to be told."""
SURE = 0.95
"""Share of the resamples in which an unknown must come first, to be called the one that matters most."""


@dataclass(frozen=True)
class Share:
    """A share of the variance with its interval (of `CONFIDENCE`), all between 0 and 1; NaN where nothing varies."""

    share: float
    low: float
    high: float

    @property
    def told(self) -> bool:
        """Whether it is known well enough to be told."""
        return bool(self.high - self.low <= WIDEST)  # not so of NaN


NOTHING = Share(np.nan, np.nan, np.nan)


@dataclass(frozen=True)
class Ranking:
    """Unknown -> its share of the spread that comes from not knowing, largest first; `first` is the one that matters
    most, None where so few draws cannot tell."""

    shares: dict[str, Share]
    first: str | None


def not_knowing(values: np.ndarray) -> Share:
    """Share of the variance that comes from not knowing; the rest is luck.

    `values` has shape (draws of the unknowns, draws of luck). One-way analysis of variance with random effects: the
    mean square within is the variance by luck, that between less it, over the draws of luck, the other (Searle, Casella
    and McCulloch, Variance Components, 1992, § 3.6); below 0 it counts as 0. The interval is of percentiles over
    resamples of whole draws of the unknowns.
    """
    x = np.asarray(values, dtype=float)
    x = x[~np.isnan(x).any(axis=1)]
    draws, lucks = x.shape
    if draws < 3 or lucks < 2 or np.ptp(x) == 0:
        return NOTHING
    means, within = x.mean(axis=1), x.var(axis=1, ddof=1)
    generator = np.random.default_rng(draws)
    picks = generator.integers(0, draws, (RESAMPLES, draws))
    own = float(_part(means[None, :], within[None, :], lucks)[0])
    again = _part(means[picks], within[picks], lucks)
    return Share(own, *_ends(again))


def _part(means: np.ndarray, within: np.ndarray, lucks: int) -> np.ndarray:
    """The share for each row of draws."""
    luck = within.mean(axis=1)
    unknown = np.maximum(0.0, means.var(axis=1, ddof=1) - luck / lucks)
    whole = unknown + luck
    return np.divide(unknown, whole, out=np.zeros_like(whole), where=whole > 0)


def ranked(unknowns: Mapping[str, np.ndarray], answers: np.ndarray) -> Ranking:
    """Which unknowns the answers follow; each has its values over the same draws, shape (draws,).

    The share is the square of Spearman's rank correlation, less what chance alone would give it, so it is right for
    every answer that rises or falls with an unknown, and of nothing else; those of correlated unknowns overlap. The
    intervals are of percentiles over resamples of draws.
    """
    y = np.asarray(answers, dtype=float)
    known = ~np.isnan(y)
    y, n = y[known], int(known.sum())
    if n < 4 or np.ptp(y) == 0 or not unknowns:
        return Ranking(dict.fromkeys(unknowns, NOTHING), None)
    x = np.column_stack([np.asarray(values, dtype=float)[known] for values in unknowns.values()])
    generator = np.random.default_rng(n)
    own = _rank_shares(x, y)
    again = np.array([_rank_shares(x[pick], y[pick]) for pick in generator.integers(0, n, (RESAMPLES, n))])
    found = {name: Share(float(own[k]), *_ends(again[:, k])) for k, name in enumerate(unknowns)}
    order = sorted(found, key=lambda name: -found[name].share)
    first = list(unknowns).index(order[0])
    wins = float((again[:, first] >= again.max(axis=1) - 1e-12).mean())
    # a draw cannot be told from another by an unknown that explains nothing
    sure = len(order) > 1 and wins >= SURE and found[order[0]].low > 0
    return Ranking({name: found[name] for name in order}, order[0] if sure else None)


def _rank_shares(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Squared rank correlation of y with each column of x, less its mean where there is none: 1 / (n - 1)."""
    from scipy.stats import rankdata  # slow to import, and every report comes by this file

    n = len(y)
    rank = rankdata(np.column_stack([y, x]), axis=0)
    rank -= rank.mean(axis=0)
    size = np.sqrt((rank**2).sum(axis=0))
    whole = size[0] * size[1:]
    rho = np.divide(rank[:, 0] @ rank[:, 1:], whole, out=np.zeros(x.shape[1]), where=whole > 0)
    return np.maximum(0.0, (rho**2 * (n - 1) - 1) / (n - 2))


def _ends(again: np.ndarray) -> tuple[float, float]:
    low, high = np.quantile(again, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2], method="closest_observation")
    return float(low), float(high)
