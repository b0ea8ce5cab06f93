"""Unmet demand by day under several options, and the part that was not run."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import matplotlib.dates as mdates
import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FixedFormatter, FixedLocator

from sim.report.figures.style import BLUE, SKY, VERMILLION, date_ticks, short, thousands
from sim.study.infer.intervals import next_below

TYPE = 8.5
NOT_RUN: dict[str, Any] = {"facecolor": "#f3f5f7", "edgecolor": "#aab3bb", "hatch": "////", "linewidth": 0.0}
BEYOND = 0.15
"""Of the days that were run: how much of what was not is shown."""
ENOUGH = 9
"""Draws from which eight of ten can be told."""


def draw(tables: Mapping[str, pd.DataFrame], start: dt.date, unit: str) -> Figure:
    """`tables`: option's name -> unmet of each day (rows) and draw (columns)."""
    figure = Figure(figsize=(7.2, 2.0))
    width = (1 - 0.09 - 0.03 * len(tables)) / len(tables)
    first = float(mdates.date2num(start))  # type: ignore[no-untyped-call]
    most, draws = max(float(table.to_numpy().max()) for table in tables.values()), 0
    for k, (name, table) in enumerate(tables.items()):
        axes = figure.add_axes((0.085 + k * (width + 0.03), 0.27, width, 0.58))
        draws, days = table.shape[1], first + 1 + np.arange(len(table))
        low, high = _band(table)
        axes.fill_between(days, low, high, color=SKY, alpha=0.55, linewidth=0)
        axes.plot(days, table.mean(axis=1), color=BLUE, linewidth=1.6)
        end = days[-1]
        axes.axvspan(end, end + BEYOND * len(days), **NOT_RUN)
        axes.axvline(end, color=VERMILLION, linewidth=1.6)
        axes.set_xlim(first, end + BEYOND * len(days))
        axes.set_ylim(0, 1.05 * most or 1)
        axes.set_title(short(name, 32), fontsize=9.5, fontweight="bold", pad=4)
        places, labels, _ = date_ticks(first, end)
        kept = [(at, label) for at, label in zip(places, labels, strict=True) if at <= end]
        axes.xaxis.set_major_locator(FixedLocator([at for at, _ in kept]))
        axes.xaxis.set_major_formatter(FixedFormatter([label for _, label in kept]))
        thousands(axes)
        axes.tick_params(labelsize=TYPE, labelleft=k == 0)
        if k == 0:
            axes.set_ylabel(f"{short(unit, 18)} a day", fontsize=TYPE)
    span = "8 of 10 draws" if draws >= ENOUGH else f"all {draws} draws"
    handles = [
        Line2D([], [], color=BLUE, linewidth=1.6, label=f"mean of {draws} draws"),
        Patch(color=SKY, alpha=0.55, label=span),
        Line2D([], [], color=VERMILLION, linewidth=1.6, label="the runs stop"),
        Patch(**NOT_RUN, label="not run: nobody knows yet"),
    ]
    figure.legend(
        handles=handles, loc="lower left", bbox_to_anchor=(0.06, -0.01), ncols=4, fontsize=TYPE, frameon=False
    )
    return figure


def _band(table: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    values = table.to_numpy(dtype=float)
    if values.shape[1] < ENOUGH:
        return values.min(axis=1), values.max(axis=1)
    found = next_below(values, (0.1, 0.9))
    return found[:, 0], found[:, 1]
