"""What accepted draws leave of each declared range, as small pictures."""

from __future__ import annotations

import math
from collections.abc import Mapping

import matplotlib.dates as mdates
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from sim.model.chance.unknown import Choice, Range, Unknown
from sim.report.figures.style import BLUE, GREY, VERMILLION, legend, new_figure, wrapped
from sim.report.words.parameters import UNITS
from sim.study.ask.calibration import Calibrated
from sim.study.infer.intervals import next_below
from sim.study.infer.posterior import BAND, numbers, weights

ACROSS = 3
MOST = 9
"""Figures that are drawn; the table has all."""
BINS = 16
INNER = np.linspace(0.005, 0.995, 199)
"""Levels between which a declared range is drawn."""


def draw(found: Calibrated, names: Mapping[str, str]) -> Figure:
    """A panel for each figure: its declared density, the accepted draws, their band, both starts, the value written."""
    paths = list(found.fitted)[:MOST]
    across = min(ACROSS, len(paths))
    figure = new_figure(0.5 + 2.2 * math.ceil(len(paths) / across), 3.4 * across)
    panels = figure.subplots(math.ceil(len(paths) / across), across, squeeze=False).ravel()
    for axes, path in zip(panels, paths, strict=False):
        unknown = found.fitted[path]
        axes.set_title(wrapped(names[path], 38), fontsize=9.5, pad=4)
        axes.set_yticks([])
        axes.grid(axis="y", visible=False)
        (_bars if isinstance(unknown, Choice) else _density)(axes, found, path)
    for axes in panels[len(paths) :]:
        axes.set_axis_off()
    legend(figure, ncols=5, columnspacing=1.2)
    return figure


def _density(axes: Axes, found: Calibrated, path: str) -> None:
    unknown = found.fitted[path]
    assert isinstance(unknown, Range)
    values, levels = _places(unknown, INNER), found.near.near[path].to_numpy()
    mine = _places(unknown, levels)
    edges = values[0] + np.linspace(0, values[-1] - values[0] or 1.0, BINS + 1)
    declared = np.diff(np.interp(edges, values, INNER)) / np.diff(edges)
    axes.hist(mine, edges.tolist(), density=True, color=BLUE, alpha=0.55, label="accepted draws")
    axes.stairs(declared, edges, color=GREY, linewidth=1.6, label="declared")
    if found.banded:
        for k, end in enumerate(next_below(mine, BAND)):
            axes.axvline(end, color=BLUE, linewidth=1.1, linestyle=(0, (5, 2)), label=None if k else "80% band")
    _starts(axes, _places(unknown, np.array([one.levels[path] for one in found.fits.starts])))
    if unknown.since is not None:
        axes.xaxis.set_major_locator(mdates.AutoDateLocator(maxticks=4))  # type: ignore[no-untyped-call]
        axes.xaxis.set_major_formatter(
            mdates.ConciseDateFormatter(axes.xaxis.get_major_locator())  # type: ignore[no-untyped-call]
        )
        return
    axes.xaxis.set_major_locator(MaxNLocator(4))
    axes.set_xlabel(f"{UNITS.get(unknown.drawn.unit, unknown.drawn.unit)}{unknown.behind}".strip())


def _places(unknown: Unknown, levels: np.ndarray) -> np.ndarray:
    """Values at levels as they stand on the axis: shares in percent, dates as places."""
    assert isinstance(unknown, Range)
    found = numbers(unknown, levels)
    if unknown.since is not None:
        return np.asarray(found + float(mdates.date2num(unknown.since)))  # type: ignore[no-untyped-call]
    return found * 100 if unknown.drawn.unit == "%" else found


def _bars(axes: Axes, found: Calibrated, path: str) -> None:
    unknown = found.fitted[path]
    assert isinstance(unknown, Choice)
    places = np.arange(len(unknown.values))
    axes.bar(places, weights(unknown, found.near.near[path].to_numpy()), color=BLUE, alpha=0.55, label="accepted draws")
    shares = np.diff(unknown.below, prepend=0.0)
    axes.step([-0.5, *(places + 0.5)], [shares[0], *shares], where="pre", color=GREY, linewidth=1.6, label="declared")
    _starts(axes, numbers(unknown, np.array([one.levels[path] for one in found.fits.starts])))
    axes.set_xticks(places, [str(value) for value in unknown.values])


def _starts(axes: Axes, places: np.ndarray) -> None:
    axes.plot(places, np.full(len(places), 0.04), "^", color=VERMILLION, markersize=7, clip_on=False, zorder=5,
              transform=axes.get_xaxis_transform(), label="best fit, two starts")  # fmt: skip
