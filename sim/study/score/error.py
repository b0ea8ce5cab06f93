"""How far the median is off."""

from __future__ import annotations

import numpy as np

from sim.study.score.base import Told, score


@score("mae", "Mean absolute error")
def mae(told: Told) -> np.ndarray:
    """Distance of the median draw from what was observed, in the mean over points."""
    return np.abs(bias(told))


@score("bias", "Bias")
def bias(told: Told) -> np.ndarray:
    """Median draw less what was observed, in the mean over points; above 0: the model says too much."""
    found: np.ndarray = told.quantiles([0.5])[:, 0] - told.observed
    return found
