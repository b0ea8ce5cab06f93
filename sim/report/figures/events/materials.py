"""Bills of materials as a picture of stages; the stock of materials at the makers, and when making waited for them."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, Rectangle

from sim.report.figures.bands import bands
from sim.report.figures.style import (
    BLACK,
    BLUE,
    COLOURS,
    DASHES,
    VERMILLION,
    date_axis,
    ends,
    legend,
    new_figure,
    on,
    short,
)
from sim.report.run.facts import Facts
from sim.report.run.materials import flows, made, tiers

MOST_IN_TIER, MOST_MATERIALS, MOST_MAKERS, MOST_ROWS = 6, 3, 5, 10
BOX_WIDE, BOX_TALL = 0.62, 0.7
"""Share of a stage's column and of a row that a box takes."""
SMALLEST = 7.5
"""Points; on paper they are 7."""
Place = dict[str, tuple[float, float]]


def draw_stages(facts: Facts) -> Figure | None:
    """A box for each product by stage, an arrow for what went into what; None where nothing is made from anything."""
    stages = [stage[:MOST_IN_TIER] for stage in tiers(facts)]
    if not stages:
        return None
    rows = max(map(len, stages))
    figure = new_figure(0.5 + 1.05 * rows)
    axes = figure.add_subplot()
    axes.set_axis_off()
    axes.set_xlim(0, len(stages))
    axes.set_ylim(rows, 0)
    place = {
        product: (column + 0.5, (row + 0.5) * rows / len(stage))
        for column, stage in enumerate(stages)
        for row, product in enumerate(stage)
    }
    size = 9.0 if len(stages) <= 4 else SMALLEST
    _arrows(axes, facts, place, size)
    for product, (x, y) in place.items():
        _box(axes, facts, product, x, y, size)
    return figure


def _box(axes: Axes, facts: Facts, product: str, x: float, y: float, size: float) -> None:
    begun, scrapped = made(facts, facts.outcome, product)
    lines = [short(product, 26), f"begun {begun:,} ({short(facts.unit(product), 14)})"]
    part = None
    if facts.twin is not None:
        undisturbed = made(facts, facts.twin, product)[0]
        if undisturbed:
            part = begun / undisturbed
            lines.append(f"{part:.1%} of {undisturbed:,} undisturbed")
    if scrapped:
        lines.append(f"scrapped {scrapped:,} ({scrapped / max(begun, 1):.1%})")
    left, top = x - BOX_WIDE / 2, y - BOX_TALL / 2
    axes.add_patch(
        Rectangle((left, top), BOX_WIDE, BOX_TALL, facecolor="white", edgecolor=BLACK, linewidth=1.1, zorder=2)
    )
    if part is not None:
        strip = min(part, 1.0) * BOX_WIDE
        axes.add_patch(Rectangle((left, y + BOX_TALL / 2 - 0.06), strip, 0.06, facecolor=BLUE, linewidth=0, zorder=3))
    axes.text(x, y - 0.03, "\n".join(lines), ha="center", va="center", fontsize=size, zorder=4, linespacing=1.35)


def _arrows(axes: Axes, facts: Facts, place: Place, size: float) -> None:
    undisturbed = {} if facts.twin is None else flows(facts, facts.twin)
    for (material, product), units in flows(facts, facts.outcome).items():
        if material not in place or product not in place:
            continue
        (x, y), (to_x, to_y) = place[material], place[product]
        start, end = (x + BOX_WIDE / 2, y), (to_x - BOX_WIDE / 2, to_y)
        over = to_x - x > 1  # past a stage: round the boxes in between
        axes.add_patch(
            FancyArrowPatch(
                start, end, arrowstyle="-|>", mutation_scale=14, color="#555555", linewidth=1.3,
                connectionstyle="arc3,rad=0.3" if over else "arc3",
            )
        )  # fmt: skip
        words = f"{units:,} used"
        if undisturbed.get((material, product)):
            words += f"\n({units / undisturbed[material, product]:.1%} of\nundisturbed)"
        axes.text(
            start[0] + (0.19 if over else (end[0] - start[0]) / 2), y if over else (y + to_y) / 2, words,
            ha="center", va="center", fontsize=max(size - 1, SMALLEST),
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.0}, zorder=2,
        )  # fmt: skip


def worst_materials(facts: Facts) -> list[str]:
    """Materials by the units that were not begun for want of them as a share of what was begun, the largest first."""
    network, bill, lost = facts.network, facts.network.bill, facts.outcome.not_begun
    begun = facts.outcome.record.sums["produced"]
    want: dict[str, float] = {}
    for row, cell in enumerate(bill.material.tolist()):
        name = facts.products[network.cell_product[cell]]
        units = 0 if lost is None else int(lost[:, row].sum())
        want[name] = want.get(name, 0.0) + units / max(1, int(begun[bill.product[row]]))
    return sorted(want, key=lambda name: (-want[name], name))


def held(facts: Facts) -> list[tuple[str, np.ndarray]]:
    """(maker: product for want of material, share of the day's wanted units not begun) where any was; most days first.

    The share is of what was begun and what was not, shape (days,); without a daily table 1 on every day held.
    """
    network, lost, table = facts.network, facts.outcome.not_begun, facts.outcome.record.table
    if lost is None:
        return []
    bill, site, found = network.bill, network.site_names(network.cell_site), []
    for row in np.flatnonzero(lost.any(axis=0)).tolist():
        product, material = int(bill.product[row]), int(bill.material[row])
        share = (lost[:, row] > 0).astype(float)
        if table is not None:
            every = lost[:, bill.product == product].sum(axis=1) + table["produced"][:, product]
            share = lost[:, row] / np.maximum(every, 1)
        names = (facts.products[network.cell_product[cell]] for cell in (product, material))
        made_there, wanting = names
        found.append((f"{site[product]}: {made_there}\nfor want of {wanting}", share))
    return sorted(found, key=lambda f: (-int(np.count_nonzero(f[1])), f[0]))


def draw_stock(facts: Facts) -> Figure | None:
    """Days of usual use of each material at its makers, and below when what share of their making was held for want."""
    network, bill, table = facts.network, facts.network.bill, facts.outcome.record.table
    rows = held(facts)[:MOST_ROWS]
    materials = worst_materials(facts)[:MOST_MATERIALS] if table is not None else []
    heights = [*([1.9] * len(materials)), *([0.55 + 0.5 * len(rows)] if rows else [])]
    if not heights:
        return None
    figure = new_figure(0.9 + sum(heights))
    panels = figure.subplots(len(heights), 1, sharex=True, squeeze=False, height_ratios=heights)[:, 0]
    look: dict[str, int] = {}
    for axes, material in zip(panels, materials, strict=False):
        mine = bill.materials[network.cell_product[bill.materials] == facts.products.index(material)]
        assert table is not None
        usual = np.maximum(network.cell_mean[mine], 1e-9)
        days = table["on_hand"][:, mine] / usual
        worst = np.argsort(days.mean(axis=0), kind="stable")[:MOST_MAKERS]
        for k in sorted(worst.tolist()):
            name = network.site_names(network.cell_site[mine[[k]]])[0]
            number = look.setdefault(name, len(look)) % len(COLOURS)  # a maker looks the same in every panel
            colour, dash = COLOURS[number], DASHES[number]
            axes.plot(ends(facts), days[:, k], color=colour, linestyle=dash, linewidth=1.4, label=short(name, 30))
        axes.set_ylim(bottom=0)
        axes.set_ylabel("Days of usual use")
        axes.set_title(f"{short(material, 50)} in stock at those who use it")
    if rows:
        _held(panels[-1], facts, rows)
    for axes in panels:
        bands(axes, facts, named=axes is panels[0])
        date_axis(axes, facts, label=axes is panels[-1])
    legend(figure, ncols=5)
    return figure


def _held(axes: Axes, facts: Facts, rows: list[tuple[str, np.ndarray]]) -> None:
    days = on(facts, 0) + np.arange(facts.days + 1)
    for row, (_, share) in enumerate(rows):
        level = np.append(share, share[-1])
        axes.fill_between(
            days, row + 0.4, row + 0.4 - 0.8 * level, step="post", facecolor=VERMILLION, linewidth=0,
            label="not begun (full height: all of the day's)" if not row else None,
        )  # fmt: skip
        axes.axhline(row + 0.4, color="#999999", linewidth=0.6)
    axes.set_ylim(len(rows) - 0.4, -0.55)
    axes.set_yticks(range(len(rows)), [words for words, _ in rows], fontsize=8)
    axes.grid(axis="y", visible=False)
    axes.set_ylabel("Maker")
    axes.set_title("Making held for want of material")
