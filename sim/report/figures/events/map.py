"""Where it happened: sites and lanes on a map of the world."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure

from sim.model.network import Lane
from sim.report.figures.events.trouble import trouble
from sim.report.figures.labels import Labels
from sim.report.figures.style import BLACK, BLUE, ORANGE, VERMILLION, WIDTH, new_figure, short
from sim.report.run.facts import KEEPERS, Facts
from sim.report.run.outlines import outlines, unwrap

MARKS = {"supplier": "s", "port": "D", "warehouse": "^", "facility": "o"}
MANY = 500
"""From this many sites on, marks become pixels and lanes to facilities are left out."""
MANY_LANES = 60
"""With more lanes than this their lines are thin, or they would hide the sites."""
HIGH = 6.0
"""Inches of the map itself, at most."""
MANY_MARKS = 200
"""Of more marks names keep off those of facilities no longer."""
NAMED = 40
"""Names on a map; of more sites those that matter most."""
SHORT = (
    (0.0, "#ffffff", 22, "all demand met"), (0.0, "#fde0b0", 34, "up to 5% of demand unmet"),
    (5.0, ORANGE, 52, "5-20% unmet"), (20.0, VERMILLION, 80, "more than 20% unmet"),
)  # fmt: skip
"""Facilities: percent of demand unmet above which, fill, size (so that colour is not alone), words."""
LINES: dict[str, dict[str, Any]] = {
    "open": {"color": BLUE, "linestyle": "-", "linewidth": 0.9, "alpha": 0.7},
    "blocked": {"color": VERMILLION, "linestyle": (0, (4, 2)), "linewidth": 1.6},
    "diverted": {"color": "#a06a00", "linestyle": (0, (6, 2, 1, 2)), "linewidth": 1.6},
}
LINE_WORDS = {
    "open": "lane", "blocked": "lane blocked or cut for a time", "diverted": "lane with ships diverted",
}  # fmt: skip


def draw(facts: Facts) -> Figure | None:
    """The map; None where no site has a position."""
    sites = facts.network.sites
    if not {"lat", "lon"} <= set(sites.columns):
        return None
    place = sites[["lon", "lat"]].to_numpy(dtype=float)
    known = np.isfinite(place).all(axis=1)
    if not known.any():
        return None
    paths = [np.array(lane.path) for lane in facts.network.lanes if lane.path]
    return _draw(facts, place, known, _view(np.vstack((place[known], *paths))))


def draw_near(facts: Facts) -> Figure | None:
    """The part of the map with warehouses and facilities; None where that is most of the map."""
    sites = facts.network.sites
    if not {"lat", "lon"} <= set(sites.columns):
        return None
    place = sites[["lon", "lat"]].to_numpy(dtype=float)
    known = np.isfinite(place).all(axis=1)
    near = known & np.isin(facts.network.site_kind, KEEPERS)
    if not near.any():
        return None
    view, whole = _view(place[near]), _view(place[known])
    return None if view[1] - view[0] > 0.5 * (whole[1] - whole[0]) else _draw(facts, place, known, view)


def _draw(facts: Facts, place: np.ndarray, known: np.ndarray, view: tuple[float, float, float, float]) -> Figure:
    left, right, low, high = view
    shrunk = max(0.3, float(np.cos(np.radians((high + low) / 2))))
    wider = max(0.0, (high - low) / shrunk / HIGH * WIDTH - (right - left))  # not so high that it fills no page
    left, right = max(-180.0, left - wider / 2), min(180.0, right + wider / 2)
    ratio = (high - low) / (right - left) / shrunk
    figure = new_figure(float(np.clip(WIDTH * ratio, 3.0, HIGH)) + 0.9)
    axes = figure.add_subplot()
    _land(axes, (left, right, low, high))
    _lanes(axes, facts, place, known)
    axes.set_xlim(left, right)
    axes.set_ylim(low, high)
    _sites(axes, facts, place, known)
    axes.set_xlabel("Longitude (degrees east)")
    axes.set_ylabel("Latitude (degrees north)")
    figure.legend(loc="outside lower left", ncols=4)
    return figure


def _view(points: np.ndarray) -> tuple[float, float, float, float]:
    """Left, right, low, high in degrees: all points with a margin, at least 4 degrees wide."""
    low, high = points.min(axis=0), points.max(axis=0)
    margin = np.maximum(0.08 * (high - low), (1.0, 1.0))
    (left, bottom), (right, top) = low - margin, high + margin
    width, height = max(right - left, 4.0), max(top - bottom, 2.5)
    width, height = max(width, 1.2 * height), max(height, 0.4 * width)
    middle, centre = (left + right) / 2, (bottom + top) / 2
    left, right = max(-180.0, middle - width / 2), min(180.0, middle + width / 2)
    return left, right, max(-88.0, centre - height / 2), min(88.0, centre + height / 2)


def _land(axes: Axes, view: tuple[float, float, float, float]) -> None:
    left, right, low, high = view
    seen = [
        np.round(ring, 2)
        for ring in outlines()
        if ring[:, 0].max() > left and ring[:, 0].min() < right and ring[:, 1].max() > low and ring[:, 1].min() < high
    ]
    axes.set_facecolor("#f3f7fa")
    axes.grid(visible=False)
    axes.add_collection(
        PolyCollection(seen, facecolors="#e8e4da", edgecolors="#bdb6a5", linewidths=0.5, zorder=0.5), autolim=False
    )


def _lanes(axes: Axes, facts: Facts, place: np.ndarray, known: np.ndarray) -> None:
    found = trouble(facts)
    facility = facts.network.site_kind == "facility"
    used: set[str] = set()
    order = np.argsort(found.blocked.astype(int) + 2 * found.diverted, kind="stable")
    crowded = len(facts.network.sites) > MANY
    thin = {"linewidth": 0.7, "alpha": 0.55} if len(facts.network.lanes) > MANY_LANES else {}
    for position in order:
        lane = facts.network.lanes[position]
        if not (known[lane.origin] and known[lane.destination]) or (crowded and facility[lane.destination]):
            continue
        state = "diverted" if found.diverted[position] else "blocked" if found.blocked[position] else "open"
        line = _line(lane, place)
        for turn in _turns(line):
            axes.plot(line[:, 0] + turn, line[:, 1], zorder=1.5, **(LINES[state] | thin))
        used.add(state)
    for state in ("open", "blocked", "diverted"):
        if state in used:
            axes.plot([], [], label=LINE_WORDS[state], **LINES[state])


def _line(lane: Lane, place: np.ndarray) -> np.ndarray:
    """Longitudes (running on past 180) and latitudes along a lane: its path at sea where known, else straight."""
    ends = place[[lane.origin, lane.destination]]
    points = np.vstack((ends[:1], np.array(lane.path), ends[1:])) if lane.path else ends
    return np.round(unwrap(points), 2)


def _turns(line: np.ndarray) -> list[float]:
    """Whole turns by which a line is drawn again so that both its ends are on the map."""
    turns = [0.0]
    if line[:, 0].max() > 180:
        turns.append(-360.0)
    if line[:, 0].min() < -180:
        turns.append(360.0)
    return turns


def _sites(axes: Axes, facts: Facts, place: np.ndarray, known: np.ndarray) -> None:
    network = facts.network
    crowded = len(network.sites) > MANY
    step = _steps(facts)
    hit = trouble(facts).sites
    for number, (_, face, size, words) in enumerate(SHORT):
        mine = np.flatnonzero((network.site_kind == "facility") & known & (step == number))
        mark: dict[str, Any] = {"marker": MARKS["facility"], "c": face, "edgecolors": BLACK, "linewidths": 0.6}
        if mine.size:
            axes.scatter(
                place[mine, 0], place[mine, 1], s=size / 3 if crowded else size, zorder=3, rasterized=crowded, **mark
            )
            axes.scatter([], [], s=size, label=f"facility: {words}", **mark)
    for size, kind in ((58, "warehouse"), (46, "port"), (52, "supplier")):
        mine = np.flatnonzero((network.site_kind == kind) & known)
        if mine.size:
            axes.scatter(
                place[mine, 0], place[mine, 1], s=size, marker=MARKS[kind], c="#333333", edgecolors=BLACK,
                linewidths=0.6, zorder=3, label=kind,
            )  # fmt: skip
    if hit[known].any():
        ring: dict[str, Any] = {"s": 150, "facecolors": "none", "edgecolors": VERMILLION, "linewidths": 1.3}
        mine = np.flatnonzero(hit & known)
        axes.scatter(place[mine, 0], place[mine, 1], zorder=3.5, rasterized=len(mine) > MANY, **ring)
        axes.scatter([], [], label="touched by a disruption", **ring)
    _names(axes, facts, place, known)


def _steps(facts: Facts) -> np.ndarray:
    """Position in `SHORT` of each site, by the share of its demand unmet."""
    network, sums = facts.network, facts.outcome.record.sums
    demand, unmet = (np.bincount(network.cell_site, sums[n], len(network.sites)) for n in ("demand", "unmet"))
    share = 100 * unmet / np.maximum(demand, 1)
    return np.asarray(np.searchsorted([limit for limit, *_ in SHORT[1:]], share, side="left"))


def _names(axes: Axes, facts: Facts, place: np.ndarray, known: np.ndarray) -> None:
    """Names of the sites other than facilities that are in view, each beside its mark or on a line to it."""
    (left, right), (low, high) = axes.get_xlim(), axes.get_ylim()
    seen = known & (place >= (left, low)).all(axis=1) & (place <= (right, high)).all(axis=1)
    named = named_sites(facts, seen)
    few = np.count_nonzero(seen) <= MANY_MARKS
    marks = np.flatnonzero(seen if few else seen & (facts.network.site_kind != "facility"))
    names = [short(name, 24) for name in facts.network.site_names(named)]
    Labels(axes, place[named], names, place[marks], radius=5.0, size=8.0)


def named_sites(facts: Facts, seen: np.ndarray) -> np.ndarray:
    """Positions of the sites that have a name on the map: all but facilities, or the `NAMED` through which most goes
    where there are more; those that a disruption touched first."""
    network = facts.network
    mine = np.flatnonzero(seen & (network.site_kind != "facility"))
    if len(mine) <= NAMED:
        return mine
    usual = np.bincount(network.cell_site, network.cell_mean, len(network.sites))
    return np.sort(mine[np.lexsort((-usual[mine], ~trouble(facts).sites[mine]))][:NAMED])
