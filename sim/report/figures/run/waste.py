"""What was lost unused: expired, called back and destroyed, week by week."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from sim.report.figures.bands import bands
from sim.report.figures.style import (
    BLUE,
    HATCHES,
    ORANGE,
    VERMILLION,
    date_axis,
    legend,
    new_figure,
    on,
    thousands,
)
from sim.report.run.facts import WEEK, Facts, weekly

WAYS = (("expired", "expired", ORANGE), ("recalled", "called back", BLUE), ("destroyed", "destroyed", VERMILLION))
MOST = 4


def products(facts: Facts) -> list[str]:
    """Products of which something was lost, the most units first."""
    lost = {p: sum(int(facts.daily(name, product=p).sum()) for name, *_ in WAYS) for p in facts.products}
    return [p for p in sorted(lost, key=lambda p: (-lost[p], p)) if lost[p]]


def draw(facts: Facts) -> Figure | None:
    """A panel for each of the products with most losses, stacked bars a week; None where nothing was lost."""
    shown = products(facts)[:MOST]
    if not shown:
        return None
    figure = new_figure(0.7 + 1.7 * len(shown))
    panels = figure.subplots(len(shown), 1, sharex=True, squeeze=False)[:, 0]
    for axes, product in zip(panels, shown, strict=True):
        below = np.zeros(-(-facts.days // WEEK))
        start = on(facts, 0) + WEEK * np.arange(len(below))
        for (name, words, colour), hatch in zip(WAYS, ("", *HATCHES), strict=False):
            units = weekly(facts.daily(name, product=product))
            if units.any():
                axes.bar(
                    start, units, 0.86 * WEEK, below, align="edge", color=colour, hatch=hatch, edgecolor="white",
                    linewidth=0.3, label=words,
                )  # fmt: skip
                below = below + units
        bands(axes, facts, named=axes is panels[0])
        axes.set_title(product)
        axes.set_ylabel(f"{facts.unit(product)}\nper week")
        thousands(axes)
        date_axis(axes, facts, label=axes is panels[-1])
    legend(figure, ncols=3)
    return figure
