"""How sparingly scarce goods were used: the share of facilities in contingency and crisis use, and what was put off."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.report.figures.bands import bands
from sim.report.figures.style import BLUE, ORANGE, VERMILLION, date_axis, legend, new_figure, on, short, thousands
from sim.report.run.facts import WEEK, Facts, weekly

MOST = 4
LEVELS = ("conventional", "contingency", "crisis")


def cells(facts: Facts) -> dict[str, np.ndarray]:
    """Cells with a rule on use, by product."""
    found = [rule.cells for rule in facts.outcome.plan.behaviour.use]
    every = np.concatenate(found) if found else np.zeros(0, dtype=np.int64)
    product = facts.network.cell_product[every]
    return {facts.products[k]: every[product == k] for k in np.unique(product).tolist()}


def shares(facts: Facts, product: str) -> np.ndarray:
    """Percent of usual demand at facilities in each of `LEVELS`; shape (days, 3), each day's sum 100.

    Told by the journal; without one everything is conventional.
    """
    mine, network, journal = cells(facts)[product], facts.network, facts.outcome.journal
    weight = network.cell_mean[mine]
    weight = weight / weight.sum() if weight.sum() > 0 else np.full(len(mine), 1 / len(mine))
    place = {site: k for k, site in enumerate(network.site_names(network.cell_site[mine]))}
    change = np.zeros((facts.days, len(LEVELS)))
    level = np.zeros(len(mine), dtype=np.int64)
    names = {f"use_{name}": k for k, name in enumerate(LEVELS)}
    told = journal[journal["event"].isin(list(names)) & (journal["product"] == product)]
    for event, site, day in zip(told["event"], told["site"], told["day"], strict=True):
        cell, now, first = place[str(site)], names[str(event)], max(int(day), 0)
        change[first, level[cell]] -= weight[cell]
        change[first, now] += weight[cell]
        level[cell] = now
    change[0, 0] += 1.0
    return np.asarray(100 * np.cumsum(change, axis=0))


def draw(facts: Facts) -> Figure | None:
    """A row for each product: bands of use, and units put off a week; None where use was conventional throughout."""
    held = {p: int(facts.daily("conserved", kind="facility", product=p).sum()) for p in cells(facts)}
    shown = sorted((p for p in held if held[p]), key=lambda p: (-held[p], p))[:MOST]
    if not shown:
        return None
    figure = new_figure(1.0 + 1.9 * len(shown))
    panels = figure.subplots(len(shown), 2, sharex=True, squeeze=False, width_ratios=(3, 2))
    for row, (band, units) in zip(shown, panels, strict=True):
        _band(band, facts, row)
        _put_off(units, facts, row)
        for axes in (band, units):
            bands(axes, facts, named=row == shown[0])
            date_axis(axes, facts, label=row == shown[-1])
    legend(figure, ncols=4)
    return figure


def _band(axes: Axes, facts: Facts, product: str) -> None:
    found = shares(facts, product)
    days = on(facts, 0) + np.arange(facts.days + 1)
    below = np.zeros(facts.days + 1)
    for level, colour, hatch in ((2, VERMILLION, "xxx"), (1, ORANGE, "//")):
        above = below + np.append(found[:, level], found[-1, level])
        axes.fill_between(
            days, below, above, step="post", facecolor=colour, edgecolor="white", hatch=hatch, linewidth=0,
            label=f"{LEVELS[level]} use",
        )  # fmt: skip
        below = above
    axes.set_ylim(0, 100)
    axes.set_ylabel("% of usual use")
    axes.set_title(short(product, 40))


def _put_off(axes: Axes, facts: Facts, product: str) -> None:
    start = on(facts, 0) + WEEK * np.arange(-(-facts.days // WEEK))
    held, back = (weekly(facts.daily(name, kind="facility", product=product)) for name in ("conserved", "recovered"))
    axes.bar(start, held, 0.86 * WEEK, align="edge", color=BLUE, label="put off or done without")
    if back.any():
        axes.step(start, back, where="post", color="#222222", linestyle=(0, (4, 2)), label="asked for again later")
    axes.set_ylim(bottom=0)
    axes.set_ylabel("Units a week")
    axes.set_title(f"{short(product, 30)}: put off")
    thousands(axes)
