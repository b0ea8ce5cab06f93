"""Stock over time as days of cover, one line a product."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from sim.report.facts import KEEPERS, Facts
from sim.report.figures.style import COLOURS, DASHES, NARROW, bands, date_axis, ends, new_figure, short

MOST = 5


def cover(facts: Facts, product: str, twin: bool = False) -> np.ndarray:
    """Stock at warehouses and facilities divided by usual daily demand, in days; shape (days,)."""
    stock = facts.daily("on_hand", facts.twin if twin else None, kind=KEEPERS, product=product)
    return stock / max(facts.usual(product), 1e-9)


def draw(facts: Facts) -> Figure | None:
    """The products with the lowest cover, dotted without the disruptions."""
    products = [p for p in facts.products if facts.usual(p) > 0]
    if not products:
        return None
    products = sorted(sorted(products, key=lambda p: (float(cover(facts, p).min()), p))[:MOST])
    figure = new_figure(3.2, NARROW)
    axes = figure.add_subplot()
    bands(axes, facts, label=True)
    for product, colour, dash in zip(products, COLOURS, DASHES, strict=False):
        axes.plot(ends(facts), cover(facts, product), color=colour, linestyle=dash, label=short(product))
        if facts.twin is not None:
            axes.plot(ends(facts), cover(facts, product, twin=True), color=colour, linestyle=":", linewidth=1)
    if facts.twin is not None:
        axes.plot([], [], color="black", linestyle=":", linewidth=1, label="without disruptions")
    axes.set_ylim(bottom=0)
    axes.set_ylabel("Days of cover (days)")
    date_axis(axes, facts)
    figure.legend(loc="outside upper left", ncols=2)
    return figure
