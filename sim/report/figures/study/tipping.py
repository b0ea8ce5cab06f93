"""A measure against a value that is changed, and where the target on it tips over."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator, PercentFormatter

from sim.report.figures.style import BLACK, BLUE, GREEN, GREY, VERMILLION, legend, new_figure, thousands
from sim.report.words.words import target_words
from sim.study.ask.tipping import Tipping
from sim.study.infer.threshold import Target

MET, TIPS = "#e6f4ef", "#8fd0b8"


def draw(found: Tipping, target: Target, label: str, unit: str, dates: bool = False) -> Figure:
    """Above the mean of the measure with the target's level, below the share of draws that meet it with that asked for.

    `label` names the value that is changed, with its unit; `dates`: it is a date.
    """
    figure = new_figure(5.2, 8.0)
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=(3, 2))
    line = "-" if found.before is not None else "none"  # of what lies between two bounds nothing is known
    _measure(above, found.tried, target, unit, line)
    _share(below, found.tried, target, found.need, line)
    if found.before is None:
        below.annotate("it does not tip between these bounds; nothing between them was tried", (0.5, 0.5),
                       xycoords="axes fraction", ha="center", va="center", color=VERMILLION)  # fmt: skip
    for axes in (above, below):
        _tips(axes, found, _day if dates else _number, named=axes is above)
        axes.margins(x=0.03)
    below.set_xlabel(label)
    below.xaxis.set_major_locator(MaxNLocator(6 if dates else 8, integer=dates))
    below.xaxis.set_major_formatter(FuncFormatter(lambda value, _: _day(value) if dates else _number(value)))
    legend(figure, ncols=3, columnspacing=1.2)
    return figure


def _measure(axes: Axes, tried: pd.DataFrame, target: Target, counted_in: str, line: str) -> None:
    measure = target.measure
    scale, unit = (100, "%") if measure.unit == "share" else (1, counted_in)
    value = tried["value"]
    axes.axhline(
        scale * target.level, color=VERMILLION, linewidth=1.3, linestyle=(0, (6, 2)), label="level of the target"
    )
    if line == "none":
        axes.vlines(value, scale * tried["low"], scale * tried["high"], color=BLUE, alpha=0.35, linewidth=5,
                    label="nine draws of ten")  # fmt: skip
    else:
        axes.fill_between(
            value, scale * tried["low"], scale * tried["high"], color=BLUE, alpha=0.25, linewidth=0, zorder=0.9,
            label="nine draws of ten",
        )  # fmt: skip
    axes.plot(value, scale * tried[measure.name], color=BLUE, marker="o", markersize=5, linestyle=line,
              label="mean of the draws")  # fmt: skip
    axes.set_ylabel(f"{measure.label}, mean ({unit})")
    thousands(axes)


def _share(axes: Axes, tried: pd.DataFrame, target: Target, need: float, line: str) -> None:
    axes.axhline(need, color=VERMILLION, linewidth=1.3, linestyle=(0, (2, 1.5)), label=f"share asked for ({need:.0%})")
    reach = [tried["share"] - tried["share_low"], tried["share_high"] - tried["share"]]
    axes.errorbar(
        tried["value"], tried["share"], yerr=[end.clip(lower=0) for end in reach], color=BLACK, marker="s",
        linestyle=line, markersize=5, linewidth=1.3, capsize=3, elinewidth=1, label="share of draws, 95% interval",
    )  # fmt: skip
    axes.set_ylim(-0.06, 1.06)
    axes.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    axes.set_ylabel("Draws (%)")
    axes.set_title(f"Draws with {target_words(target)}", pad=3)


def _number(value: float) -> str:
    return f"{value:,.10g}"


def _day(value: float) -> str:
    return f"{dt.date.fromordinal(round(value)):%-d %b %Y}"


def _tips(axes: Axes, found: Tipping, shown: Callable[[float], str], named: bool) -> None:
    if found.before is None or found.after is None:
        return
    first, last = float(found.tried["value"].min()), float(found.tried["value"].max())
    met = (first, found.before) if found.met_at_low else (found.after, last)
    axes.axvspan(*met, facecolor=MET, linewidth=0, zorder=0.3, label="target met")
    if found.unsure != (found.before, found.after):
        axes.axvspan(
            *found.unsure, facecolor="none", edgecolor="#bbbbbb", hatch="//", linewidth=0, zorder=0.35,
            label="the draws do not decide",
        )  # fmt: skip
    axes.axvspan(
        found.before, found.after, facecolor=TIPS, edgecolor=GREEN, linewidth=1.6, zorder=0.5, label="tips over"
    )
    if named:
        right = found.after < (first + last) / 2
        axes.annotate(
            f"between {shown(found.before)} and {shown(found.after)}", (found.after if right else found.before, 0.96),
            (6 if right else -6, 0), xycoords=axes.get_xaxis_transform(), textcoords="offset points", va="top",
            ha="left" if right else "right", fontsize=9,
            bbox={"facecolor": "white", "edgecolor": GREY, "linewidth": 0.5, "pad": 1.5},
        )  # fmt: skip
