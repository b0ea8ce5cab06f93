"""Vessels waiting before a canal or strait, and how the queue drains."""

from __future__ import annotations

from matplotlib.figure import Figure

from sim.report.facts import Facts
from sim.report.figures.bands import bands
from sim.report.figures.style import COLOURS, DASHES, date_axis, ends, new_figure, thousands


def draw(facts: Facts) -> Figure | None:
    """The queue before each passage, and what passed; None where no vessel queued."""
    record = facts.outcome.record
    queue = record.passages["queue"]
    if not queue.size or not queue.any():
        return None
    figure = new_figure(3.0)
    axes = figure.add_subplot()
    bands(axes, facts, named=True)
    for k, (number, colour) in enumerate(zip(record.queues, COLOURS, strict=False)):
        name = facts.network.passages[number].replace("_", " ")
        axes.plot(ends(facts), queue[:, k], color=colour, label=f"{name}: waiting at day's end")
        passed = record.passages["passed"][:, k]
        axes.plot(ends(facts), passed, color=colour, linestyle=DASHES[1], label=f"{name}: passed in the day")
    axes.set_ylim(bottom=0)
    axes.set_ylabel("Vessels, all of the world's")
    thousands(axes)
    date_axis(axes, facts)
    figure.legend(loc="outside upper left", ncols=3)
    return figure
