"""Stock over time as days of cover, a panel for each of the products that fared worst."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from sim.report.figures.bands import bands
from sim.report.figures.style import BLACK, BLUE, date_axis, ends, new_figure, short
from sim.report.run.facts import KEEPERS, Facts

MOST = 5
"""Panels, which then fit a printed page."""


def cover(facts: Facts, product: str, twin: bool = False) -> np.ndarray:
    """Stock at warehouses and facilities divided by usual daily demand, in days; shape (days,)."""
    stock = facts.daily("on_hand", facts.twin if twin else None, kind=KEEPERS, product=product)
    return stock / max(facts.usual(product), 1e-9)


def worst_products(facts: Facts) -> list[str]:
    """Products with demand, those with the largest share of it unmet first, then those with the lowest cover."""

    def rank(product: str) -> tuple[float, float, str]:
        asked, unmet = (facts.daily(n, kind="facility", product=product).sum() for n in ("demand", "unmet"))
        return -float(unmet) / max(1.0, float(asked)), float(cover(facts, product).min()), product

    return sorted((p for p in facts.products if facts.usual(p) > 0), key=rank)


def draw(facts: Facts) -> Figure | None:
    """This run and, dotted, the run without the disruptions."""
    products = worst_products(facts)[:MOST]
    if not products:
        return None
    figure = new_figure(1.1 + 1.1 * len(products))
    panels = figure.subplots(len(products), 1, sharex=True, squeeze=False)[:, 0]
    for axes, product in zip(panels, products, strict=True):
        first = axes is panels[0]
        bands(axes, facts, named=first)
        axes.plot(ends(facts), cover(facts, product), color=BLUE, linewidth=1.4, label="this run" if first else None)
        if facts.twin is not None:
            axes.plot(
                ends(facts), cover(facts, product, twin=True), color=BLACK, linestyle=(0, (1.5, 1.8)), linewidth=1.2,
                label="without disruptions" if first else None,
            )  # fmt: skip
        axes.set_ylim(bottom=0)
        axes.locator_params(axis="y", nbins=3 if len(products) > 1 else 5)
        axes.set_ylabel("Days" if len(products) > 1 else "Cover (days)")
        if len(facts.products) > 1:
            axes.set_title(f"{short(product, 60)} (one unit: {short(facts.unit(product), 40)})", pad=3)
        date_axis(axes, facts, label=axes is panels[-1])
    figure.legend(loc="outside upper left", ncols=3)
    return figure
