"""What a budget split best comes to: harm against money, who gets how much, and how often a target is met."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

from sim.report.figures.style import BLACK, BLUE, COLOURS, GREEN, GREY, HATCHES, legend, new_figure, short, thousands
from sim.report.words.words import target_words
from sim.study.ask.split import Splits


def draw(found: Splits, currency: str) -> Figure:
    """Panels over one axis of money: the measure, the share of draws that meet the target, and the split."""
    panels = [_harm, *([_met] if found.target else []), _parts]
    figure = new_figure(2.3 + 1.5 * len(panels), 8.0)
    axes = np.atleast_1d(figure.subplots(len(panels), 1, sharex=True, height_ratios=[3, *[2] * (len(panels) - 1)]))
    for draw_panel, place in zip(panels, axes, strict=True):
        draw_panel(place, found)
    axes[-1].set_ylabel(f"Money ({currency})")
    axes[-1].set_xlabel(f"Budget for the first purchase ({currency})")
    axes[-1].xaxis.set_major_locator(MaxNLocator(5))
    axes[-1].xaxis.set_major_formatter(axes[-1].yaxis.get_major_formatter())
    legend(figure, ncols=3, columnspacing=1.2)
    return figure


def _harm(axes: Axes, found: Splits) -> None:
    name, fresh = found.measure.name, found.fresh
    scale = 100 if found.measure.unit == "share" else 1
    unit = "%" if scale == 100 else found.measure.unit
    axes.scatter(found.tried["first_cost"], scale * found.tried[name], s=14, color=GREY, alpha=0.6, marker="o",
                 linewidth=0, label="a split tried")  # fmt: skip
    middle = scale * fresh[name]
    axes.plot(fresh["first_cost"], middle, color=BLUE, marker="D", markersize=6, label="best split, on fresh draws")
    reach = [(scale * (fresh[name] - fresh["low"])).fillna(0), (scale * (fresh["high"] - fresh[name])).fillna(0)]
    axes.errorbar(fresh["first_cost"], middle, yerr=reach, color=BLUE, linestyle="none", capsize=4)
    axes.set_ylabel(f"{found.measure.label}, mean ({unit})")
    thousands(axes)


def _met(axes: Axes, found: Splits) -> None:
    axes.plot(found.fresh["first_cost"], found.fresh["share"], color=GREEN, marker="s", linestyle=(0, (6, 2)),
              label="meets the target, fresh draws")  # fmt: skip
    axes.set_ylim(-0.04, 1.04)
    axes.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    axes.set_ylabel("Draws (%)")
    if found.target is not None:
        axes.set_title(f"Draws with {target_words(found.target)}", pad=3)


def _parts(axes: Axes, found: Splits) -> None:
    best = found.tried[found.tried["best"]]
    place = best["budget"].to_numpy(dtype=float)
    width = 0.5 * float(np.diff(np.concatenate([[0.0], place])).min())
    under = np.zeros(len(best))
    for k, part in enumerate(found.parts):
        money = best[f"money {part.name}"].to_numpy(dtype=float)
        axes.bar(place, money, width, under, color=COLOURS[k % len(COLOURS)], edgecolor=BLACK, linewidth=0.4,
                 hatch=HATCHES[(k + k // len(COLOURS)) % len(HATCHES)], label=short(part.name))  # fmt: skip
        under += money
    axes.set_ylim(0, 1.06 * float(under.max()))
    axes.set_title("Where it goes", pad=3)
    thousands(axes)
