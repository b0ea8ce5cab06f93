"""The way of one lot from its maker over stores to those who use it: units on the branches, and what became of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path

from sim.report.figures.style import BLACK, BLUE, GREEN, GREY, ORANGE, VERMILLION, new_figure, short
from sim.report.run.reasons.lot_way import FATES, LotWay
from sim.report.words.phrases import count, plural

LOOKS = {
    "used": (GREEN, ""), "called back": (BLUE, "///"), "expired": (ORANGE, "..."), "destroyed": (VERMILLION, "xxx"),
    "left": ("white", ""),
}  # fmt: skip
KINDS = {"supplier": "maker", "warehouse": "stores", "facility": "facilities", "port": "ports"}
SLOT = 0.205
"""Inches that a site's name needs."""
BAR = 0.035
"""Width of a bar, where stages are 1 apart."""
FLOW, EDGE = "#dddddd", "#b5b5b5"


@dataclass(frozen=True)
class _Box:
    """Where a site stands: `stage` across, from `bottom` to `top` in units of the lot."""

    stage: int
    bottom: float
    top: float


def draw(way: LotWay) -> Figure:
    """A stage beside the next, bars as high as what was received, and a branch for all shipments between two sites."""
    rows = max(way.sites.groupby("stage").size())
    height = max(3.2, SLOT * rows + 1.5)
    figure = new_figure(height)
    axes = figure.add_subplot()
    boxes, tall = _boxes(way, height)
    _branches(axes, way, boxes)
    last = int(way.sites["stage"].max())
    for row in way.sites.to_dict("records"):
        _bar(axes, row, boxes[row["site"]], end=row["stage"] == last)
    axes.set_xlim(-0.12, last + 0.62 * max(last, 1) / 2)
    axes.set_xticks(range(last + 1), [_stage_words(way, k) for k in range(last + 1)])
    axes.tick_params(axis="x", length=0)
    axes.set_yticks([])
    axes.grid(visible=False)
    axes.spines["left"].set_visible(False)
    axes.set_ylim(-1.3 * _scale(axes, way), tall)
    _legend(figure, way)
    return figure


def _boxes(way: LotWay, height: float) -> tuple[dict[str, _Box], float]:
    """Site -> its box, and the height of the picture in units; children stand beside who sent them most."""
    total = float(way.sites.groupby("stage")["received"].sum().max())
    rows = max(way.sites.groupby("stage").size())
    tall = total * (1.15 + 0.02 * rows)
    slot = tall * SLOT / (height - 1.3)
    place: dict[str, float] = {}
    boxes: dict[str, _Box] = {}
    for stage, mine in way.sites.groupby("stage"):
        order = mine.assign(above=[-place.get(parent, 0.0) for parent in mine["parent"]]).sort_values(
            ["summed", "above", "received"], ascending=[True, True, False], kind="stable"
        )
        need = [max(float(units), slot) for units in order["received"]]
        spare = max(0.0, tall - sum(need)) / (len(need) + 1)
        top = tall - spare
        for site, units, space in zip(order["site"], order["received"], need, strict=True):
            middle = top - space / 2
            boxes[site] = _Box(int(str(stage)), middle - units / 2, middle + units / 2)
            place[site] = middle
            top -= space + spare
    lowest = min(box.bottom for box in boxes.values())
    if lowest < 0:  # more names than fit at this scale
        boxes = {site: _Box(box.stage, box.bottom - lowest, box.top - lowest) for site, box in boxes.items()}
        tall -= lowest
    return boxes, tall


def _branches(axes: Axes, way: LotWay, boxes: dict[str, _Box]) -> None:
    """Ribbons in order of height at both ends, so that they cross as little as can be."""
    middle = {site: (box.bottom + box.top) / 2 for site, box in boxes.items()}
    last = int(way.sites["stage"].max())
    out = {site: box.top for site, box in boxes.items()}
    into = dict(out)
    starts: dict[tuple[str, str], float] = {}
    rows = [(str(r["source"]), str(r["site"]), float(r["units"])) for r in way.branches.to_dict("records")]
    for source, site, units in sorted(rows, key=lambda row: -middle[row[1]]):
        starts[source, site] = out[source]
        out[source] -= units
    for source, site, units in sorted(rows, key=lambda row: -middle[row[0]]):
        x = (boxes[source].stage + BAR, boxes[site].stage - BAR)
        y, z, turn = starts[source, site], into[site], (x[0] + x[1]) / 2
        into[site] -= units
        corners = [(x[0], y), (turn, y), (turn, z), (x[1], z), (x[1], z - units), (turn, z - units), (turn, y - units),
                   (x[0], y - units), (x[0], y)]  # fmt: skip
        codes = [Path.MOVETO, *[Path.CURVE4] * 3, Path.LINETO, *[Path.CURVE4] * 3, Path.CLOSEPOLY]
        axes.add_patch(
            PathPatch(Path(corners, codes), facecolor=FLOW, edgecolor=EDGE, linewidth=0.5, zorder=1, gid="branch")
        )
        if boxes[site].stage < last:
            axes.annotate(count(units), (x[1], z - units / 2), (-4, 0), textcoords="offset points", ha="right",
                          va="center", fontsize=8.5)  # fmt: skip


def _bar(axes: Axes, row: dict[Any, Any], box: _Box, end: bool) -> None:
    """What was received, from the top: sent on, then what became of the rest."""
    left, top = box.stage - BAR, box.top
    for name, colour, hatch in (("sent", GREY, ""), *((fate, *LOOKS[fate]) for fate in FATES)):
        units = float(row[name])
        if units:
            axes.add_patch(
                Rectangle(
                    (left, top - units), 2 * BAR, units, facecolor=colour, hatch=hatch, linewidth=0.4, zorder=2,
                    edgecolor="white" if colour != "white" else BLACK, gid=name,
                )
            )  # fmt: skip
            top -= units
    axes.add_patch(
        Rectangle(
            (left, box.bottom), 2 * BAR, box.top - box.bottom, fill=False, edgecolor=BLACK, linewidth=0.6, zorder=3
        )
    )
    if end:
        axes.annotate(
            _end_words(row), (box.stage + BAR, (box.bottom + box.top) / 2), (4, 0), textcoords="offset points",
            va="center", fontsize=8.5,
        )  # fmt: skip
    else:
        axes.annotate(
            short(str(row["site"]).strip(), 30), (box.stage, box.top), (0, 2), textcoords="offset points", va="bottom",
            ha="center", fontsize=8.5, zorder=4,
        )  # fmt: skip


def _end_words(row: dict[Any, Any]) -> str:
    """Name, units received and what of them was lost or is left."""
    told = [(row[fate], fate) for fate in FATES[1:] if row[fate]]
    whole = len(told) == 1 and told[0][0] == row["received"]
    words = [f"all {told[0][1]}"] if whole else [f"{count(units)} {fate}" for units, fate in told]
    return f"{short(str(row['site']).strip(), 24)}: {', '.join([count(row['received']), *words])}"


def _stage_words(way: LotWay, stage: int) -> str:
    kinds = way.sites.loc[way.sites["stage"] == stage, "kind"]
    words = " and ".join(dict.fromkeys(KINDS.get(str(kind), str(kind)) for kind in kinds))
    if stage == 0:
        made = pd.Timestamp(str(way.about["made"]))
        return f"Maker\nmade from {made:%-d %b %Y}"
    first, last = way.first[stage], way.last[stage]
    if first is None or last is None:
        return words.capitalize()
    begin = "" if first == last else f"{first:%-d %b}{f' {first:%Y}' if first.year != last.year else ''} to "
    return f"{words.capitalize()}\narrived {begin}{last:%-d %b %Y}"


def _scale(axes: Axes, way: LotWay) -> int:
    """A bar of a round number of units, below all else, since there is no axis for heights; returns the number."""
    size = float(str(way.about["units"])) / 8
    ten = 10 ** (len(str(int(max(size, 1)))) - 1)
    units = max(1, int(size // ten) * ten)
    axes.plot([-0.1, -0.1], [-1.2 * units, -0.2 * units], color=BLACK, linewidth=2.5, solid_capstyle="butt")
    axes.annotate(
        f"height of {plural(units, 'unit')}", (-0.1, -0.7 * units), (5, 0), va="center", textcoords="offset points",
        fontsize=8.5,
    )  # fmt: skip
    return units


def _legend(figure: Figure, way: LotWay) -> None:
    """What became of the lot in all, with its colours."""
    handles, labels = [Rectangle((0, 0), 1, 1, facecolor=GREY)], ["sent on"]
    for fate in FATES:
        units = int(way.sites[fate].sum())
        if units:
            colour, hatch = LOOKS[fate]
            handles.append(Rectangle((0, 0), 1, 1, facecolor=colour, hatch=hatch, edgecolor=BLACK, linewidth=0.5))
            words = {"used": "used or destroyed" if way.unsure else "used", "left": "left at the end"}.get(fate, fate)
            labels.append(f"{words}: {count(units)}")
    figure.legend(handles, labels, loc="outside upper left", ncols=len(labels))
