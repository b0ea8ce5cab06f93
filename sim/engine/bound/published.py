"""An observed series as it became known, day by day."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.observations.points import Points


@dataclass(frozen=True)
class Published:
    """Figures by the day on which each came to be the latest known; arrays of shape (turns,), in order of day."""

    since: np.ndarray
    value: np.ndarray

    @classmethod
    def of(cls, points: Points) -> Published:
        """The points of a series; one that is known only when a later one is already is never the latest."""
        order = np.lexsort((points.day, points.known_on))
        latest = np.maximum.accumulate(points.day[order]) == points.day[order]
        return cls(points.known_on[order][latest], points.value[order][latest])

    def on(self, day: float) -> float | None:
        """The latest figure that is known in the evening of a day, None before the first."""
        place = int(np.searchsorted(self.since, day, side="right")) - 1
        return None if place < 0 else float(self.value[place])
