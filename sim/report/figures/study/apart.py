"""Paired differences of several options as points with their intervals, a row each, beside what each would cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from sim.report.figures.style import BLACK, BLUE, GREY, VERMILLION, new_figure, wrapped
from sim.report.words.rounding import MINUS

NAME = 34


def draw(names: Sequence[str], panels: Sequence[tuple[str, Sequence[Mapping[str, Any] | None], str]]) -> Figure:
    """`panels` are (heading, rows of differences over the names, which way is better: higher, lower or neither)."""
    figure = new_figure(1.2 + 0.5 * len(names))
    several = figure.subplots(1, len(panels), sharey=True, squeeze=False)[0]
    for axes, (heading, rows, better) in zip(several, panels, strict=True):
        _panel(axes, rows, better)
        axes.set_xlabel(heading, fontsize=8.5)
    several[0].set_yticks(range(len(names)), [wrapped(name, NAME) for name in names], fontsize=8.5)
    several[0].set_ylim(len(names) - 0.5, -0.5)
    return figure


def _signed(value: float) -> str:
    return "0" if abs(value) < 1e-9 else f"{value:+,.10g}".replace("-", MINUS)


def _panel(axes: Axes, rows: Sequence[Mapping[str, Any] | None], better: str) -> None:
    axes.axvline(0, color=GREY, linewidth=1.0)
    for place, row in enumerate(rows):
        if row is None or row["difference"] != row["difference"]:
            axes.annotate("not known", (0, place), (4, 0), textcoords="offset points", va="center", fontsize=8)
            continue
        apart = row["verdict"] in ("higher", "lower")
        ink = GREY if not apart else BLACK if not better else BLUE if row["verdict"] == better else VERMILLION
        if row["low"] == row["low"]:
            axes.hlines(place, row["low"], row["high"], color=ink, linewidth=2.0)
        axes.plot(row["difference"], place, marker="o", color=ink, markerfacecolor=ink if apart else "white")
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="y", visible=False)
    axes.xaxis.set_major_locator(MaxNLocator(4))
    axes.xaxis.set_major_formatter(lambda value, _: _signed(value))
    axes.margins(x=0.12)
