"""Who went short: share of demand unmet by group, beside the twin's."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from sim.report.facts import Facts
from sim.report.figures.style import BLUE, NARROW, VERMILLION, new_figure, short
from sim.report.phrases import count, group_words

MOST = 12


def draw(facts: Facts, column: str) -> Figure | None:
    """Bars for the groups of a breakdown with the largest share unmet; the number of units stands beside each."""
    found = []
    for group, values in facts.summary.by.get(column, {}).items():
        asked, unmet = values["units_demanded"], values["units_unmet"]
        if not asked.value or unmet.value is None:
            continue
        twin = None if unmet.twin is None else 100 * unmet.twin / (asked.twin or 1)
        name = group_words(column, group) if column == "priority" else group or "(none)"
        found.append((100 * unmet.value / asked.value, unmet.value, name, twin))
    if not found:
        return None
    found = sorted(found, key=lambda f: (-f[0], f[2]))[:MOST][::-1]
    place = np.arange(len(found))
    figure = new_figure(1.5 + 0.42 * len(found), NARROW)
    axes = figure.add_subplot()
    shares = [f[0] for f in found]
    axes.barh(place + 0.19, shares, 0.36, color=VERMILLION, label="this run")
    if facts.twin is not None:
        axes.barh(
            place - 0.19, [f[3] or 0.0 for f in found], 0.36, facecolor="white", edgecolor=BLUE, hatch="////",
            label="without disruptions",
        )  # fmt: skip
    for at, (share, units, _, _) in zip(place, found, strict=True):
        axes.annotate(
            f"{share:.1f}% · {count(units)} units", (share, at + 0.19), (4, 0), textcoords="offset points",
            va="center", fontsize=8.5,
        )  # fmt: skip
    axes.set_yticks(place, [short(f[2]) for f in found])
    axes.set_xlim(0, 1.45 * max(*shares, *(f[3] or 0.0 for f in found), 0.1))
    axes.grid(axis="y", visible=False)
    axes.set_xlabel("Demand not met on the day (% of units asked for)")
    axes.set_ylabel({"priority": "Priority group", "product": "Product"}.get(column, column.capitalize()))
    figure.legend(loc="outside upper left", ncols=2)
    return figure
