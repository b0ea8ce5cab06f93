"""A score beside that of a guess without a model."""

from __future__ import annotations

import numpy as np

from sim.study.infer.intervals import FEWEST, RESAMPLES
from sim.study.score.base import Figure, Told
from sim.study.score.wis import wis

RELATIVE = "relative_wis"
MOST = 1e12
"""Ratio that counts as infinite."""
DEFINITION = (
    "Mean weighted interval score divided by that of a guess without a model, on the points that all guesses have; "
    "below 1 the model is better. The interval is a bootstrap over points (percentiles of "
    f"{RESAMPLES:,} resamples), both scores of a point drawn together, from {FEWEST} points on. "
    "*Beats* is said only where the whole interval lies below 1."
)


def relative(ours: Told, theirs: Told) -> Figure:
    """Ratio of mean scores over the same points, with its interval; infinite where the guess alone is without error."""
    mine, others = wis(ours), wis(theirs)
    n = len(mine)
    value = float(_ratio(mine, others)) if n else np.nan
    value = np.inf if value >= MOST else value
    if n < FEWEST:
        return Figure(value, n=n)
    if not others.any():
        return Figure(value, value, value, n)
    from scipy.stats import bootstrap  # slow to import

    found = bootstrap(
        (mine, others), _ratio, n_resamples=RESAMPLES, paired=True, method="percentile", rng=np.random.default_rng(n)
    ).confidence_interval
    low, high = (np.inf if end >= MOST else float(end) for end in (found.low, found.high))
    return Figure(value, low, high, n)


def _ratio(mine: np.ndarray, others: np.ndarray, axis: int = -1) -> np.ndarray:
    """Ratio of means, 1 where both are 0; at most `MOST`, since between infinite ones there is nothing."""
    ours, theirs = mine.mean(axis=axis), others.mean(axis=axis)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where((ours == 0) & (theirs == 0), 1.0, np.minimum(ours / theirs, MOST))


def verdict(found: Figure) -> str:
    """`beats`, `worse` or `level` (cannot be told apart); empty where there are too few points to tell."""
    if np.isnan(found.low):
        return ""
    return "beats" if found.high < 1 else "worse" if found.low > 1 else "level"
