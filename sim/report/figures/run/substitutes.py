"""A picture for each family of products that stand in for each other: who was served what, and what that emptied."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.gridspec import GridSpec

from sim.report.figures.bands import bands
from sim.report.figures.run.cover_over_time import cover
from sim.report.figures.style import (
    BLACK,
    BLUE,
    COLOURS,
    HATCHES,
    VERMILLION,
    date_axis,
    ends,
    legend,
    new_figure,
    on,
    short,
    thousands,
)
from sim.report.run.facts import WEEK, Facts, weekly

MOST = 4
"""Products of a family that are shown."""
SKY = "#BFE0F2"
Pair = tuple[str, str]


def stand_ins(facts: Facts) -> dict[Pair, np.ndarray]:
    """(asked for, served instead) -> units of demand met and units used for it, in all regions; shape (days, 2)."""
    flows = facts.outcome.substitution
    found: dict[Pair, np.ndarray] = {}
    for row, (wanted, other, _) in enumerate(facts.outcome.plan.behaviour.substitute_rows):
        if flows is not None and flows[:, 0, row].any():
            found.setdefault((wanted, other), np.zeros_like(flows[:, :, row]))
            found[wanted, other] += flows[:, :, row]
    return found


def families(facts: Facts) -> list[list[str]]:
    """Products linked by having stood in for each other, the family with most units first; products by units."""
    pairs = stand_ins(facts)
    moved: dict[str, int] = {}
    for pair, units in pairs.items():
        for product in pair:
            moved[product] = moved.get(product, 0) + int(units[:, 0].sum())
    left, found = sorted(moved, key=lambda p: (-moved[p], p)), []
    while left:
        family, before = {left[0]}, 0
        while len(family) > before:
            before = len(family)
            family |= {product for pair in pairs if family & set(pair) for product in pair}
        found.append([p for p in left if p in family])
        left = [p for p in left if p not in family]
    return found


def outcomes(facts: Facts, product: str) -> dict[str, int]:
    """What became of the units asked for: words -> units. They add up to the demand."""
    total = {
        name: int(facts.daily(name, kind="facility", product=product).sum())
        for name in ("served", "conserved", "unmet")
    }
    others = {other: int(units[:, 0].sum()) for (wanted, other), units in stand_ins(facts).items() if wanted == product}
    return {"itself": total["served"], **others, "put off": total["conserved"], "not met": total["unmet"]}


def draw(facts: Facts, family: list[str]) -> Figure:
    """Above: what became of what was asked for. Below, for each product: stand-ins a week, and its days of cover."""
    shown = family[:MOST]
    head = 0.55 + 0.42 * len(shown)
    figure = new_figure(1.0 + head + 1.9 * len(shown))
    grid = GridSpec(1 + len(shown), 2, figure=figure, height_ratios=[head, *([1.9] * len(shown))], width_ratios=(3, 2))
    look = {product: k for k, product in enumerate(family)}
    _became(figure.add_subplot(grid[0, :]), facts, shown, look)
    for row, product in enumerate(shown, start=1):
        flow, stock = (figure.add_subplot(grid[row, column]) for column in (0, 1))
        _flows(flow, facts, product, look)
        _stock(stock, facts, product)
        for axes in (flow, stock):
            bands(axes, facts, named=row == 1)
            date_axis(axes, facts, label=row == len(shown), words=row == len(shown))
    legend(figure, ncols=4)
    return figure


def _face(number: int) -> dict[str, str]:
    return {"facecolor": COLOURS[(number + 2) % len(COLOURS)], "hatch": HATCHES[number % len(HATCHES)]}


def _became(axes: Axes, facts: Facts, shown: list[str], look: dict[str, int]) -> None:
    for row, product in enumerate(shown):
        found, start = outcomes(facts, product), 0.0
        asked = sum(found.values())
        for words, units in found.items():
            if not units:
                continue
            share = 100 * units / asked
            if words in look:
                face, label = _face(look[words]), f"met with {short(words, 22)}"
            else:
                face, label = {
                    "itself": ({"facecolor": BLUE, "hatch": ""}, "met with itself on the day"),
                    "put off": ({"facecolor": SKY, "hatch": "---"}, "put off or done without"),
                    "not met": ({"facecolor": VERMILLION, "hatch": "xxx"}, "not met on the day"),
                }[words]
            axes.barh(row, share, 0.55, left=start, edgecolor="white", linewidth=0.4, label=label, **face)  # type: ignore[arg-type]
            start += share
    axes.set_ylim(len(shown) - 0.45, -0.55)
    axes.set_xlim(0, 100)
    names = [f"{short(p, 24)}\n{sum(outcomes(facts, p).values()):,} asked for" for p in shown]
    axes.set_yticks(range(len(shown)), names)
    axes.grid(axis="y", visible=False)
    axes.set_xlabel("What became of the units asked for (%)")
    axes.set_ylabel("Product")


def _flows(axes: Axes, facts: Facts, product: str, look: dict[str, int]) -> None:
    """Upward: this product's demand met with others; downward: what of it served others' patients."""
    start = on(facts, 0) + WEEK * np.arange(-(-facts.days // WEEK))
    up = down = np.zeros(len(start))
    for (wanted, other), units in stand_ins(facts).items():
        if wanted == product:
            met = weekly(units[:, 0])
            axes.bar(
                start, met, 0.86 * WEEK, up, align="edge", edgecolor="white", linewidth=0.3,
                label=f"met with {short(other, 22)}", **_face(look[other]),  # type: ignore[arg-type]
            )  # fmt: skip
            up = up + met
        if other == product:
            used = weekly(units[:, 1])
            axes.bar(
                start, -used, 0.86 * WEEK, -down, align="edge", facecolor="#d9d9d9", edgecolor=BLACK, linewidth=0.5,
                label="below the line: used in place of another product",
            )  # fmt: skip
            down = down + used
    unmet = weekly(facts.daily("unmet", kind="facility", product=product))
    axes.step(start, unmet, where="post", color=VERMILLION, linewidth=1.3, label="not met, a week (line)")
    axes.axhline(0, color=BLACK, linewidth=0.8)
    axes.set_ylabel("Units a week")
    axes.set_title(short(product, 40))
    thousands(axes, sign=False)


def _stock(axes: Axes, facts: Facts, product: str) -> None:
    axes.plot(ends(facts), cover(facts, product), color=BLUE, linewidth=1.4, label="stock, this run")
    if facts.twin is not None:
        twin = cover(facts, product, twin=True)
        axes.plot(
            ends(facts), twin, color=BLACK, linestyle=(0, (1.5, 1.8)), linewidth=1.2, label="stock, without disruptions"
        )
    axes.set_ylim(bottom=0)
    axes.set_ylabel("Cover (days)")
    axes.set_title(f"Stock of {short(product, 30)}")
