"""Size of a reserve against how often a target is met, and against what setting it up costs."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from sim.report.figures.style import BLACK, BLUE, GREEN, VERMILLION, new_figure, thousands


def draw(tried: pd.DataFrame, target: str, currency: str, chosen: int | None, size: str, need: float) -> Figure:
    """`tried` as in `sim.study.ask.search.Smallest`; `chosen` is the size found, `size` what is sized, `need` the share
    of draws asked for."""
    figure = new_figure(4.4, 7.0)
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=(3, 2))
    line = "-" if chosen is not None else "none"  # between sizes of which none will do, nothing is known
    above.plot(tried["value"], tried["share"], color=BLUE, marker="o", markersize=5, linestyle=line)
    above.set_ylim(-0.04, 1.04)
    above.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    above.set_ylabel("Draws (%)")
    above.set_title(f"Draws with {target}", pad=3)
    below.plot(tried["value"], tried["first_cost"], color=GREEN, marker="s", markersize=4, linestyle=(0, (6, 2)))
    below.set_ylabel(f"To set up ({currency})")
    below.set_xlabel(f"{size} (days of the members' usual demand)")
    thousands(below)
    above.axhline(need, color=BLACK, linewidth=1.0, linestyle=(0, (2, 1.5)))
    above.annotate(f"asked for: {need:.0%}", (0.0, need), (3, 3), xycoords=above.get_yaxis_transform(),
                   textcoords="offset points", fontsize=9)  # fmt: skip
    if chosen is None:
        most = tried["value"].max()
        above.annotate(f"not found: {len(tried)} sizes tried, up to {most:g} days", (0.5, 0.5),
                       xycoords="axes fraction", ha="center", color=VERMILLION)  # fmt: skip
    else:
        for axes in (above, below):
            axes.axvline(chosen, color=VERMILLION, linewidth=1.2, linestyle=(0, (2, 1.5)))
        above.annotate(f"{chosen} days", (chosen, 0.02), xytext=(5, 2), textcoords="offset points", color=VERMILLION)
    return figure
