"""Options side by side on one scale: what went unmet week by week, and which groups gain or lose."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

import matplotlib.dates as mdates
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedFormatter, FixedLocator, FuncFormatter

from sim.report.figures.style import BLACK, COLOURS, GREY, date_ticks, legend, new_figure, short, thousands
from sim.study.infer.intervals import next_below
from sim.study.infer.spread import enough

MARKERS = ("s", "o", "^", "D", "v", "P")
"""Shapes of the options, told in the legend."""
WEEK = 7
BAND = (0.1, 0.9)
ACROSS = 3


def weeks(days: pd.DataFrame, letters: Sequence[str], start: dt.date, unit: str) -> Figure:
    """Unmet demand of each week, a panel for each option; the mean of another is dotted in it: of A, in A's of B.

    `days` has columns strategy (the option's letter), replication, day and unmet, of one product or of all.
    """
    across = min(ACROSS, len(letters))
    down = -(-len(letters) // across)
    figure = new_figure(0.6 + 2.4 * down)
    panels = figure.subplots(down, across, sharex=True, sharey=True, squeeze=False).ravel().tolist()
    tables = {letter: _weekly(days[days["strategy"] == letter]) for letter in letters}
    edges = float(mdates.date2num(start)) + WEEK * np.arange(len(tables[letters[0]]) + 1)  # type: ignore[no-untyped-call]
    for k, axes in enumerate(panels):
        if k >= len(letters):
            axes.set_visible(False)
            continue
        other = letters[1 if k == 0 else 0]
        _panel(axes, tables[letters[k]], tables[other].mean(axis=1).to_numpy(), edges, COLOURS[k])
        axes.set_title(f"{letters[k]} (dotted: {other})", fontweight="bold")
        places, labels, _ = date_ticks(edges[0], edges[-1])
        axes.xaxis.set_major_locator(FixedLocator(places))
        axes.xaxis.set_major_formatter(FixedFormatter(labels))
        if k % across == 0:
            axes.set_ylabel(f"Unmet, {unit} a week")
    panels[0].set_ylim(0, None)  # all share the scale: only when everything is drawn is the largest known
    legend(figure, ncols=3, columnspacing=1.4)
    return figure


def _weekly(days: pd.DataFrame) -> pd.DataFrame:
    """Units of each week; one column a draw."""
    table = days.pivot_table(index="day", columns="replication", values="unmet", aggfunc="sum")
    return table.groupby(table.index // WEEK).sum()


def _panel(axes: Axes, table: pd.DataFrame, other: np.ndarray, edges: np.ndarray, colour: str) -> None:
    draws = table.shape[1]
    if draws > 1:
        low, high = next_below(table.to_numpy(dtype=float), BAND).T
        axes.stairs(
            high,
            edges,
            baseline=low,
            fill=True,
            color=colour,
            alpha=0.25,
            label="eight draws of ten" if enough(draws, 0.8) else "from lowest to highest draw",
        )
    mean = table.mean(axis=1).to_numpy()
    axes.stairs(mean, edges, color=colour, linewidth=1.8, baseline=None, label="mean" if draws > 1 else "this draw")
    label = "mean of the other" if draws > 1 else "the other's draw"
    axes.stairs(other, edges, color=BLACK, linewidth=1.2, linestyle=(0, (1, 1.2)), baseline=None, label=label)
    thousands(axes)


def groups(rows: Sequence[tuple[str, Mapping[str, float], bool]], letters: Sequence[str]) -> Figure:
    """Share of demand not met of each group under each option, joined by a line, dashed where it cannot be told.

    `rows` are (name, share by letter, whether the options can be told apart), from top to bottom.
    """
    figure = new_figure(0.9 + 0.3 * len(rows))
    axes = figure.subplots()
    for place, (_, shares, told) in enumerate(rows):
        values = [100 * value for value in shares.values() if value == value]
        if values:
            axes.plot([min(values), max(values)], [place, place], color=GREY, linewidth=1.6,
                      linestyle="-" if told else (0, (2, 2)), zorder=1)  # fmt: skip
        for k, letter in enumerate(letters):
            if shares.get(letter, np.nan) == shares.get(letter, np.nan):
                axes.plot(100 * shares[letter], place, MARKERS[k], color=COLOURS[k], markersize=8 - k,
                          markerfacecolor="white" if k == 0 else COLOURS[k], markeredgewidth=1.8, zorder=2)  # fmt: skip
    axes.set_yticks(range(len(rows)), [short(name, 44) for name, _, _ in rows])
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_xlim(0, None)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g} %"))
    axes.set_xlabel("Share of demand not met on the day")
    handles = [
        Line2D([], [], marker=MARKERS[k], color="none", markeredgecolor=COLOURS[k], label=letter, markeredgewidth=1.8,
               markerfacecolor="white" if k == 0 else COLOURS[k])
        for k, letter in enumerate(letters)
    ]  # fmt: skip
    if not all(told for _, _, told in rows):
        handles.append(Line2D([], [], color=GREY, linestyle=(0, (2, 2)), label="cannot be told apart"))
    figure.legend(handles=handles, loc="outside upper left", ncols=len(handles))
    return figure
