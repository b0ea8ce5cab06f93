"""Single points of several series, in percent: what was observed beside what the draws say."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from sim.report.figures.study.replay_fan import BANDS, drawable
from sim.report.figures.style import BLACK, BLUE, GREY, legend, new_figure, wrapped
from sim.report.words.phrases import day_words
from sim.study.infer.intervals import share_interval
from sim.study.score.base import band
from sim.study.score.baselines import NAIVE
from sim.study.score.board import MODEL, Scored


def dotted(series: Sequence[Scored]) -> list[Scored]:
    """Series of few points that are shares, and can stand on one scale."""
    return [one for one in series if one.series.is_ == "share" and not drawable(one)]


def draw(series: Sequence[Scored]) -> Figure:
    """A row for each point, on a scale of 0 to 100%."""
    rows = [(one, k) for one in series for k in range(len(one.points))]
    figure = new_figure(0.9 + 0.55 * len(rows), 10.0)
    axes = figure.subplots()
    for row, (one, k) in enumerate(rows):
        told = one.tellers[MODEL]
        for height, (share, strength, label) in zip((0.34, 0.5), BANDS, strict=True):
            low, high = band(told, share)[:, k]
            if not np.isnan(low):
                axes.barh(row, high - low, left=low, height=height, color=BLUE, alpha=strength, label=label)
        middle = float(told.quantiles([0.5])[k, 0])
        axes.plot([middle, middle], [row - 0.3, row + 0.3], color=BLUE, linewidth=2.0, label="median draw")
        if one.scored(NAIVE).any():
            guess = float(one.tellers[NAIVE].quantiles([0.5])[k, 0])
            axes.plot(guess, row, marker="x", color=GREY, linestyle="", label="1 − share × cut", clip_on=False)
        value, n = float(one.points.value[k]), int(one.points.asked[k])
        if n:
            ends = share_interval(round(value / 100 * n), n)
            axes.hlines(row, 100 * ends[0], 100 * ends[1], color=BLACK, linewidth=1.0)
        axes.plot(value, row, marker="o", color=BLACK, linestyle="", label="observed", clip_on=False, zorder=5)
    axes.set_xlim(0, 100)
    axes.set_xlabel("%")
    labels = [f"{one.series.label}, {day_words(one.date(k))}" for one, k in rows]
    axes.set_yticks(range(len(rows)), [wrapped(label, 46) for label in labels])
    axes.invert_yaxis()
    axes.grid(visible=False, axis="y")
    legend(figure, ncols=5, columnspacing=1.2)
    return figure
