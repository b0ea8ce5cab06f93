"""Cost against harm for who decides: every option a mark with its letter and name, whiskers, and which are alike."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, MaxNLocator
from matplotlib.transforms import Affine2D

from sim.report.figures.placing import Box, place
from sim.report.figures.style import BLACK, BLUE, GREY, short

WIDE, HIGH = 7.2, 2.5
"""Inches."""
TYPE = 8.5
EDGE, SIDE = 0.03, 0.095
"""Of the width: what words along the left edge and figures beside a panel take."""


@dataclass(frozen=True)
class Mark:
    """An option: its mean cost and harm, between what most draws lie, if it is worth its price, and if it is one of
    those that cannot be told apart from the best."""

    letter: str
    name: str
    cost: float
    harm: float
    span: tuple[float, float]
    worth: bool
    alike: bool


@dataclass(frozen=True)
class Panel:
    """A scenario's options."""

    title: str
    marks: Sequence[Mark]


def draw(panels: Sequence[Panel], harm: str, cost: str, whiskers: str) -> Figure:
    """`harm` and `cost` stand along the axes; `whiskers` says what they span."""
    figure = Figure(figsize=(WIDE, HIGH))
    width = (1 - EDGE - SIDE * len(panels) - 0.03) / len(panels)
    for k, panel in enumerate(panels):
        left = EDGE + SIDE * (k + 1) + width * k
        axes = figure.add_axes((left, 0.3, width, 0.57))
        axes.set_title(panel.title, fontsize=9.5, fontweight="bold", pad=4)
        _scales(axes, panel.marks)
        axes.set_xlabel(cost, fontsize=TYPE)
        if k == 0:
            axes.set_ylabel(harm, fontsize=TYPE)
        box = Box(*(72 * side for side in (left * WIDE, 0.3 * HIGH, (left + width) * WIDE, 0.87 * HIGH)))
        _marks(figure, axes, panel.marks, box, 24 if len(panels) < 3 else 0)
    _legend(figure, whiskers)
    return figure


def _scales(axes: Axes, marks: Sequence[Mark]) -> None:
    costs = [mark.cost for mark in marks]
    harms = [end for mark in marks for end in (*mark.span, mark.harm)]
    for values, limits, axis, ticks in ((costs, axes.set_xlim, axes.xaxis, 3), (harms, axes.set_ylim, axes.yaxis, 4)):
        low, high = min(values), max(values)
        room = (high - low or abs(high) or 1.0) * (0.2 if limits == axes.set_xlim else 0.12)
        limits(low - (room if limits == axes.set_xlim else 1.5 * room), high + room)
        axis.set_major_locator(MaxNLocator(ticks))
        axis.set_major_formatter(FuncFormatter(partial(_round, most=max(map(abs, values)))))
    axes.tick_params(labelsize=TYPE)


def _round(value: float, _: object, most: float) -> str:
    """A figure of an axis that reaches so far: 16.2 m for millions."""
    size, word = next(((size, word) for size, word in ((1e9, " bn"), (1e6, " m")) if most >= size), (1.0, ""))
    return f"{value / size:,.10g}{word if value else ''}"


def _marks(figure: Figure, axes: Axes, marks: Sequence[Mark], box: Box, longest: int) -> None:
    line = sorted((mark for mark in marks if mark.worth), key=lambda mark: mark.cost)
    axes.plot([m.cost for m in line], [m.harm for m in line], color=BLUE, linewidth=1.4, zorder=2)
    (x0, x1), (y0, y1) = axes.get_xlim(), axes.get_ylim()

    def points(cost: float, harm: float) -> tuple[float, float]:
        return (box.left + (cost - x0) / (x1 - x0) * (box.right - box.left),
                box.bottom + (harm - y0) / (y1 - y0) * (box.top - box.bottom))  # fmt: skip

    at, bars = [points(mark.cost, mark.harm) for mark in marks], []
    for mark in marks:
        axes.plot((mark.cost, mark.cost), mark.span, color=BLACK, linewidth=1, marker="_", markersize=5, zorder=3)
        (x, low), (_, high) = points(mark.cost, mark.span[0]), points(mark.cost, mark.span[1])
        bars.append(Box(x - 2, low, x + 2, high))
        axes.plot(mark.cost, mark.harm, zorder=5, markersize=7, **_looks(mark.worth))
        if mark.alike:
            axes.plot(mark.cost, mark.harm, "o", markersize=15, fillstyle="none", markeredgecolor=BLACK, zorder=4)
    in_points = Affine2D().scale(1 / 72) + figure.dpi_scale_trans
    bars += _along([points(mark.cost, mark.harm) for mark in line])
    texts = [f"{mark.letter}  {short(mark.name, longest)}" if longest else mark.letter for mark in marks]
    for (x, y), text, spot in zip(at, texts, place(at, texts, TYPE, box, bars), strict=True):
        figure.add_artist(
            Line2D((x, spot.end[0]), (y, spot.end[1]), color=GREY, linewidth=0.8, zorder=1, transform=in_points)
        )
        left = {"left": spot.box.left + 2, "right": spot.box.right - 2}.get(
            spot.side, (spot.box.left + spot.box.right) / 2
        )
        figure.text(left, spot.box.bottom + 0.28 * TYPE, text, fontsize=TYPE, ha=spot.side, va="baseline",
                    transform=in_points, zorder=6)  # fmt: skip


def _along(line: Sequence[tuple[float, float]]) -> list[Box]:
    """Small boxes on a line through some points, which no label may cover."""
    found = []
    for (x0, y0), (x1, y1) in pairwise(line):
        steps = max(1, int(math.hypot(x1 - x0, y1 - y0) / 4))
        for k in range(steps):
            x, y = x0 + (x1 - x0) * k / steps, y0 + (y1 - y0) * k / steps
            found.append(Box(x - 2, y - 2, x + 2, y + 2))
    return found


def _looks(worth: bool) -> dict[str, Any]:
    fill = {"marker": "o", "markerfacecolor": BLUE} if worth else {"marker": "s", "markerfacecolor": "white"}
    return {"markeredgecolor": BLACK, "markeredgewidth": 1.1, "linestyle": "none", **fill}


def _legend(figure: Figure, whiskers: str) -> None:
    handles = [
        Line2D([], [], markersize=7, label="worth its price", **_looks(True)),
        Line2D([], [], markersize=7, label="another does as well, or better, for less", **_looks(False)),
        Line2D([], [], color=BLACK, linewidth=1, marker="_", label=whiskers),
        Line2D([], [], marker="o", markersize=11, markerfacecolor="none", markeredgecolor=BLACK, linestyle="none",
               label="ringed: cannot be told apart"),
    ]  # fmt: skip
    figure.legend(handles=handles, loc="lower left", bbox_to_anchor=(0.01, 0.0), ncols=4, fontsize=TYPE - 0.5,
                  handletextpad=0.4, columnspacing=1.0, frameon=False)  # fmt: skip
