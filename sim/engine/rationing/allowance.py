"""A share of usual units a day that adds up where it is not taken, as monthly allocations do, for a time."""

from __future__ import annotations

import numpy as np

DAYS = 30
"""What is not taken up may be for this many days."""


def most(day: np.ndarray) -> np.ndarray:
    """The most that adds up of so many units a `day`; a whole unit at least, or who gets less would never get one."""
    return np.where(day > 0, np.maximum(1.0, DAYS * day), 0.0)


def renewed(left: np.ndarray, day: np.ndarray) -> np.ndarray:
    """What may be taken on a new day, given what was `left` of the days before."""
    return np.minimum(left + day, most(day))


def whole(units: np.ndarray) -> np.ndarray:
    """Whole units of these, none where they are below zero."""
    return np.maximum(0.0, np.floor(units + 1e-9)).astype(np.int64)
