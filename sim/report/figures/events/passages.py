"""Vessels waiting before a canal or strait, and how the queue drains."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from sim.report.figures.bands import bands
from sim.report.figures.style import COLOURS, DASHES, date_axis, ends, new_figure, thousands
from sim.report.run.facts import Facts


def draw(facts: Facts) -> Figure | None:
    """The queue before each passage, and what passed; None where no vessel queued."""
    record = facts.outcome.record
    queue = record.passages["queue"]
    if not queue.size or not queue.any():
        return None
    figure = new_figure(3.0)
    axes = figure.add_subplot()
    bands(axes, facts, named=True)
    canal = {p.name: p.canal for lane in facts.network.lanes for p in lane.passages}
    whose = np.array([canal[facts.network.passages[number]] for number in record.queues])
    for name, colour in zip(np.unique(whose), COLOURS, strict=False):
        both = whose == name  # the directions of a canal together
        word = str(name).replace("_", " ")
        waiting, passed = queue[:, both].sum(axis=1), record.passages["passed"][:, both].sum(axis=1)
        axes.plot(ends(facts), waiting, color=colour, label=f"{word}: waiting at day's end")
        axes.plot(ends(facts), passed, color=colour, linestyle=DASHES[1], label=f"{word}: passed in the day")
    axes.set_ylim(bottom=0)
    axes.set_ylabel("Vessels, all of the world's")
    thousands(axes)
    date_axis(axes, facts)
    figure.legend(loc="outside upper left", ncols=3)
    return figure
