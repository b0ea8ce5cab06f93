"""Rejection: draws of what is not known that come nearest to what was observed (approximate Bayesian computation).

Source: Pritchard et al. (1999), Molecular Biology and Evolution 16; the tolerance as a quantile of the distances as in
Beaumont, Zhang and Balding (2002), Genetics 162.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from sim.errors import SimulationError
from sim.scenario.drawing import shares_of
from sim.study.ask.budget import Budget
from sim.study.design.observing import Watched
from sim.study.run.bench import Bench, Subject
from sim.study.run.replicate import Failure
from sim.study.score.board import Scored
from sim.study.score.drawn import of_draws

GENERATION = 100
"""Draws after which it is looked whether there is time for more; the answer rests on whole generations."""
HALF = 0.5
"""Of the time, which the draws may take."""


@dataclass(frozen=True)
class Nearest:
    """Draws by their distance from what was observed.

    `levels` has a row for each draw and a column for each figure that is fitted: how much of its range lies below.
    `distance` is the mean over series of the mean distance of their points, that of a series in its `scales`: the
    median over all draws; infinite where a draw has no figure for a point. `accepted` are the nearest, `tolerance` is
    the distance of the last of them; `attempted` counts the draws that failed too.
    """

    levels: pd.DataFrame = field(repr=False)
    distance: np.ndarray = field(repr=False)
    accepted: np.ndarray = field(repr=False)
    scales: np.ndarray
    attempted: int
    failures: tuple[Failure, ...] = ()

    @property
    def tolerance(self) -> float:
        """The distance up to which a draw is accepted."""
        return float(self.distance[self.accepted].max())

    @property
    def effective(self) -> int:
        """Effective sample size: the accepted draws, which all weigh the same."""
        return int(self.accepted.sum())

    @property
    def near(self) -> pd.DataFrame:
        """Levels of the accepted draws."""
        return self.levels[self.accepted]


def draw_nearest(
    subject: Subject, watched: tuple[Watched, ...], paths: Sequence[str], number: int, accept: float, bench: Bench,
    budget: Budget,
) -> Nearest:  # fmt: skip
    """Draw all that is not known so many times, and accept that share of the draws; fewer generations where time is up.

    Raises SimulationError where there is no time for one, no draw can be run, or none has a figure for any point.
    """
    case = replace(subject.case([]), observed=watched)
    failures: list[Failure] = []
    done = 0
    while done < number:
        upto = min(done + GENERATION, number)
        found = budget.attempt(bench, [case], upto, upto - done, HALF)
        if found is None:
            break
        failures, done = found, upto
    if not done:
        ready = len(bench.store.done(case))
        raise SimulationError(
            f"the time was over before the first {min(GENERATION, number)} draws were run ({ready} are done); give more"
        )
    rows = bench.store.read(case, done).to_pandas()
    if rows.empty:
        raise SimulationError(f"no draw could be run; the first: {failures[0]}")
    _, scored = of_draws(rows, watched, subject)
    draws = sorted(rows["replication"].unique().tolist())
    known = [shares_of(subject.loaded, draw) for draw in draws]
    levels = pd.DataFrame([[one[path] for path in paths] for one in known], columns=list(paths), index=draws)
    distance, scales = distances(scored)
    return Nearest(levels, distance, nearest(distance, done, accept), scales, done, tuple(failures))


def distances(scored: Sequence[Scored]) -> tuple[np.ndarray, np.ndarray]:
    """Distance of each draw, and the scale of each series, NaN where no draw has a figure; shapes (draws,), (series,).

    A series counts by how much nearer a draw is than the median draw, so that neither its unit nor its points' number
    weighs, and one that no draw can tell better than another hardly does.
    """
    each = np.array([_of_series(one) for one in scored])
    scales = np.array([_scale(row) for row in each])
    known = ~np.isnan(scales)
    if not known.any():
        raise SimulationError("no draw has a figure for any of the points before what is held out")
    found: np.ndarray = (each[known] / scales[known, None]).mean(axis=0)
    return found, scales


def _of_series(one: Scored) -> np.ndarray:
    """Mean distance of each draw over the points that any has a figure for; shape (draws,)."""
    off = np.abs(one.samples - one.points.value)
    told = ~np.isnan(off).all(axis=0)
    if not told.any():
        return np.full(len(off), np.inf)
    found: np.ndarray = np.nan_to_num(off[:, told], nan=np.inf).mean(axis=1)
    return found


def _scale(distance: np.ndarray) -> float:
    """The median of those that are finite; the mean where that is 0, and 1 where all are; NaN where there is none."""
    finite = distance[np.isfinite(distance)]
    if not len(finite):
        return np.nan
    return float(np.median(finite)) or float(finite.mean()) or 1.0


def nearest(distance: np.ndarray, attempted: int, accept: float) -> np.ndarray:
    """Which draws are accepted: that share of all attempted, the nearest, of equals the first; shape (draws,)."""
    wanted = max(1, round(accept * attempted))
    order = np.argsort(distance, kind="stable")[:wanted]
    found = np.zeros(len(distance), dtype=bool)
    found[order[np.isfinite(distance[order])]] = True
    if not found.any():
        raise SimulationError("no draw has a figure for every point before what is held out")
    return found
