"""A reserve's stock, what it released and when it was open."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from sim.report.facts import Facts
from sim.report.figures.style import (
    BLUE,
    GREEN,
    NARROW,
    VERMILLION,
    WIDTH,
    bands,
    date_axis,
    ends,
    new_figure,
    on,
    thousands,
)

MOST = 6


def spells(flags: np.ndarray) -> list[tuple[int, int]]:
    """First day and first day after of each unbroken run of days."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], (flags > 0).astype(int), [0]))))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def draw(facts: Facts, small: bool = False) -> Figure | None:
    """One panel a reserve; `small` shows the largest only."""
    plans = facts.outcome.plan.reserves
    if not plans:
        return None
    by_size = sorted(range(len(plans)), key=lambda k: (-int(plans[k].size.sum()), plans[k].name))
    chosen = sorted(by_size[: 1 if small else MOST])
    figure = new_figure(3.2 if small else 0.7 + 2.3 * len(chosen), NARROW if small else WIDTH)
    panels = figure.subplots(len(chosen), 1, sharex=True, squeeze=False)[:, 0]
    record = facts.outcome.record.reserves
    for axes, position in zip(panels, chosen, strict=True):
        bands(axes, facts, label=axes is panels[0])
        stock, released = record["stock"][:, position], record["released"][:, position]
        for number, (first, after) in enumerate(spells(record["open"][:, position])):
            axes.axvspan(
                on(facts, first), on(facts, after), ymax=0.05, color=GREEN, linewidth=0, zorder=3,
                label="open (bar at the foot)" if not number and axes is panels[0] else None,
            )  # fmt: skip
        first_panel = axes is panels[0]
        axes.step(ends(facts), stock, where="pre", color=BLUE, label="stock in the reserve" if first_panel else None)
        axes.plot(
            ends(facts), np.cumsum(released), color=VERMILLION, linestyle=(0, (5, 2)),
            label="released so far" if first_panel else None,
        )  # fmt: skip
        axes.set_ylim(0, 1.08 * max(int(stock.max()), int(released.sum()), 1))
        axes.set_ylabel("Units")
        axes.set_title(f"Reserve {plans[position].name}")
        thousands(axes)
        date_axis(axes, facts, label=axes is panels[-1])
    figure.legend(loc="outside upper left", ncols=2 if small else 4)
    return figure
