"""When each disruption held, over the stock of each product."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.report.figures.bands import BarRow, bands, beside, lanes
from sim.report.figures.style import (
    BLACK,
    BLUE,
    COLOURS,
    HATCHES,
    date_axis,
    ends,
    new_figure,
    on,
    short,
    thousands,
)  # fmt: skip
from sim.report.run.facts import KEEPERS, Facts
from sim.report.words.phrases import kind_words

MOST_PRODUCTS = 8
MOST_BARS = 25
"""With more disruptions than this there is a bar row for each kind."""
LETTERS = 105
"""that fit across the picture"""


def draw(facts: Facts) -> Figure:
    """Bars of the disruptions on top, then a panel for each product."""
    products = facts.products
    if len(products) > MOST_PRODUCTS:
        unmet = {p: int(facts.daily("unmet", kind="facility", product=p).sum()) for p in products}
        products = sorted(sorted(products, key=lambda p: (-unmet[p], p))[:MOST_PRODUCTS])
    rows = lanes(facts, MOST_BARS)
    top = [0.55 + 0.3 * len(rows)] if rows else []
    heights = [*top, *([1.5] * len(products))]
    figure = new_figure(0.9 + sum(heights))
    panels = figure.subplots(len(heights), 1, sharex=True, squeeze=False, height_ratios=heights)[:, 0]
    if rows:
        _bars(panels[0], facts, rows)
    for axes, product in zip(panels[len(top) :], products, strict=True):
        first = product == products[0]
        bands(axes, facts)
        stock = facts.daily("on_hand", kind=KEEPERS, product=product)
        axes.plot(ends(facts), stock, color=BLUE, label="this run" if first else None)
        if facts.twin is not None:
            twin = facts.daily("on_hand", facts.twin, kind=KEEPERS, product=product)
            axes.plot(
                ends(facts), twin, color=BLACK, linestyle=(0, (4, 2)), linewidth=1,
                label="without disruptions" if first else None,
            )  # fmt: skip
        axes.set_ylim(bottom=0)
        axes.set_ylabel("Stock (units)")
        axes.set_title(f"{short(product, 60)} (one unit: {short(facts.unit(product), 40)})")
        thousands(axes)
    date_axis(panels[-1], facts)
    figure.legend(loc="outside upper right", ncols=2)
    return figure


def _bars(axes: Axes, facts: Facts, rows: list[BarRow]) -> None:
    impacts = facts.acting if len(rows) == len(facts.acting) else []
    kinds = sorted({impact.kind for impact in impacts})
    for row, lane in enumerate(rows):
        impact = impacts[row] if impacts else None
        number = (kinds.index(impact.kind) if impact else row) % len(COLOURS)
        for start, end in lane.spans:
            axes.barh(
                row, end - start, 0.62, left=on(facts, start), facecolor="white", edgecolor=COLOURS[number],
                hatch=HATCHES[number], linewidth=1.2,
            )  # fmt: skip
        words = lane.words
        if impact is not None:
            words = f"{impact.cause} ({kind_words(impact.kind)}{', by chance' if impact.hazard else ''})"
            if 0 <= impact.announced < impact.start:
                axes.plot(on(facts, impact.announced), row, marker="v", color=BLACK, markersize=5)
        first = min(lane.spans[0][0], impact.announced if impact and impact.announced >= 0 else np.inf)
        spans = [(first, lane.spans[0][1]), *lane.spans[1:]]
        beside(axes, facts, row, words, spans, LETTERS, 8.5, upon_it=True)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_yticks([])
    axes.set_ylabel("Disruption", fontsize=8)
    axes.grid(axis="y", visible=False)
    measures = any(facts.is_measure(impact) for impact in facts.acting)
    axes.set_title(f"Disruptions{' and measures taken' if measures else ''} (a triangle marks an announcement)")
