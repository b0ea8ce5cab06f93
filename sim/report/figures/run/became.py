"""A bar for each product: what became of what was asked for, told apart by what people did about the shortage."""

from __future__ import annotations

from matplotlib.figure import Figure

from sim.report.figures.style import BLUE, GREEN, ORANGE, SKY, VERMILLION, legend, new_figure, short
from sim.report.run.facts import Facts
from sim.report.run.fates import fates_by_product

MOST = 10
"""Products that are shown, those first of which least was served as asked."""
WORDS = {
    "served": ("served on the day", BLUE, ""),
    "late": ("served later", SKY, "---"),
    "saved": ("put off or done without", GREEN, "//"),
    "moved": ("met with another product", ORANGE, ".."),
    "short": ("never met, or still waiting", VERMILLION, "xxx"),
}
"""What became of it: in words, its colour and its hatch."""


def draw(facts: Facts) -> Figure | None:
    """None where nothing was saved and nobody moved to another product."""
    found = fates_by_product(facts)
    if not any(parts["saved"] or parts["moved"] for parts in found.values()):
        return None
    shown = list(found)[:MOST]
    figure = new_figure(1.3 + 0.45 * len(shown))
    axes = figure.subplots()
    for row, product in enumerate(shown):
        asked, start = sum(max(0, units) for units in found[product].values()), 0.0
        for fate, (label, colour, hatch) in WORDS.items():
            share = 100 * found[product][fate] / asked
            if share > 0:
                axes.barh(
                    row, share, 0.6, left=start, facecolor=colour, hatch=hatch, edgecolor="white", linewidth=0.4,
                    label=label,
                )  # fmt: skip
                start += share
    names = [f"{short(product, 24)}\n{sum(found[product].values()):,} asked for" for product in shown]
    axes.set_yticks(range(len(shown)), names)
    axes.set_ylim(len(shown) - 0.45, -0.55)
    axes.set_xlim(0, 100)
    axes.grid(axis="y", visible=False)
    axes.set_xlabel("What became of the units asked for (%)")
    axes.set_ylabel("Product")
    legend(figure, ncols=3)
    return figure
