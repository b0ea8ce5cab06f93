"""Fan charts: unmet demand of each day over all draws, one panel for each strategy; never one averaged curve."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import matplotlib.dates as mdates
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.report.figures.style import BLACK, BLUE, dated, legend, new_figure, thousands

ACROSS = 3
MOST = 6
"""Strategies in one picture."""
BANDS = ((0.1, 0.9, 0.18, "eight draws of ten"), (0.25, 0.75, 0.42, "half of the draws"))
ALL = (0.0, 1.0, 0.18, "from lowest to highest draw")
"""In the place of the wide band where there are too few draws for one."""


def bands(table: pd.DataFrame) -> list[tuple[float, float, float, str]]:
    """The bands that there are draws enough for, the widest first; `table` has a column for each quantile."""
    found = [band for band in BANDS if table[band[0]].notna().any()]
    return found if BANDS[0] in found else [ALL, *found]


def draw(fan: pd.DataFrame, strategies: Sequence[str], start: dt.date, unit: str) -> Figure:
    """`fan` has the rows of one scenario and product, as `sim.study.infer.compare.fan` gives them."""
    shown = list(strategies)[:MOST]
    across = min(ACROSS, len(shown))
    down = -(-len(shown) // across)
    figure = new_figure(0.9 + 2.0 * down, 10.0)
    panels = figure.subplots(down, across, sharex=True, sharey=True, squeeze=False)
    for k, axes in enumerate(panels.ravel().tolist()):
        if k >= len(shown):
            axes.set_visible(False)
            continue
        _panel(axes, fan[fan["strategy"] == shown[k]], start)
        axes.set_title(f"'{shown[k]}'", pad=3)
        axes.tick_params(labelbottom=k + across >= len(shown))
        if k % across == 0:
            axes.set_ylabel(f"Unmet ({unit} a day)")
        if k + across >= len(shown):
            axes.set_xlabel("Date")
    panels[0, 0].set_ylim(0, None)  # all share the scale: only when everything is drawn is the largest known
    legend(figure, ncols=4, columnspacing=1.2)
    return figure


def _panel(axes: Axes, rows: pd.DataFrame, start: dt.date) -> None:
    table = rows.pivot(index="day", columns="quantile", values="unmet")
    days = float(mdates.date2num(start)) + table.index.to_numpy(dtype=float)  # type: ignore[no-untyped-call]
    for low, high, strength, label in bands(table):
        axes.fill_between(days, table[low], table[high], color=BLUE, alpha=strength, linewidth=0, step="mid",
                          label=label)  # fmt: skip
    axes.step(days, table[0.5], color=BLACK, linewidth=1.2, where="mid", label="median draw")
    thousands(axes)
    dated(axes, float(days[0]), float(days[-1]) + 1)
