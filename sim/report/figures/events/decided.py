"""One decision as a row of a picture: condition met, being authorised, in force, over."""

from __future__ import annotations

from matplotlib.axes import Axes

from sim.report.figures.style import on
from sim.report.run.decided import Decided
from sim.report.run.facts import Facts

FILL, INK, HATCH = "#e3f3ec", "#00684b", "..."
KEY = (
    "Decisions are dotted: from the circle, the evening on which the condition was met, a line leads to the bar, which "
    "is as long as it was in force; a diamond: done once; an arrow: no end within the run."
)


def draw_decided(axes: Axes, facts: Facts, row: float, one: Decided, tall: float) -> None:
    """All times that a decision was taken, in one row."""
    end = float(facts.days)
    for time in one.times:
        since, until = max(0.0, time.since), min(time.until, end)
        met = time.met + 1  # its evening
        if 0 <= met <= time.since:
            axes.plot([on(facts, met), on(facts, since)], [row, row], color=INK, linewidth=1.3)
            axes.plot(on(facts, met), row, marker="o", color=INK, markerfacecolor="white", markersize=5, zorder=3,
                      clip_on=False)  # fmt: skip
        if time.once:
            axes.plot(on(facts, since), row, marker="D", color=INK, markersize=5.5, zorder=3.2, clip_on=False)
            continue
        axes.barh(row, until - since, tall, left=on(facts, since), facecolor=FILL, edgecolor=INK, hatch=HATCH,
                  linewidth=1.1)  # fmt: skip
        if time.until > end:
            axes.plot(on(facts, end), row, marker=">", color=INK, markersize=6, clip_on=False)
