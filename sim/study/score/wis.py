"""The weighted interval score, and its parts."""

from __future__ import annotations

import numpy as np

from sim.study.infer.spread import enough
from sim.study.score.base import Told, score

ALPHAS = (0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
"""Central intervals of the forecast hubs: each leaves out so much (Bracher et al. 2021)."""


def scored_intervals(draws: int) -> tuple[float, ...]:
    """What the intervals leave out that so many draws have."""
    return tuple(alpha for alpha in ALPHAS if enough(draws, 1 - alpha))


def parts(told: Told) -> np.ndarray:
    """Dispersion, over- and underprediction of each point, which add up to its score; shape (3, points)."""
    alphas = scored_intervals(told.draws)
    levels = [0.5, *(a / 2 for a in alphas), *(1 - a / 2 for a in alphas)]
    ends = told.quantiles(levels).T
    return interval_parts(ends[0], alphas, ends[1 : len(alphas) + 1], ends[len(alphas) + 1 :], told.observed)


def interval_parts(
    median: np.ndarray, alphas: tuple[float, ...], low: np.ndarray, high: np.ndarray, observed: np.ndarray
) -> np.ndarray:
    """Dispersion, over- and underprediction by median and ends of central intervals, (intervals, points).

    (|y - m| / 2 + sum of a/2 IS_a) / (K + 1/2), where IS_a = (u - l) + 2/a max(0, l - y) + 2/a max(0, y - u).
    """
    weights = np.array(alphas)[:, None] / 2
    spread = (weights * (high - low)).sum(axis=0)
    over = np.maximum(0, low - observed).sum(axis=0) + np.maximum(0, median - observed) / 2
    under = np.maximum(0, observed - high).sum(axis=0) + np.maximum(0, observed - median) / 2
    found: np.ndarray = np.array([spread, over, under]) / (len(alphas) + 0.5)
    return found


@score("wis", "Weighted interval score")
def wis(told: Told) -> np.ndarray:
    """Distance of what was observed from the whole distribution, less is better: the median's absolute error and the
    interval scores of the central intervals of 10 to 98% that the draws have, weighted as the forecast hubs do (Bracher
    et al. 2021). The same as twice the mean pinball loss over all quantiles."""
    return np.asarray(parts(told).sum(axis=0))


@score("dispersion", "made up of spread")
def dispersion(told: Told) -> np.ndarray:
    """The part of the weighted interval score that comes from the width of the intervals."""
    return np.asarray(parts(told)[0])


@score("overprediction", "made up of too high")
def overprediction(told: Told) -> np.ndarray:
    """The part of the weighted interval score from points that lie below the intervals or the median."""
    return np.asarray(parts(told)[1])


@score("underprediction", "made up of too low")
def underprediction(told: Told) -> np.ndarray:
    """The part of the weighted interval score from points that lie above the intervals or the median."""
    return np.asarray(parts(told)[2])


@score("wis_log", "Weighted interval score, log", "log(x + 1)")
def wis_log(told: Told) -> np.ndarray:
    """The weighted interval score of log(x + 1), draws and points transformed first: errors count in proportion
    (Bosse et al. 2023). Not defined where a figure is below 0, nor for dates."""
    logs = told.logs()
    return np.full(len(told.observed), np.nan) if logs is None else wis(logs)
