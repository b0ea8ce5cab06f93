"""Each member alone and in a pool: units short as dots, and the difference with its interval."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.report.figures.style import BLACK, BLUE, GREY, ORANGE, VERMILLION, legend, new_figure, short, thousands
from sim.study.ask.joining import GAINS, LOSES, Joined

LOOKS = {
    "alone": {"marker": "s", "color": ORANGE, "label": "alone"},
    "pool": {"marker": "o", "color": BLUE, "label": "in the pool"},
    "worst": {"marker": "x", "color": VERMILLION, "label": "in the pool, with the defector that is worst for it"},
}
"""Told apart by shape as well as by colour."""


def draw(found: Joined, titles: Mapping[str, str], unit: str, wide: float = 8.0) -> Figure:
    """Two panels: on the left the levels, on the right in the pool less alone."""
    members = list(found.pool.members)
    figure = new_figure(1.5 + 0.42 * len(members), wide)
    levels, beside = figure.subplots(1, 2, sharey=True, width_ratios=(3, 2))
    place = np.arange(len(members))[::-1]
    _levels(levels, found, members, place)
    _differences(beside, found, members, place)
    levels.set_yticks(place, [short(titles.get(name, name), 24) for name in members])
    levels.set_ylim(-0.6, len(members) - 0.4)
    levels.set_xlabel(f"Units short, mean ({unit})")
    beside.set_xlabel(f"In the pool less alone ({unit})")
    for axes in (levels, beside):
        axes.grid(axis="y", visible=False)
        axes.spines["left"].set_visible(False)
        axes.tick_params(axis="y", length=0)
        thousands(axes, "x")
    legend(figure, ncols=3)
    return figure


def _levels(axes: Axes, found: Joined, members: list[str], place: np.ndarray) -> None:
    rows = found.of("pool")
    alone = [rows[name]["against_mean"] for name in members]
    pooled = [rows[name]["mean"] for name in members]
    axes.hlines(place, np.minimum(alone, pooled), np.maximum(alone, pooled), color=GREY, linewidth=1.2, zorder=2)
    marks = {"alone": alone, "pool": pooled}
    if found.defectors:  # a mark only where it is another
        worst = [found.worst(name) for name in members]
        marks["worst"] = [most if most != own else float("nan") for most, own in zip(worst, pooled, strict=True)]
    for name, values in marks.items():
        looks = LOOKS[name]
        edge = {} if looks["marker"] == "x" else {"edgecolors": BLACK, "linewidths": 0.7}
        axes.scatter(values, place, s=46, zorder=3, **looks, **edge)  # type: ignore[arg-type]
    axes.margins(x=0.06)
    axes.set_xlim(left=min(0.0, axes.get_xlim()[0]))


def _differences(axes: Axes, found: Joined, members: list[str], place: np.ndarray) -> None:
    rows = found.of("pool")
    axes.axvline(0, color=BLACK, linewidth=1.1, zorder=1)
    for name, y in zip(members, place.tolist(), strict=True):
        row = rows[name]
        told = row["verdict"] in (GAINS, LOSES)
        if row["n"] > 1:
            axes.plot((row["low"], row["high"]), (y, y), color=BLACK, linewidth=1.4, marker="|", markersize=8, zorder=2)
        fill = "white" if not told else BLUE if row["difference"] < 0 else VERMILLION
        axes.plot(row["difference"], y, "D", markersize=6.5, markeredgecolor=BLACK, markerfacecolor=fill, zorder=3)
    axes.margins(x=0.12)
    axes.annotate("◀ better in the pool", (0.0, 1.0), xycoords="axes fraction", xytext=(0, 3), fontsize=8.5,
                  textcoords="offset points", ha="left", va="bottom")  # fmt: skip
    axes.annotate("better alone ▶", (1.0, 1.0), xycoords="axes fraction", xytext=(0, 3), fontsize=8.5,
                  textcoords="offset points", ha="right", va="bottom")  # fmt: skip
