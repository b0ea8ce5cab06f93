"""Seven-day fill rate and unmet demand over time, by group."""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.report.figures.bands import bands
from sim.report.figures.style import (
    COLOURS,
    DASHES,
    date_axis,
    ends,
    new_figure,
    short,
    thousands,
)  # fmt: skip
from sim.report.run.facts import Facts, fill_rate, rolling

MOST = 5


def draw(facts: Facts, columns: list[str]) -> Figure:
    """Two rows (fill rate, unmet units a day) and a column for each breakdown; none: all facilities together."""
    figure = new_figure(6.0)
    panels = figure.subplots(2, max(1, len(columns)), sharex=True, sharey="row", squeeze=False)
    for k in range(panels.shape[1]):
        above, below = panels[0, k], panels[1, k]
        column = columns[k] if columns else None
        bands(above, facts, named=True)
        bands(below, facts)
        groups = worst_groups(facts, column) if column else []
        lines: list[tuple[str, dict[str, Any]]] = [(facts.group(str(column), g), {str(column): g}) for g in groups]
        lines = lines or [("all facilities", {})]
        for (name, conditions), colour, dash in zip(lines, COLOURS, DASHES, strict=False):
            _line(above, facts, short(name, 24), colour, dash, **conditions)
            daily = rolling(facts.daily("unmet", kind="facility", **conditions)) / 7
            below.plot(ends(facts), daily, color=colour, linestyle=dash)
        above.legend(loc="lower left", fontsize=8.5)
        above.set_title(f"By {column}" if column else "All facilities")
        date_axis(below, facts)
    _percent(panels[0, 0])
    panels[1, 0].set_ylabel("Unmet demand (units a day,\n7-day mean)")
    for below in panels[1]:
        below.autoscale_view(scalex=False)
    panels[1, 0].set_ylim(bottom=0)
    thousands(panels[1, 0])
    return figure


def worst_groups(facts: Facts, column: str) -> list[object]:
    """The groups with the largest share unmet, at most `MOST`, in their own order."""

    def share(value: object) -> float:
        demand, unmet = (facts.daily(n, kind="facility", **{column: value}).sum() for n in ("demand", "unmet"))
        return float(unmet) / float(demand) if demand else 0.0

    values = facts.values(column)
    chosen = sorted(values, key=lambda v: (-share(v), str(v)))[:MOST]
    return [v for v in values if v in chosen]


def _line(axes: Axes, facts: Facts, name: str, colour: str, dash: Any, **conditions: Any) -> None:
    rate = fill_rate(*(facts.daily(n, kind="facility", **conditions) for n in ("demand", "served")))
    axes.plot(ends(facts), rate, color=colour, linestyle=dash, label=name)


def _percent(axes: Axes) -> None:
    axes.set_ylim(0, 104)
    axes.set_ylabel("Fill rate (% of units asked for\nin the last 7 days)")
