"""Distances between places on the earth."""

from __future__ import annotations

import numpy as np

EARTH = 6371.0
"""Kilometres from its centre to its surface, in the mean."""


def distance(one: np.ndarray, two: np.ndarray) -> np.ndarray:
    """Kilometres between places (latitude and longitude in radians on the last axis) along a great circle.

    The haversine formula.
    """
    half = (np.sin((one - two) / 2) ** 2)[..., 0]
    half = half + np.cos(one[..., 0]) * np.cos(two[..., 0]) * (np.sin((one - two) / 2) ** 2)[..., 1]
    return np.asarray(2 * EARTH * np.arcsin(np.sqrt(np.clip(half, 0, 1))))
