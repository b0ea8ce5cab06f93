"""Draws of a scenario at the points of its observed series."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.study.design.observing import OBSERVED, Watched
from sim.study.run.bench import Subject
from sim.study.score.board import Scored
from sim.study.score.sampling import seen


def watched_in(subject: Subject) -> tuple[Watched, ...]:
    """The series of a scenario with their points, as far as these lie in the days that are run."""
    days = subject.plan.network.calendar.days
    found = []
    for k, series in enumerate(subject.loaded.spec.observed):
        points = subject.loaded.observed[k].at(subject.loaded.observed[k].day < days)
        if len(points):
            found.append(Watched(series, points))
    return tuple(found)


def of_draws(
    rows: pd.DataFrame, watched: tuple[Watched, ...], subject: Subject
) -> tuple[pd.DataFrame, tuple[Scored, ...]]:
    """One row per series, point and draw; and each series with what surveys would have seen of the draws.

    An event that does not come in a draw counts as one of the first day that is not run.
    """
    calendar, seed = subject.plan.network.calendar, subject.plan.seed
    mine = rows[rows["breakdown"] == OBSERVED]
    tables, scored = [], []
    for one in watched:
        table = mine[mine["measure"] == one.series.name]
        wide = table.pivot(index="replication", columns="group", values="value")
        figures = wide[[str(k) for k in range(len(one.points))]].to_numpy(dtype=float)
        draws = [int(draw) for draw in wide.index]
        told, never = seen(one.series, one.points, figures, draws, seed, calendar.start), 0
        if one.series.is_ == "event":
            never = int(np.isnan(told).sum())
            told = np.where(np.isnan(told), calendar.days, told)
        scored.append(Scored(one.series, one.points, told, calendar.start, never))
        dates = [pd.Timestamp(calendar.date(float(day))) for day in one.points.day]
        tables.append(pd.DataFrame({
            "series": one.series.name, "date": np.tile(np.array(dates), len(draws)),
            "draw": np.repeat(np.array(draws), len(dates)), "figure": figures.ravel(), "seen": told.ravel(),
        }))  # fmt: skip
    return pd.concat(tables, ignore_index=True), tuple(scored)
