"""How much each parameter matters, by Morris or Sobol: bars with their 95 % intervals, the most important on top."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from sim.report.figures.style import BLACK, BLUE, ORANGE, legend, new_figure, thousands, wrapped
from sim.study.design.measures import Measure

BARS = {
    "morris": (("mu_star", "mean size of its effect", BLUE, ""), ("sigma", "spread of its effect", ORANGE, "///")),
    "sobol": (("S1", "alone", BLUE, ""), ("ST", "with interactions", ORANGE, "///")),
}


def draw(table: pd.DataFrame, method: str, measure: Measure, unit: str) -> Figure:
    """`table` as `morris` or `sobol` of `sim.study.ask.sensitivity` gives it, its parameters in words."""
    labels = [wrapped(name) for name in table["parameter"]]
    figure = new_figure(1.3 + sum(max(0.6, 0.2 * (label.count("\n") + 1.5)) for label in labels), 8.0)
    axes = figure.subplots()
    place = np.arange(len(table))[::-1]
    for side, (column, label, colour, hatch) in zip((0.19, -0.19), BARS[method], strict=True):
        ends = table[f"{column}_conf"].to_numpy(dtype=float) if f"{column}_conf" in table else None
        axes.barh(place + side, table[column], 0.36, color=colour, hatch=hatch, edgecolor="white", label=label,
                  xerr=ends, error_kw={"ecolor": BLACK, "capsize": 3, "elinewidth": 1})  # fmt: skip
    axes.set_yticks(place, labels)
    axes.grid(axis="y", visible=False)
    if method == "morris":
        axes.set_xlabel(f"{measure.label}, over the parameter's whole range ({unit})")
        thousands(axes, "x")
    else:
        axes.set_xlabel(f"Share of the variance of: {measure.label.lower()}")
        axes.set_xlim(min(0.0, float(table["S1"].min())) - 0.02, None)
    legend(figure, ncols=2)
    return figure
