"""Who went short: share of demand unmet by group, beside what it is without disruptions and without reserves."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from matplotlib.figure import Figure

from sim.metrics.summary import Value
from sim.report.figures.style import BLACK, NARROW, TALL, VERMILLION, new_figure, short
from sim.report.run.facts import Facts
from sim.report.words.phrases import count, group_words, percent

MOST = 8


class Bar(NamedTuple):
    """A group: percent of its demand unmet in the run and in its twins (None: not run), and units in the run."""

    share: float
    units: float
    name: str
    twin: float | None
    without_reserves: float | None


def bars(facts: Facts, column: str) -> list[Bar]:
    """All groups of a breakdown that asked for anything, the largest share first."""
    found = []
    for group, values in facts.summary.by.get(column, {}).items():
        asked, unmet = values["units_demanded"], values["units_unmet"]
        if not asked.value or unmet.value is None:
            continue
        name = group_words(column, group) if column == "priority" else group or "(none)"
        own, twin, bare = (_share(unmet, asked, of) for of in ("value", "twin", "without_reserves"))
        found.append(Bar(own or 0.0, unmet.value, name, twin, bare))
    return sorted(found, key=lambda bar: (-bar.share, -(bar.without_reserves or 0.0), bar.name))


def _share(unmet: Value, asked: Value, of: str) -> float | None:
    part, whole = getattr(unmet, of), getattr(asked, of)
    return None if part is None or whole is None else 100 * part / (whole or 1)


def draw(facts: Facts, column: str) -> Figure | None:
    """Bars for the groups worst off; share and units of this run stand under each name."""
    found = bars(facts, column)[:MOST][::-1]
    if not found:
        return None
    place = np.arange(len(found))
    figure = new_figure(TALL, NARROW)
    axes = figure.add_subplot()
    height = min(0.6, 0.12 * len(found))
    axes.barh(place, [bar.share for bar in found], height, color=VERMILLION, label="this run")
    marks: tuple[tuple[str, str, dict[str, Any]], ...] = (
        ("twin", "without disruptions", {"marker": "|", "s": 150, "color": BLACK, "linewidths": 1.8}),
        ("without_reserves", "without reserves", {"marker": "D", "s": 26, "facecolors": "white", "edgecolors": BLACK}),
    )
    for name, words, mark in marks:
        values = [getattr(bar, name) for bar in found]
        if all(value is not None for value in values):
            axes.scatter(values, place, zorder=3, label=words, clip_on=False, **mark)
    axes.set_yticks(
        place,
        [f"{short(bar.name, 22)}\n{percent(bar.share, 100, signs=True)} · {count(bar.units)} units" for bar in found],
    )
    most = [max(bar.share, bar.twin or 0.0, bar.without_reserves or 0.0) for bar in found]
    axes.set_ylim(-0.6, len(found) - 0.4)
    axes.set_xlim(0, 1.08 * max(*most, 0.1))
    axes.grid(axis="y", visible=False)
    axes.set_xlabel("Not met on the day (% of units asked for)")
    axes.set_ylabel({"priority": "Priority group", "product": "Product"}.get(column, column.capitalize()))
    figure.legend(loc="outside upper left", ncols=3, columnspacing=1, handletextpad=0.4)
    return figure
