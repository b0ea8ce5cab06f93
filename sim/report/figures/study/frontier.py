"""Cost against harm: every strategy a point, the frontier a line; scenarios beside each other."""

from __future__ import annotations

import itertools
from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sim.report.figures.labels import Labels
from sim.report.figures.style import BLUE, GREY, VERMILLION, WIDTH, legend, new_figure
from sim.study.design.measures import Measure
from sim.study.infer.frontier import DOMINATED, EXTENDED, FRONTIER, unit_of

LOOKS = {FRONTIER: ("o", BLUE), EXTENDED: ("s", VERMILLION), DOMINATED: ("X", GREY)}
MOST = 3
"""Scenarios in one picture."""
ALONG = 12


def draw(table: pd.DataFrame, currency: str, letters: Mapping[str, str]) -> Figure:
    """`table` has the rows of one effect, as `sim.study.infer.frontier` gives them; the first `MOST` scenarios.

    `letters` name the strategies.
    """
    scenarios = list(dict.fromkeys(table["scenario"]))[:MOST]
    figure = new_figure(3.3, WIDTH)
    panels = figure.subplots(1, len(scenarios), squeeze=False)[0]
    for axes, scenario in zip(panels, scenarios, strict=True):
        _panel(axes, table[table["scenario"] == scenario], currency, letters)
        axes.set_title(f"'{scenario}'", pad=3)
    effect = str(table["effect"].iloc[0])
    panels[0].set_ylabel(f"{Measure(effect).label}, mean ({unit_of(effect)})")
    legend(figure, ncols=3, columnspacing=1.2)
    return figure


def _panel(axes: Axes, rows: pd.DataFrame, currency: str, letters: Mapping[str, str]) -> None:
    best = rows[rows["status"] == FRONTIER]
    axes.plot(best["cost"], best["harm"], color=BLUE, linewidth=1.4, zorder=1)
    for status, (marker, colour) in LOOKS.items():
        mine = rows[rows["status"] == status]
        if len(mine):
            axes.scatter(mine["cost"], mine["harm"], marker=marker, color=colour, s=40, label=status, zorder=2)
    here = rows.sort_values("cost", kind="stable")
    points = here[["cost", "harm"]].to_numpy(dtype=float)
    Labels(axes, points, [letters[str(name)] for name in here["strategy"]], _along(best))
    axes.set_xlabel(f"Mean cost ({currency})")
    axes.margins(0.16)
    for axis, most in ((axes.xaxis, 3), (axes.yaxis, 5)):
        axis.set_major_locator(MaxNLocator(most))
        axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.10g}"))


def _along(best: pd.DataFrame) -> np.ndarray:
    """Points on the line of the frontier, which names keep off, too; shape (points, 2)."""
    line = best[["cost", "harm"]].to_numpy(dtype=float)
    if len(line) < 2:
        return np.empty((0, 2))
    share = np.linspace(0.0, 1.0, ALONG)[:, None]
    return np.vstack([a + share * (b - a) for a, b in itertools.pairwise(line)])
