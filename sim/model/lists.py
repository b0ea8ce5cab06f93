"""Lists of different lengths, kept end to end."""

from __future__ import annotations

import numpy as np


class Lists:
    """Lists of whole numbers: `items` belong to `owner` each, in the order given; owners are numbered from 0."""

    def __init__(self, owner: np.ndarray, items: np.ndarray, owners: int) -> None:
        self._items = items[np.argsort(owner, kind="stable")]
        self._first = np.concatenate(([0], np.cumsum(np.bincount(owner, minlength=owners))))

    def of(self, owners: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """What some owners have, end to end, and for each item the position in `owners` of whose it is."""
        first = self._first[owners]
        count = self._first[owners + 1] - first
        if len(owners) == 1:
            return self._items[first[0] : first[0] + count[0]], np.zeros(count[0], dtype=np.int64)
        whose = np.repeat(np.arange(len(owners)), count)
        before = np.cumsum(count) - count
        return self._items[np.arange(len(whose)) + (first - before)[whose]], whose
