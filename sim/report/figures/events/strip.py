"""A strip of what struck, was decided and done, over demand met: those of each that weigh most, the rest as lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.report.figures.events.decided import INK, draw_decided
from sim.report.figures.style import BLACK, BLUE, GREY, VERMILLION, date_axis, ends, on, short
from sim.report.run.facts import WEEK, Facts, fill_rate
from sim.report.run.reasons.acts import Act, acts
from sim.report.words.phrases import number_words, plural

LARGE, LARGE_DECIDED = 3, 6
"""Disruptions, and measures, that have a row of their own; decisions that have one."""
MOST_LINES = 24
"""Thin lines of one sort; further ones are counted only."""
WIDTH, ROW = 13.0, 0.205
LEFT, RIGHT = 0.235, 0.795
"""Share of the width at which the panels begin and end; names stand to the left, dates to the right."""
NAME, THIN = 42, 0.19
OFF = -LEFT * 72 * WIDTH + 2
"""Points from the panels' left edge to that of the names."""
FOOT = 0.38
"""Inches under the panels, for dates."""
LOOKS = {False: ("#fbd9c3", "#a63a00", "///"), True: ("#ffffff", "#005a8c", "\\\\\\")}
"""Fill, ink and hatching of disruptions and of measures."""


@dataclass(frozen=True)
class _Row:
    """One row of the strip: its height in rows, words to the left and right, and the acts in it."""

    tall: float
    left: str
    right: str
    acts: tuple[Act, ...]
    bold: bool = False


def draw(facts: Facts) -> Figure:
    """The strip; without anything that struck or was done, demand met alone."""
    found = acts(facts)
    rows: list[_Row] = []
    decided = [act for act in found if act.decided is not None]
    others = [act for act in found if act.measure and act.decided is None]
    sorts = (
        ([act for act in found if not act.measure], "disruption"),
        (decided, "decision"),
        (others, "other measure" if decided else "measure"),
    )
    for mine, word in sorts:
        if mine:
            rows += _rows(facts, mine, f"{number_words(len(mine), capital=True)} {word}{'' if len(mine) == 1 else 's'}")
    above, below = ROW * sum(row.tall for row in rows), 0.8
    height = above + below + FOOT + 0.12
    figure = Figure(figsize=(WIDTH, height))
    met = figure.add_axes((LEFT, FOOT / height, RIGHT - LEFT, below / height))
    _met(met, facts)
    if rows:
        panel = figure.add_axes((LEFT, (below + FOOT + 0.08) / height, RIGHT - LEFT, above / height), sharex=met)
        _panel(panel, facts, rows)
    return figure


def _rows(facts: Facts, mine: Sequence[Act], heading: str) -> list[_Row]:
    acting = [act for act in mine if not act.nothing]
    most = LARGE if mine[0].decided is None else LARGE_DECIDED
    large = acting if len(mine) == most + 1 == len(acting) else acting[:most]
    rest = [act for act in mine if act not in large]
    rows = [_Row(1.0, heading, "", (), bold=True)]
    if mine[0].decided is not None:
        large = sorted(large, key=lambda act: act.day)
    rows += [_Row(1.0, _words(act), _dates(facts, act), (act,)) for act in large]
    if rest:
        idle = [act.words for act in rest if act.nothing]
        told = f"{idle[0]}{f' and {len(idle) - 1} more' if len(idle) > 1 else ''}: nothing changed" if idle else ""
        word = f"{number_words(len(rest), capital=True)} more"
        told = told or (f"lines: {MOST_LINES} of them" if len(rest) > MOST_LINES else "")
        tall = max(1.0, 0.15 + THIN * min(len(rest), MOST_LINES))
        rows.append(_Row(tall, word, told, tuple(rest)))
    return rows


def _words(act: Act) -> str:
    """What it is called, and who decided it."""
    return act.words if act.decided is None else f"{act.words}, {act.decided.party}"


def _dates(facts: Facts, act: Act) -> str:
    first = facts.date(act.day)
    if act.decided is not None and len(act.decided.times) > 1:
        return f"{len(act.decided.times)} times from {first:%-d %b}"
    if act.until > facts.days:
        text = f"{first:%-d %b} to after the end"
    elif act.until <= act.day + 1:
        text = f"{first:%-d %b}"
    else:
        text = f"{first:%-d %b} to {facts.date(np.ceil(act.until) - 1):%-d %b}"
    steps = len([span for span in act.stages if span.day > act.day])
    return f"{text}, {plural(steps + 1, 'stage')}" if steps else text


def _panel(axes: Axes, facts: Facts, rows: Sequence[_Row]) -> None:
    place = 0.0
    right = on(facts, facts.days)
    for row in rows:
        weight = "bold" if row.bold else "normal"
        middle = place + 0.5
        axes.annotate(short(row.left, NAME), (0, middle), (OFF, 0), xycoords=("axes fraction", "data"),
                      textcoords="offset points", va="center", fontsize=9.5, fontweight=weight,
                      color=BLACK if len(row.acts) < 2 else "#4b5661")  # fmt: skip
        if row.right:
            axes.annotate(short(row.right, 37), (1, middle), (12, 0), xycoords=("axes fraction", "data"),
                          textcoords="offset points", va="center", fontsize=9.0)  # fmt: skip
        thin = len(row.acts) > 1 or (len(row.acts) == 1 and row.left.endswith(" more"))
        for k, act in enumerate(row.acts[:MOST_LINES] if thin else row.acts):
            if thin:
                y = place + 0.15 + THIN * k
                axes.plot([on(facts, act.day), on(facts, min(act.until, facts.days))], [y, y],
                          color=_ink(act), linewidth=1.5,
                          solid_capstyle="butt", linestyle=":" if act.nothing else "-")  # fmt: skip
            elif act.decided is not None:
                draw_decided(axes, facts, middle, act.decided, 0.72)
            else:
                _bar(axes, facts, act, middle)
                if act.until > facts.days:
                    axes.plot(right, middle, marker=">", color=LOOKS[act.measure][1], markersize=6, clip_on=False)
        place += row.tall
    axes.set_ylim(place, 0)
    axes.set_yticks([])
    axes.grid(axis="y", visible=False)
    axes.tick_params(labelbottom=False, length=0)
    for side in ("bottom", "left"):
        axes.spines[side].set_visible(False)
    axes.axvline(right, color=LOOKS[False][1], linewidth=1.6)


def _ink(act: Act) -> str:
    return GREY if act.nothing else INK if act.decided is not None else LOOKS[act.measure][1]


def _bar(axes: Axes, facts: Facts, act: Act, middle: float) -> None:
    """A bar as high as its stages are severe, what each later one is at its beginning."""
    fill, ink, hatch = LOOKS[act.measure]
    pieces = [(s.day, s.until, max(0.25, 0.72 * min(1.0, s.strength)), s.sign) for s in act.stages]
    free = 0.0
    for k, (day, until, tall, sign) in enumerate(pieces or [(act.day, act.until, 0.72, "")]):
        first, last = max(0.0, day), min(until, float(facts.days))
        if last <= first:
            continue
        axes.barh(middle, last - first, tall, left=on(facts, first), facecolor=fill, edgecolor=ink, hatch=hatch,
                  linewidth=1.0)  # fmt: skip
        letters = (last - first) / facts.days * 100
        if k and sign and letters > len(sign) + 1 and first >= free:
            axes.annotate(sign, (on(facts, first), middle), (3, 0), textcoords="offset points", va="center",
                          fontsize=8.5, bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.4, "alpha": 0.9},
                          )  # fmt: skip
            free = first + (len(sign) + 1) * facts.days / 100
    if act.announced is not None:
        axes.plot(on(facts, act.announced), middle, marker="v", color=BLACK, markersize=4.5)


def _met(axes: Axes, facts: Facts) -> None:
    """Share of demand served on the day, seven-day mean, beside the run that tells most."""
    own = fill_rate(*(facts.daily(name, kind="facility") for name in ("demand", "served")))
    beside, words = next(
        ((one, words) for one, words in (
            (facts.without_decisions, "without decisions"), (facts.without_reserves, "without reserves"),
        ) if one is not None), (facts.twin, "without disruptions"),
    )  # fmt: skip
    lowest = [own]
    if beside is not None:
        other = fill_rate(*(facts.daily(name, beside, kind="facility") for name in ("demand", "served")))
        axes.plot(ends(facts), other, color=VERMILLION, linestyle=(0, (4, 2)), linewidth=1.3)
        axes.fill_between(ends(facts), own, other, where=list(other < own), color="#e6f1f8", linewidth=0)
        lowest.append(other)
    axes.plot(ends(facts), own, color=BLUE, linewidth=2.0)
    low = float(np.nanmin(np.concatenate(lowest))) if any(np.isfinite(x).any() for x in lowest) else 0.0
    axes.set_ylim(_floor(low), 100 + 0.06 * (100 - _floor(low)))
    axes.set_yticks(np.linspace(_floor(low), 100, 3), [f"{tick:g} %" for tick in np.linspace(_floor(low), 100, 3)])
    date_axis(axes, facts, label=False)
    axes.set_ylabel("Demand met", rotation=0, ha="left", va="top", fontsize=9.5, fontweight="bold")
    axes.yaxis.set_label_coords(OFF / (72 * WIDTH * (RIGHT - LEFT)), 1.05)
    axes.annotate("share of units asked for,\nseven-day mean", (0, 1), (OFF, -16), xycoords="axes fraction",
                  textcoords="offset points", va="top", fontsize=9.0, color="#4b5661")  # fmt: skip
    _told(axes, facts, own, words if beside is not None else "")


def _told(axes: Axes, facts: Facts, own: np.ndarray, words: str) -> None:
    """To the right: the lines' names, the lowest and the last figure."""
    known = own[np.isfinite(own)]
    told = []
    if known.size:
        least, last = float(known.min()), float(known[-min(WEEK, 1)])
        told = [("this run", BLUE), (f"least {_shown(least)}, at the end {_shown(last)}", BLUE)]
    if words:
        told.append((f"dashed: {words}", "#a63a00"))
    axes.annotate(f"◂ {facts.date(facts.days - 1):%-d %b}: the run stops", (1, 0), (12, -14), xycoords="axes fraction",
                  textcoords="offset points", va="center", fontsize=9.0, color=LOOKS[False][1])  # fmt: skip
    for k, (text, colour) in enumerate(told):
        axes.annotate(text, (1, 1), (12, -13 * k), xycoords="axes fraction", textcoords="offset points", va="top",
                      fontsize=9.0, color=colour, fontweight="bold" if not k else "normal")  # fmt: skip


def _shown(percent: float) -> str:
    """A share in percent that is only all where it is all."""
    return "100 %" if percent == 100 else f"{min(percent, 99.9):.1f} %"


def _floor(low: float) -> float:
    """The lowest tick: as close below as a step that divides well."""
    return next((level for level in (98.0, 96.0, 90.0, 80.0, 60.0, 40.0) if low >= level), 0.0)
