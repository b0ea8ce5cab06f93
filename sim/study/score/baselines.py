"""Guesses without a model, as distributions of as many draws as the model's."""

from __future__ import annotations

import datetime as dt

import numpy as np

from sim.observations import Observation
from sim.observations.points import Points

PERSISTENCE, NAIVE = "persistence", "naive"
BASELINES = {
    PERSISTENCE: "The last value before the held-out points, for all of them. Its spread are the differences between "
    "earlier points as far apart (where there are fewer than two such pairs, between neighbours, times the root of "
    "how much farther it is), with either sign.",
    NAIVE: "What is left of supply when a share of it is cut, at once and everywhere: 1 - share x cut. It has no "
    "spread but that of a survey of so many asked.",
}
"""Name -> what it says."""
FEWEST = 3
"""Points from whose differences there is a spread."""


def equally_likely(draws: int) -> np.ndarray:
    """Probabilities at which a distribution is cut into so many equally likely values."""
    return (np.arange(draws) + 0.5) / draws


def persistence(series: Observation, points: Points, draws: int) -> np.ndarray:
    """As `BASELINES` says; shape (draws, points), NaN at points that are not held out, and where there is no spread."""
    found = np.full((draws, len(points)), np.nan)
    known = ~points.held_out
    days, values = points.day[known], points.value[known]
    if len(days) < FEWEST or series.is_ == "event":
        return found
    low, high = series.least, 100.0 if series.is_ == "share" else np.inf
    for k in np.flatnonzero(points.held_out & (points.day > days[-1])).tolist():
        steps = differences(days, values, int(points.day[k] - days[-1]))
        spread = np.quantile(np.concatenate([steps, -steps]), equally_likely(draws))
        found[:, k] = np.clip(values[-1] + spread, low, high)
    return found


def differences(days: np.ndarray, values: np.ndarray, distance: int) -> np.ndarray:
    """How much values changed over so many days: between all pairs that are as far apart, to within half of the
    shortest step; where there are fewer than two, between neighbours, as a random walk goes on."""
    earlier, later = np.triu_indices(len(days), 1)
    apart = days[later] - days[earlier]
    alike = np.abs(apart - distance) < np.diff(days).min() / 2
    if np.count_nonzero(alike) >= 2:
        return np.asarray((values[later] - values[earlier])[alike])
    return np.asarray(np.diff(values) * np.sqrt(distance / np.diff(days)))


def naive(series: Observation, points: Points, start: dt.date, draws: int) -> np.ndarray:
    """As `BASELINES` says; shape (draws, points), NaN where the series has no such guess."""
    if series.guessing is None:
        return np.full((draws, len(points)), np.nan)
    found = np.tile(series.guess(points, start), (draws, 1))
    asked = np.flatnonzero(points.asked)
    if len(asked):
        from scipy.stats import binom  # slow to import

        n = points.asked[asked]
        found[:, asked] = 100 * binom.ppf(equally_likely(draws)[:, None], n, found[:, asked] / 100) / n
    return found
