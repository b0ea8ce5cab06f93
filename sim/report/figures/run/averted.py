"""Did the reserves help: units short so far, with and without them, over the stock they held."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.engine.run import Outcome
from sim.report.figures.bands import bands
from sim.report.figures.style import (
    BLACK,
    BLUE,
    GREEN,
    NARROW,
    TALL,
    VERMILLION,
    date_axis,
    ends,
    new_figure,
    thousands,
)  # fmt: skip
from sim.report.run.facts import Facts


def draw(facts: Facts) -> Figure:
    """Above: units not met on the day, added up; below: units left in all reserves together."""
    figure = new_figure(TALL, NARROW)
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=(3, 2))
    bands(above, facts, named=True)
    bands(below, facts)
    _short(above, facts)
    stock = facts.outcome.record.reserves["stock"].sum(axis=1)
    below.step(ends(facts), stock, where="pre", color=GREEN, linewidth=1.4)
    below.set_ylim(0, 1.08 * max(int(stock.max()), 1))
    below.set_ylabel("Units")
    below.set_title("Left in the reserves" if len(facts.outcome.plan.reserves) > 1 else "Left in the reserve", pad=3)
    thousands(below)
    date_axis(above, facts, label=False)
    date_axis(below, facts)
    figure.legend(loc="outside upper left", ncols=3, columnspacing=1.2)
    return figure


def _short(axes: Axes, facts: Facts) -> None:
    own = _so_far(facts, facts.outcome)
    if facts.without_reserves is not None:
        bare = _so_far(facts, facts.without_reserves)
        axes.fill_between(
            ends(facts), own, bare, where=list(bare > own), facecolor="#e6f4ef", edgecolor=GREEN, hatch="...",
            linewidth=0, label="averted",
        )  # fmt: skip
        axes.plot(ends(facts), bare, color=VERMILLION, linestyle=(0, (5, 2)), linewidth=1.4, label="without reserves")
    axes.plot(ends(facts), own, color=BLUE, linewidth=1.6, label="this run")
    if facts.twin is not None:
        axes.plot(
            ends(facts), _so_far(facts, facts.twin), color=BLACK, linestyle=(0, (1.5, 1.8)), linewidth=1.2,
            label="without disruptions",
        )  # fmt: skip
    axes.set_ylim(0, max(1.0, axes.get_ylim()[1]))
    axes.set_ylabel("Units")
    axes.set_title("Not met on the day, so far", pad=3)
    thousands(axes)


def _so_far(facts: Facts, outcome: Outcome) -> np.ndarray:
    return np.cumsum(facts.daily("unmet", outcome, kind="facility"))
