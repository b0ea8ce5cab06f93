"""When each disruption held, over the stock of each product."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.report.facts import KEEPERS, Facts
from sim.report.figures.style import (
    BLACK,
    BLUE,
    COLOURS,
    HATCHES,
    bands,
    date_axis,
    ends,
    new_figure,
    on,
    short,
    thousands,
)  # fmt: skip
from sim.report.phrases import kind_words

MOST_PRODUCTS = 8
MOST_BARS = 25


def draw(facts: Facts) -> Figure:
    """Bars of the disruptions on top, then a panel for each product."""
    products = facts.products
    if len(products) > MOST_PRODUCTS:
        unmet = {p: int(facts.daily("unmet", kind="facility", product=p).sum()) for p in products}
        products = sorted(sorted(products, key=lambda p: (-unmet[p], p))[:MOST_PRODUCTS])
    impacts = facts.impacts[:MOST_BARS]
    top = [0.55 + 0.33 * len(impacts)] if impacts else []
    heights = [*top, *([1.5] * len(products))]
    figure = new_figure(0.9 + sum(heights))
    panels = figure.subplots(len(heights), 1, sharex=True, squeeze=False, height_ratios=heights)[:, 0]
    if impacts:
        _bars(panels[0], facts)
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


def _bars(axes: Axes, facts: Facts) -> None:
    impacts = facts.impacts[:MOST_BARS]
    kinds = sorted({facts.kinds.get(i.cause, "") for i in impacts})
    for row, impact in enumerate(impacts):
        start, end = max(impact.start, 0.0), min(max(impact.end, impact.start + 1), float(facts.days))
        number = kinds.index(facts.kinds.get(impact.cause, "")) % len(COLOURS)
        axes.barh(
            row, end - start, 0.62, left=on(facts, start), facecolor="white", edgecolor=COLOURS[number],
            hatch=HATCHES[number], linewidth=1.2,
        )  # fmt: skip
        if 0 <= impact.announced < impact.start:
            axes.plot(on(facts, impact.announced), row, marker="v", color=BLACK, markersize=5)
        words = f"{impact.cause} ({kind_words(impact.kind)}{', by chance' if impact.hazard else ''})"
        if end < facts.days * 0.65:
            at, aside, side = end, 6, "left"
        elif start > facts.days * 0.45:
            at, aside, side = start, -10, "right"
        else:
            at, aside, side = start, 8, "left"
        axes.annotate(
            short(words, 44), (on(facts, at), row), (aside, 0),
            textcoords="offset points", va="center", ha=side, fontsize=8.5,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8, "alpha": 0.85},
        )  # fmt: skip
    axes.set_ylim(len(impacts) - 0.4, -0.6)
    axes.set_yticks([])
    axes.grid(axis="y", visible=False)
    axes.set_ylabel("Disruption", fontsize=8)
    axes.set_title("Disruptions (a triangle marks the announcement)")
