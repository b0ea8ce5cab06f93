"""Tornado: what each parameter does to the answer between its bounds, the widest on top."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from sim.report.figures.style import BLACK, BLUE, ORANGE, legend, new_figure, thousands, wrapped
from sim.study.design.measures import Measure


def draw(table: pd.DataFrame, measure: Measure, unit: str) -> Figure:
    """`table` as `sim.study.ask.sensitivity.tornado` gives it, its parameters and bounds in words."""
    bounds = zip(table["parameter"], table["low"], table["high"], strict=True)
    labels = [f"{wrapped(name)}\n{low} to {high}" for name, low, high in bounds]
    figure = new_figure(1.3 + 0.19 * sum(label.count("\n") + 1.7 for label in labels), 8.0)
    axes = figure.subplots()
    place = np.arange(len(table))[::-1]
    base = float(table["base"].iloc[0])
    for column, colour, hatch in (("at_low", BLUE, ""), ("at_high", ORANGE, "///")):
        axes.barh(place, table[column] - base, left=base, color=colour, edgecolor="white", hatch=hatch, height=0.6,
                  label="at its lower bound" if column == "at_low" else "at its upper bound")  # fmt: skip
    axes.axvline(base, color=BLACK, linewidth=1)
    axes.set_yticks(place, labels)
    axes.grid(axis="y", visible=False)
    axes.set_xlabel(f"{measure.label}, mean ({unit})")
    thousands(axes, "x")
    legend(figure, ncols=2)
    return figure
