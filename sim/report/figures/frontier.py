"""Cost against harm: every strategy a point, the frontier a line."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from sim.report.figures.style import BLUE, GREY, VERMILLION, new_figure, thousands
from sim.study.frontier import DOMINATED, EXTENDED, FRONTIER, unit_of
from sim.study.measures import Measure

LOOKS = {FRONTIER: ("o", BLUE), EXTENDED: ("s", VERMILLION), DOMINATED: ("X", GREY)}


def draw(rows: pd.DataFrame, currency: str) -> Figure:
    """`rows` of one scenario and effect, as `sim.study.frontier.frontier` gives them."""
    figure = new_figure(4.2, 7.0)
    axes = figure.subplots()
    effect = str(rows["effect"].iloc[0])
    best = rows[rows["status"] == FRONTIER]
    axes.plot(best["cost"], best["harm"], color=BLUE, linewidth=1.4, zorder=1)
    for status, (marker, colour) in LOOKS.items():
        mine = rows[rows["status"] == status]
        if len(mine):
            axes.scatter(mine["cost"], mine["harm"], marker=marker, color=colour, s=55, label=status, zorder=2)
    for row in rows.to_dict("records"):
        axes.annotate(str(row["strategy"]), (row["cost"], row["harm"]), xytext=(6, 5), textcoords="offset points",
                      fontsize=9)  # fmt: skip
    axes.set_xlabel(f"Mean cost ({currency})")
    axes.set_ylabel(f"{Measure(effect).label}, mean ({unit_of(effect)})")
    axes.margins(0.14)
    thousands(axes)
    axes.xaxis.set_major_formatter(axes.yaxis.get_major_formatter())
    axes.xaxis.set_major_locator(MaxNLocator(5))
    axes.legend(loc="best")
    return figure
