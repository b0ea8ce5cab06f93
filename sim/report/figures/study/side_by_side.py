"""Options side by side on one scale: what went unmet week by week, and which groups gain or lose."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import matplotlib.dates as mdates
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedFormatter, FixedLocator, FuncFormatter

from sim.report.figures.style import BLACK, COLOURS, DASHES, GREY, date_ticks, legend, new_figure, short, thousands
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
        mean = tables[letters[k]].mean(axis=1)
        _panel(axes, tables[letters[k]], tables[other].mean(axis=1).to_numpy(), edges, k)
        axes.set_title(f"{letters[k]} (dotted: {other})", fontweight="bold")
        axes.set_title(f"{mean.sum():,.0f} in all; worst week {mean.max():,.0f}", loc="right", fontsize=9)
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


def _panel(axes: Axes, table: pd.DataFrame, other: np.ndarray, edges: np.ndarray, number: int) -> None:
    colour, dash = COLOURS[number], DASHES[number]
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
    axes.stairs(
        mean,
        edges,
        color=colour,
        linewidth=1.8,
        linestyle=dash,
        baseline=None,
        label="mean" if draws > 1 else "this draw",
    )
    label = "mean of the other" if draws > 1 else "the other's draw"
    axes.stairs(other, edges, color=BLACK, linewidth=1.2, linestyle=(0, (1, 1.2)), baseline=None, label=label)
    thousands(axes)


@dataclass(frozen=True)
class Row:
    """A group: share of demand not met by letter (0 to 1), whether the options can be told apart, its sort, and what it
    gains or loses in words."""

    name: str
    shares: Mapping[str, float]
    told: bool
    sort: str = ""
    gain: str = ""


def groups(rows: Sequence[Row], letters: Sequence[str]) -> Figure:
    """Share of demand not met of each group under each option, joined by a line, dashed where it cannot be told.

    `rows` stand from top to bottom, with a line between sorts.
    """
    figure = new_figure(0.9 + 0.28 * len(rows))
    axes = figure.subplots()
    for place, row in enumerate(rows):
        _row(axes, place, row, letters)
        if place and row.sort != rows[place - 1].sort:
            axes.axhline(place - 0.5, color="#bbbbbb", linewidth=0.8)
    axes.set_yticks(range(len(rows)), [short(row.name, 40) for row in rows])
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_xlim(0, None)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g} %"))
    axes.set_xlabel("Share of demand not met on the day")
    if any(row.gain for row in rows):
        beside = axes.secondary_yaxis("right")
        beside.set_yticks(range(len(rows)), [row.gain for row in rows])
        beside.tick_params(length=0)
    handles = [
        Line2D([], [], marker=MARKERS[k], color="none", markeredgecolor=COLOURS[k], label=letter, markeredgewidth=1.8,
               markerfacecolor="white" if k == 0 else COLOURS[k])
        for k, letter in enumerate(letters)
    ]  # fmt: skip
    if not all(row.told for row in rows):
        handles.append(Line2D([], [], color=GREY, linestyle=(0, (2, 2)), label="cannot be told apart"))
    figure.legend(handles=handles, loc="outside upper left", ncols=len(handles))
    return figure


def _row(axes: Axes, place: int, row: Row, letters: Sequence[str]) -> None:
    values = [100 * value for value in row.shares.values() if value == value]
    if values:
        axes.plot([min(values), max(values)], [place, place], color=GREY, linewidth=1.6,
                  linestyle="-" if row.told else (0, (2, 2)), zorder=1)  # fmt: skip
    for k, letter in enumerate(letters):
        if row.shares.get(letter, np.nan) == row.shares.get(letter, np.nan):
            axes.plot(100 * row.shares[letter], place, MARKERS[k], color=COLOURS[k], markersize=8 - k,
                      markerfacecolor="white" if k == 0 else COLOURS[k], markeredgewidth=1.8, zorder=2)  # fmt: skip
