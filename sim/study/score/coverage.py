"""How many points lie inside the bands."""

from __future__ import annotations

import numpy as np

from sim.study.score.base import Told, band, score


def inside(told: Told, share: float) -> np.ndarray:
    """1 for points inside the band, 0 for others, NaN where there is none."""
    low, high = band(told, share)
    found = ((low <= told.observed) & (told.observed <= high)).astype(float)
    found[np.isnan(low)] = np.nan
    return found


@score("coverage_50", "Inside the 50% band", "share of points", "share")
def coverage_50(told: Told) -> np.ndarray:
    """Share of points inside the band that holds the next draw with a probability of 50%."""
    return inside(told, 0.5)


@score("coverage_80", "Inside the 80% band", "share of points", "share")
def coverage_80(told: Told) -> np.ndarray:
    """Share of points inside the band that holds the next draw with a probability of 80%; 9 draws at least."""
    return inside(told, 0.8)


@score("coverage_95", "Inside the 95% band", "share of points", "share")
def coverage_95(told: Told) -> np.ndarray:
    """Share of points inside the band that holds the next draw with a probability of 95%; 39 draws at least."""
    return inside(told, 0.95)
