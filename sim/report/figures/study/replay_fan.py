"""A series as it was observed, over what the draws say of it; guesses without a model as thin lines."""

from __future__ import annotations

import matplotlib.dates as mdates
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.report.figures.style import BLACK, BLUE, GREY, HATCHES, VERMILLION, dated, legend, new_figure, thousands
from sim.study.infer.intervals import share_interval
from sim.study.score.base import band
from sim.study.score.baselines import NAIVE, PERSISTENCE
from sim.study.score.board import MODEL, Scored

FEWEST = 3
"""Points from which there is a line to draw."""
BANDS = ((0.8, 0.18, "eight draws of ten"), (0.5, 0.42, "half of the draws"))
GUESSES = {PERSISTENCE: ("persistence, with its 80%", (0, (5, 2))), NAIVE: ("1 − share × cut", (0, (1.5, 1.5)))}


def drawable(one: Scored) -> bool:
    """Whether a series has a line to draw."""
    return one.series.is_ != "event" and len(one.points) >= FEWEST


def draw(one: Scored) -> Figure:
    """The fan of one series, by date; between points lines are only drawn straight."""
    figure = new_figure(3.6, 10.0)
    axes = figure.subplots()
    dates = float(mdates.date2num(one.start)) + one.points.day + 1.0  # type: ignore[no-untyped-call]
    told = one.tellers[MODEL]
    for share, strength, label in BANDS:
        low, high = band(told, share)
        if not np.isnan(low).all():
            axes.fill_between(dates, low, high, color=BLUE, alpha=strength, linewidth=0, label=label)
    axes.plot(dates, told.quantiles([0.5])[:, 0], color=BLUE, linewidth=1.4, label="median draw")
    for name, (label, dashes) in GUESSES.items():
        if one.scored(name).any():
            _guess(axes, one, name, dates, label, dashes)
    _observed(axes, one, dates)
    _held_out(axes, one, dates)
    axes.set_ylabel(one.unit)
    margin = max(3.0, 0.02 * (dates[-1] - dates[0]))
    dated(axes, float(dates[0]) - margin, float(dates[-1]) + margin)
    if one.points.value.min() >= 0:
        axes.set_ylim(bottom=0)
    thousands(axes)
    legend(figure, ncols=4, columnspacing=1.2)
    return figure


def _guess(axes: Axes, one: Scored, name: str, dates: np.ndarray, label: str, dashes: object) -> None:
    told, style = one.tellers[name], {"color": GREY, "linestyle": dashes}
    middle, (low, high) = told.quantiles([0.5])[:, 0], band(told, 0.8)
    some = np.flatnonzero(~np.isnan(middle))
    at = {"marker": "_", "markersize": 8} if len(some) == 1 else {}
    axes.plot(dates[some], middle[some], linewidth=1.1, label=label, **style, **at)  # type: ignore[arg-type]
    if name == PERSISTENCE:
        for end in (low, high):
            axes.plot(dates[some], end[some], linewidth=0.7, **style)  # type: ignore[arg-type]


def _observed(axes: Axes, one: Scored, dates: np.ndarray) -> None:
    """Points, those of a survey with the interval that so many asked leave open."""
    values, asked = one.points.value, one.points.asked
    for date, value, n in zip(dates.tolist(), values.tolist(), asked.tolist(), strict=True):
        if n:
            low, high = share_interval(round(value / 100 * n), n)
            axes.vlines(date, 100 * low, 100 * high, color=BLACK, linewidth=0.9)
    axes.plot(dates, values, linestyle="", marker="o", color=BLACK, markersize=4.5, label="observed", zorder=5)
    axes.set_axisbelow(True)
    if (limit := one.series.limit) is not None:
        level = limit.above if limit.above is not None else limit.below
        axes.axhline(float(level or 0), color=VERMILLION, linewidth=0.8, label=f"threshold, {limit}")


def _held_out(axes: Axes, one: Scored, dates: np.ndarray) -> None:
    """What no fit has seen, hatched; from half-way after the last point before it."""
    held = np.flatnonzero(one.points.held_out)
    if not len(held):
        return
    first = int(held[0])
    begin = float(dates[first] if first == 0 else (dates[first - 1] + dates[first]) / 2)
    axes.axvspan(
        begin, float(dates[-1]) + 400, facecolor="none", edgecolor="#c3cad1", hatch=HATCHES[0], linewidth=0, zorder=0,
        label="held out",
    )  # fmt: skip
