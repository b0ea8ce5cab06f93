"""Tornado: what each parameter does to the answer between its bounds, the widest on top."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from sim.report.figures.style import BLACK, BLUE, ORANGE, new_figure, thousands
from sim.study.measures import Measure


def draw(table: pd.DataFrame, measure: Measure) -> Figure:
    """`table` as `sim.study.sensitivity.tornado` gives it."""
    figure = new_figure(1.1 + 0.5 * len(table), 8.0)
    axes = figure.subplots()
    place = np.arange(len(table))[::-1]
    base = float(table["base"].iloc[0])
    for column, colour, hatch in (("at_low", BLUE, ""), ("at_high", ORANGE, "///")):
        axes.barh(place, table[column] - base, left=base, color=colour, edgecolor="white", hatch=hatch, height=0.6,
                  label="at its lower bound" if column == "at_low" else "at its upper bound")  # fmt: skip
    axes.axvline(base, color=BLACK, linewidth=1)
    bounds = zip(table["parameter"], table["low"], table["high"], strict=True)
    axes.set_yticks(place, [f"{name}\n{low} to {high}" for name, low, high in bounds])
    axes.grid(axis="y", visible=False)
    axes.set_xlabel(f"{measure.label}, mean ({measure.unit})")
    thousands(axes)
    axes.xaxis.set_major_formatter(axes.yaxis.get_major_formatter())
    axes.legend(loc="best")
    return figure
