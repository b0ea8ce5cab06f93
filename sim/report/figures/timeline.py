"""When each disruption held, over the stock of each product."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.report.figures.bands import Lane, bands, beside, joined, lanes
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
from sim.report.run.tables import rations_table
from sim.report.words.phrases import kind_words

MOST_PRODUCTS = 8
MOST_RATIONS = 8
SHADE = "#c9c9c9"
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
    rows, dealt = lanes(facts, MOST_BARS), rationed(facts)
    top = [0.55 + 0.3 * (len(rows) + len(dealt))] if rows or dealt else []
    heights = [*top, *([1.5] * len(products))]
    figure = new_figure(0.9 + sum(heights))
    panels = figure.subplots(len(heights), 1, sharex=True, squeeze=False, height_ratios=heights)[:, 0]
    if top:
        _bars(panels[0], facts, rows, dealt)
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


def rationed(facts: Facts) -> list[Lane]:
    """A lane for each source that dealt out shares: from the day on which it began until it ceased to."""
    found = rations_table(facts.outcome)
    rows = []
    for (site, product), mine in found.groupby(["site", "product"], sort=True):
        begins = mine.loc[mine["event"] == "ration_begins", "day"].tolist()
        ends = [*mine.loc[mine["event"] == "ration_ends", "day"].tolist(), facts.days][: len(begins)]
        spans = [(max(0.0, a), float(min(b, facts.days))) for a, b in zip(begins, ends, strict=True) if b > 0]
        least = mine.loc[mine["event"] != "ration_ends", "share"].min()
        if spans:
            rows.append(Lane(f"{site} rations {product} (least {least:.0%} of usual orders)", joined(spans), True))
    return sorted(rows, key=lambda lane: lane.spans[0])[:MOST_RATIONS]


def _bars(axes: Axes, facts: Facts, rows: list[Lane], dealt: list[Lane]) -> None:
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
    for row, lane in enumerate(dealt, start=len(rows)):
        for start, end in lane.spans:
            axes.barh(row, end - start, 0.4, left=on(facts, start), facecolor=SHADE, edgecolor=BLACK, linewidth=0.6)
        beside(axes, facts, row, lane.words, lane.spans, LETTERS, 8.5, upon_it=True)
    axes.set_ylim(len(rows) + len(dealt) - 0.4, -0.6)
    axes.set_yticks([])
    axes.set_ylabel("Disruption", fontsize=8)
    axes.grid(axis="y", visible=False)
    rations = " and rations" if dealt else ""
    measures = any(facts.is_measure(impact) for impact in facts.acting)
    axes.set_title(
        f"Disruptions{' and measures taken' if measures else ''}{rations} (a triangle marks an announcement)"
    )
