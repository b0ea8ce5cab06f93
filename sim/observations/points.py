"""Points of an observed series as arrays, and what a series says of a day or of the days between two dates."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Points:
    """What was observed, in order of date; arrays of shape (points,).

    `first` and `day` are the first and the last day that a point is about, since the start of the scenario, the same
    for one day alone. `value` is in the unit of the series, of an event the day on which it came. `asked` is the size
    of the sample behind a share, 0 where there was none; `held_out` are points that no fit is to see. `line` is that of
    the file. `known` is the day on which each was known, None: its own.
    """

    first: np.ndarray
    day: np.ndarray
    value: np.ndarray
    asked: np.ndarray
    held_out: np.ndarray
    source: tuple[str, ...]
    quality: tuple[str, ...]
    line: tuple[int, ...]
    known: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.day)

    @property
    def known_on(self) -> np.ndarray:
        """The day on which each point was known."""
        return self.day if self.known is None else self.known

    def at(self, mask: np.ndarray) -> Points:
        """Some of the points."""
        rows = np.flatnonzero(mask).tolist()
        return Points(
            self.first[rows], self.day[rows], self.value[rows], self.asked[rows], self.held_out[rows],
            tuple(self.source[k] for k in rows), tuple(self.quality[k] for k in rows),
            tuple(self.line[k] for k in rows), None if self.known is None else self.known[rows],
        )  # fmt: skip

    def sums(self, daily: np.ndarray) -> np.ndarray:
        """Daily figures added up over the days of each point; shape (points, …) of (days, …)."""
        before = np.concatenate([np.zeros_like(daily[:1], dtype=float), np.cumsum(daily, axis=0, dtype=float)])
        found: np.ndarray = before[self.day + 1] - before[self.first]
        return found
