"""What a survey would have seen of a run: the error of asking so many."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np

from sim.observations import Observation
from sim.observations.points import Points
from sim.rng import Streams


def seen(
    series: Observation, points: Points, figures: np.ndarray, draws: Sequence[int], seed: int, start: dt.date
) -> np.ndarray:
    """Shares of so many asked as each draw's survey has them, all other figures as they are; shape (draws, points).

    Those asked are drawn at random of all, by a stream of each series, date and draw: another point, another order of
    them or an earlier first day of the scenario shifts none.
    """
    asked = np.flatnonzero(points.asked)
    if not len(asked):
        return figures
    found = figures.copy()
    dates = [(start + dt.timedelta(days=int(a)), start + dt.timedelta(days=int(b)))
             for a, b in zip(points.first[asked], points.day[asked], strict=True)]  # fmt: skip
    for row, draw in enumerate(draws):
        streams = Streams(seed, draw)
        for k, (first, last) in zip(asked.tolist(), dates, strict=True):
            if not np.isnan(figures[row, k]):
                generator = streams.named(f"observed/{series.name}/{first}/{last}")
                n = int(points.asked[k])
                found[row, k] = 100 * generator.binomial(n, figures[row, k] / 100) / n
    return found
