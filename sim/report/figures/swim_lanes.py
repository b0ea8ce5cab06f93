"""Swim lanes on one date axis: bars, moments and lines, each row with its tag and where it is from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.report.figures.style import BLACK, BLUE, GREY, VERMILLION, dated, on, short
from sim.report.hindsight.timeline import INFERRED, LANES, OBSERVED, SIMULATED, STOCK, Row
from sim.report.run.facts import Facts
from sim.report.words.rounding import number

WIDTH, HIGH = 15.6, 0.21
"""Inches: of the picture, to fill a page of A3; of a row of bars."""
LEFT, RIGHT, FOOT = 0.285, 0.66, 0.4
LINE = 3.2
"""Rows of bars that a row with a line is as high as."""
FEWEST = 3
"""Figures from which there is a line to draw; fewer stand as points with their values."""
MOST = 18
"""Rows of a lane that are drawn; the table has the others."""
NAMED, SOURCED = 54, 76
"""Letters of a name, and of a source, that there is room for."""
SIGNS = {OBSERVED: "●", INFERRED: "◐", SIMULATED: "○"}
LOOKS: dict[str, tuple[str, str, Any]] = {OBSERVED: ("#cfe3f1", "#005a8c", "-"), INFERRED: ("#ffffff", "#005a8c", "-"),
         SIMULATED: ("#ffffff", "#76828e", (0, (3, 2)))}  # fmt: skip
"""Fill, ink and edge of a bar; what is inferred is hatched."""
KEY = (
    "● observed: a source says so; ◐ inferred: worked out from one, or assumed (hatched); ○ simulated: as the run has "
    "it (dashed). To the right: where it is from. Lines have their highest figure beside them."
)


def draw(facts: Facts, rows: Sequence[Row]) -> Figure:
    """The lanes, from top to bottom; of a lane with very many rows the first."""
    shown: list[Row | str] = []
    for lane in LANES:
        mine = [row for row in rows if row.lane == lane]
        if mine:
            more = len(mine) - MOST
            shown += [lane, *mine[:MOST], *([f"  and {more} more, in the table"] if more > 0 else [])]
    tall = sum(_tall(row) for row in shown)
    height = HIGH * tall + FOOT + 0.1
    figure = Figure(figsize=(WIDTH, height))
    axes = figure.add_axes((LEFT, FOOT / height, RIGHT - LEFT, HIGH * tall / height))
    place = 0.0
    for row in shown:
        if isinstance(row, str):
            _left(axes, row, place + 0.55, row in LANES)
        else:
            _row(axes, facts, row, place)
        place += _tall(row)
    axes.set_ylim(place, 0)
    axes.set_yticks([])
    axes.grid(axis="y", visible=False)
    dated(axes, on(facts, 0), on(facts, facts.days))
    return figure


def _tall(row: Row | str) -> float:
    return LINE if isinstance(row, Row) and len(row.values) >= FEWEST else 1.0


def _left(axes: Axes, text: str, y: float, bold: bool = False) -> None:
    axes.annotate(text, (0, y), (-LEFT * 72 * WIDTH + 4, 0), xycoords=("axes fraction", "data"),
                  textcoords="offset points", va="center", fontsize=9.5 if bold else 8.5,
                  fontweight="bold" if bold else "normal", color=BLACK)  # fmt: skip


def _row(axes: Axes, facts: Facts, row: Row, place: float) -> None:
    middle = place + _tall(row) / 2
    _left(axes, f"{SIGNS[row.tag]} {short(row.words, NAMED)}", middle)
    axes.annotate(short(f"{row.tag}: {row.source}", SOURCED), (1, middle), (8, 0), xycoords=("axes fraction", "data"),
                  textcoords="offset points", va="center", fontsize=8.0, color="#4b5661")  # fmt: skip
    if len(row.values) >= FEWEST:
        _line(axes, facts, row, place)
    for day, value in row.values if len(row.values) < FEWEST else ():
        axes.plot(on(facts, day), middle, marker="o", color=BLACK, markersize=4, clip_on=False)
        axes.annotate(f"{number(value)} {row.unit}".strip(), (on(facts, day), middle), (5, 0),
                      textcoords="offset points", va="center", fontsize=8.0)  # fmt: skip
    fill, ink, edge = LOOKS[row.tag]
    for first, until in row.spans:
        if until <= first:
            axes.plot(on(facts, first + 0.5), middle, marker="D", color=ink, markersize=5, clip_on=False)
        else:
            axes.barh(middle, until - first, 0.66, left=on(facts, first), facecolor=fill, edgecolor=ink, linewidth=1.0,
                      linestyle=edge, hatch="///" if row.tag == INFERRED else None)  # fmt: skip


def _line(axes: Axes, facts: Facts, row: Row, place: float) -> None:
    """A line from 0 to its highest figure, which stands beside it; what was seen as points."""
    days, figures = zip(*row.values, strict=True)
    top = max(max(figures), 1e-9)
    low, tall = place + LINE - 0.3, LINE - 0.75
    heights = [low - tall * max(0.0, value) / top for value in figures]
    ink = BLACK if row.tag == OBSERVED else BLUE if row.lane == STOCK else VERMILLION
    places = [on(facts, day) for day in days]
    axes.axhline(low, color=GREY, linewidth=0.5)
    if row.tag == OBSERVED:
        axes.plot(places, heights, color=GREY, linewidth=0.8, linestyle=(0, (1, 2)))
        axes.plot(places, heights, color=ink, marker="o", markersize=4, linestyle="", clip_on=False)
    else:
        axes.fill_between(places, heights, low, color=ink, alpha=0.15, linewidth=0)
        axes.plot(places, heights, color=ink, linewidth=1.3)
    peak = figures.index(max(figures))
    left = places[peak] < on(facts, 0.85 * facts.days)
    axes.annotate(f"{number(figures[peak])} {row.unit}".strip(), (places[peak], heights[peak]),
                  (5 if left else -5, 0), textcoords="offset points", va="center", ha="left" if left else "right",
                  fontsize=8.0, bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.4, "alpha": 0.8})  # fmt: skip
