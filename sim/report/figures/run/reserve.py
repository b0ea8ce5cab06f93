"""A reserve's stock, what it released and when it was open."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.report.figures.bands import bands
from sim.report.figures.style import (
    BLUE,
    GREEN,
    VERMILLION,
    WIDTH,
    date_axis,
    ends,
    legend,
    new_figure,
    on,
    short,
    thousands,
)
from sim.report.run.facts import Facts
from sim.report.words.names import shown_name

MOST = 6


def _name(facts: Facts, position: int) -> str:
    plan = facts.outcome.plan.reserves[position]
    return shown_name(plan.name, plan.spec)


def spells(flags: np.ndarray) -> list[tuple[int, int]]:
    """First day and first day after of each unbroken run of days."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], (flags > 0).astype(int), [0]))))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def draw(facts: Facts) -> Figure | None:
    """A panel for each reserve, two beside each other; the largest where there are many."""
    plans = facts.outcome.plan.reserves
    by_size = sorted(range(len(plans)), key=lambda k: (-int(plans[k].size.sum()), plans[k].name))
    chosen = sorted(k for k in by_size[:MOST] if plans[k].size.any())
    if not chosen:
        return None
    across = 1 if len(chosen) == 1 else 2
    down = -(-len(chosen) // across)
    figure = new_figure(1.0 + 1.9 * down, WIDTH)
    panels = figure.subplots(down, across, sharex=True, squeeze=False).ravel()
    for number, axes in enumerate(panels):
        if number >= len(chosen):
            axes.remove()
            continue
        _panel(axes, facts, chosen[number], first=number < across)
        date_axis(axes, facts, label=number + across >= len(chosen))
        axes.tick_params(labelbottom=number + across >= len(chosen))
    legend(figure, ncols=4)
    return figure


def _panel(axes: Axes, facts: Facts, position: int, first: bool) -> None:
    record = facts.outcome.record.reserves
    bands(axes, facts, named=first)
    stock, released = record["stock"][:, position], record["released"][:, position]
    for number, (start, after) in enumerate(spells(record["open"][:, position])):
        axes.axvspan(
            on(facts, start), on(facts, after), ymax=0.05, color=GREEN, linewidth=0, zorder=3,
            label="open (bar at the foot)" if not number else None,
        )  # fmt: skip
    axes.step(ends(facts), stock, where="pre", color=BLUE, label="stock in the reserve")
    axes.step(
        ends(facts), np.cumsum(released), where="pre", color=VERMILLION, linestyle=(0, (5, 2)), label="released so far"
    )
    axes.set_ylim(0, 1.08 * max(int(stock.max()), int(released.sum()), 1))
    axes.set_ylabel("Units")
    axes.set_title(f"Reserve {short(_name(facts, position), 40)}")
    thousands(axes)
