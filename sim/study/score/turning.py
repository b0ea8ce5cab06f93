"""When a series turned: by how many days the draws are off. Draws are looked at on the days of the points only."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from sim.study.score.base import Told, score

FEWEST = 3
"""Points from which a series can turn."""


def _off(told: Told, place: Callable[[Told, np.ndarray], np.ndarray]) -> np.ndarray:
    """Days by which each draw is later than what was observed, NaN where either has no such day; shape (draws,)."""
    if len(told.observed) < FEWEST:
        return np.full(told.draws, np.nan)
    seen = place(told, told.observed[None, :])[0]
    found: np.ndarray = place(told, told.samples) - seen
    return found


def first_past(told: Told, values: np.ndarray) -> np.ndarray:
    """Day of the first point past the threshold; (rows,) of (rows, points)."""
    if told.threshold is None:
        return np.full(len(values), np.nan)
    past = told.threshold.past(values)
    return np.where(past.any(axis=1), told.days[past.argmax(axis=1)], np.nan)


def worst_day(told: Told, values: np.ndarray) -> np.ndarray:
    """Day of the worst point, of equals the first; (rows,) of (rows, points)."""
    sign = told.threshold.sign if told.threshold is not None else told.worst
    if not sign:
        return np.full(len(values), np.nan)
    return told.days[(sign * values).argmax(axis=1)].astype(float)


def first_back(told: Told, values: np.ndarray) -> np.ndarray:
    """Day of the first point after the worst one that is not past the threshold; (rows,) of (rows, points)."""
    if told.threshold is None:
        return np.full(len(values), np.nan)
    past, worst = told.threshold.past(values), worst_day(told, values)
    back = ~np.asarray(past) & (told.days[None, :] > worst[:, None]) & np.asarray(past.any(axis=1))[:, None]
    return np.where(back.any(axis=1), told.days[back.argmax(axis=1)], np.nan)


@score("onset", "Onset", "days", "date")
def onset(told: Told) -> np.ndarray:
    """Days by which the first point past the threshold of the series comes too late (below 0: too early), in the
    median of draws, with the band of 80%."""
    return _off(told, first_past)


@score("peak", "Worst point", "days", "date")
def peak(told: Told) -> np.ndarray:
    """Days by which the worst point comes too late, in the median of draws, with the band of 80%."""
    return _off(told, worst_day)


@score("recovery", "Recovery", "days", "date")
def recovery(told: Told) -> np.ndarray:
    """Days by which the first point after the worst that is no longer past the threshold comes too late, in the median
    of draws, with the band of 80%."""
    return _off(told, first_back)


TURNS = {"onset": first_past, "peak": worst_day, "recovery": first_back}
"""Score -> how the day is found."""
