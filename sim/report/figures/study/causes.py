"""What each cause adds to a measure or takes from it: bars with their intervals, and what comes of causes together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sim.report.figures.style import BLACK, BLUE, GREEN, GREY, new_figure, short, wrapped
from sim.report.words.phrases import plural

MOST = 12
"""Causes with a bar of their own; the others share one."""
MOST_GROUPS = 6
ACROSS = 2
LETTERS = 34
"""of a cause's name on a line"""
TOGETHER, ALL_OF_IT = "only together", "all of it"
ADDS, TAKES, INTERVAL = "adds: its share", "takes away: its share", "95% interval"
ALONE, LESS = "if alone", "less without it"
SHARED, WHOLE = "only together (within the shares)", "all of it: the shares added up"
LEGEND = (ADDS, TAKES, INTERVAL, ALONE, LESS, SHARED, WHOLE)
COLUMNS = ["shapley", "low", "high", "leave_one_out", "alone"]


def draw(table: pd.DataFrame, label: str, unit: str) -> Figure:
    """`table` has the rows of one measure and breakdown, as `sim.study.ask.attribution` gives them, a panel a group.

    Of more than `MOST_GROUPS` groups those with the largest amounts are shown.
    """
    groups, order = groups_of(table), order_of(table)
    rows = {group: bars(table[table["group"] == group], order) for group in groups}
    across = min(ACROSS, len(groups))
    down = -(-len(groups) // across)
    labels = [wrapped(name, LETTERS) for name in rows[groups[0]]["cause"]]
    tall = sum(max(0.34, 0.17 * (label.count("\n") + 1) + 0.06) for label in labels)
    figure = new_figure(1.1 + down * (0.55 + tall), 10.4 if across > 1 else 8.0)
    panels = figure.subplots(down, across, sharex=True, sharey=True, squeeze=False)
    for axes in panels.ravel()[len(groups) :]:
        axes.set_visible(False)
    for number, (group, axes) in enumerate(zip(groups, panels.ravel(), strict=False)):
        _panel(axes, rows[group])
        axes.set_yticks(np.arange(len(labels))[::-1], labels)
        axes.set_title(short(group, 48) if group else "")
        if number + across >= len(groups):
            axes.set_xlabel(f"{label}, mean ({unit})")
            axes.tick_params(labelbottom=True)
    found: dict[str, Any] = {}
    for axes in figure.axes:
        found.update((label, handle) for handle, label in zip(*axes.get_legend_handles_labels(), strict=True))
    shown = [label for label in LEGEND if label in found]
    figure.legend([found[label] for label in shown], shown, loc="outside upper left", ncols=3, columnspacing=1.2)
    return figure


def groups_of(table: pd.DataFrame) -> list[str]:
    """Groups in their order, of many those with most to share out."""
    size = table.assign(most=table[["shapley", "alone", "leave_one_out"]].abs().max(axis=1)).groupby("group")["most"]
    most = size.max().sort_values(ascending=False, kind="stable").index[:MOST_GROUPS]
    return [group for group in dict.fromkeys(table["group"]) if group in most]


def order_of(table: pd.DataFrame) -> list[str]:
    """Causes by the size of their shares, over all groups together."""
    size = table.assign(size=table["shapley"].abs()).groupby("cause", sort=False)["size"].sum()
    return [str(cause) for cause in size.sort_values(ascending=False, kind="stable").index]


def bars(rows: pd.DataFrame, causes: Sequence[str]) -> pd.DataFrame:
    """One row a bar from top to bottom: causes in their order, those beyond `MOST` summed, what only together, and all.

    What causes do only together is the difference of everything less what each does alone; it is not 0 where they meet.
    It stands in the causes' shares already, which add up to all of it. Sums have no interval.
    """
    order = rows.set_index("cause").loc[list(causes)].reset_index()
    keep = MOST if len(order) <= MOST else MOST - 1
    found: list[dict[Any, Any]] = order.head(keep)[["cause", *COLUMNS]].to_dict("records")
    rest = order.iloc[keep:]
    if len(rest):
        sums: dict[str, Any] = {name: float(rest[name].sum()) for name in ("shapley", "leave_one_out", "alone")}
        found.append({"cause": f"{plural(len(rest), 'further cause')}", "low": np.nan, "high": np.nan} | sums)
    whole = float(rows["total"].iloc[0] - rows["baseline"].iloc[0])
    together = whole - float(rows["alone"].sum())
    none: dict[str, Any] = {"low": np.nan, "high": np.nan, "leave_one_out": np.nan, "alone": np.nan}
    if len(rows) > 1:
        found.append({"cause": TOGETHER, "shapley": 0.0 if abs(together) < 1e-9 * abs(whole) else together} | none)
    return pd.DataFrame([*found, {"cause": ALL_OF_IT, "shapley": whole} | none])


def _panel(axes: Axes, rows: pd.DataFrame) -> None:
    causes = rows[~rows["cause"].isin([TOGETHER, ALL_OF_IT])]
    place = np.arange(len(rows))[::-1]
    for kind, mine, colour, hatch in (
        (ADDS, rows["shapley"] >= 0, BLUE, ""),
        (TAKES, rows["shapley"] < 0, GREEN, "///"),
    ):
        here = (mine & rows.index.isin(causes.index)).to_numpy()
        if here.any():
            axes.barh(place[here], rows["shapley"][here], 0.6, color=colour, hatch=hatch, edgecolor="white", label=kind)
    known = causes["low"].notna().to_numpy()
    at, mean = place[: len(causes)][known], causes["shapley"][known]
    reach = [mean - causes["low"][known], causes["high"][known] - mean]
    if known.any():
        axes.errorbar(mean, at, xerr=reach, linestyle="none", color=BLACK, capsize=3, elinewidth=1.2, label=INTERVAL)
    spots = place[: len(causes)]
    if len(causes) > 1:
        axes.plot(causes["alone"], spots, "o", color="white", markeredgecolor=BLACK, markersize=6, label=ALONE)
        axes.plot(causes["leave_one_out"], spots, "D", color=BLACK, markersize=4.5, label=LESS)
    for name, colour, hatch, words in (
        (TOGETHER, "white", "xxx", SHARED),
        (ALL_OF_IT, GREY, "", WHOLE),
    ):
        here = (rows["cause"] == name).to_numpy()
        if here.any():
            axes.barh(place[here], rows["shapley"][here], 0.6, color=colour, hatch=hatch, edgecolor=GREY, label=words)
    axes.axvline(0, color=BLACK, linewidth=1)
    axes.axhline(len(rows) - len(causes) - 0.5, color=GREY, linewidth=0.8)
    axes.set_ylim(-0.6, len(rows) - 0.4)
    axes.grid(axis="y", visible=False)
    axes.xaxis.set_major_locator(MaxNLocator(5))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.10g}"))
