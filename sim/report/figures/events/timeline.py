"""When each disruption held, and at which stage; beside them what was decided, from condition met to over."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.model.effects import Impact
from sim.report.figures.bands import BarRow, joined, lanes
from sim.report.figures.events.decided import draw_decided
from sim.report.figures.style import (
    BLACK,
    COLOURS,
    HATCHES,
    date_axis,
    new_figure,
    on,
    short,
)  # fmt: skip
from sim.report.run.as_tables.tables import rations_table
from sim.report.run.decided import Decided, decided
from sim.report.run.facts import Facts
from sim.report.run.stages import Span, spans
from sim.report.words.phrases import called, kind_words

MOST_RATIONS = 8
MOST_ALARMS = 8
MOST_DECIDED = 15
"""Decisions drawn; further ones are counted."""
SHADE = "#c9c9c9"
TALLEST, LEAST = 0.62, 0.2
"""Height of a bar at its worst stage, and at its mildest."""
MOST_BARS = 25
"""With more disruptions than this there is a bar row for each kind."""
LETTERS = 75
"""that fit across the panel of bars"""
NAME, ROW = 54, 0.19
"""Letters of a name beside a bar; inches for a bar."""


def draw(facts: Facts) -> Figure | None:
    """A bar for each disruption and measure, or for each kind of them, for each decision, by party, for each alarm, and
    for each source that dealt out shares."""
    rows, taken, dealt = lanes(facts, MOST_BARS), by_party(facts), [*rung(facts), *rationed(facts)]
    if not rows and not taken and not dealt:
        return None
    shown = taken[:MOST_DECIDED] if len(taken) > MOST_DECIDED + 1 else taken
    figure = new_figure(1.0 + ROW * (len(rows) + len(shown) + (len(taken) > len(shown)) + len(dealt)))
    axes = figure.subplots()
    names = [*_bars(axes, facts, rows), *_decisions(axes, facts, shown, len(rows))]
    if more := len(taken) - len(shown):
        names.append(f"and {more} more decisions, in the table")
    names += _others(axes, facts, dealt, len(names))
    _named_rows(axes, names, "Disruption" if not taken else "Disruption, decision")
    date_axis(axes, facts)
    return figure


def by_party(facts: Facts) -> list[Decided]:
    """What was decided, those of a party beside each other, whoever decided first on top."""
    first: dict[str, float] = {}
    for one in decided(facts):
        first.setdefault(one.party, one.since)
    return sorted(decided(facts), key=lambda one: (first[one.party], one.party, one.since))


def rung(facts: Facts) -> list[BarRow]:
    """A lane for each alarm that stood on counted days, at any of the sites that it watches."""
    rows = []
    for log in facts.outcome.alarms:
        stood = log.stood[-log.first :].any(axis=1)
        edges = np.flatnonzero(np.diff(np.concatenate([[False], stood, [False]]).astype(np.int8)))
        if edges.size:
            times = [(float(begin), float(end)) for begin, end in edges.reshape(-1, 2).tolist()]
            rows.append(BarRow(f"alarm: {log.bound.name}", times, True))
    return sorted(rows, key=lambda lane: lane.spans[0])[:MOST_ALARMS]


def rationed(facts: Facts) -> list[BarRow]:
    """A lane for each source that dealt out shares: from the day on which it began until it ceased to."""
    found = rations_table(facts.outcome)
    rows = []
    for (site, product), mine in found.groupby(["site", "product"], sort=True):
        begins = mine.loc[mine["event"] == "ration_begins", "day"].tolist()
        ends = [*mine.loc[mine["event"] == "ration_ends", "day"].tolist(), facts.days][: len(begins)]
        dealt = [(max(0.0, a), float(min(b, facts.days))) for a, b in zip(begins, ends, strict=True) if b > 0]
        least = mine.loc[mine["event"] != "ration_ends", "share"].min()
        if dealt:
            rows.append(BarRow(f"{site} rations {product} (least {least:.0%} of usual orders)", joined(dealt), True))
    return sorted(rows, key=lambda lane: lane.spans[0])[:MOST_RATIONS]


def _pieces(facts: Facts, staged: list[Span]) -> list[tuple[float, float, float]]:
    """(first day, first day after, height) of the stages in the counted days; the milder a stage, the lower."""
    return [
        (max(0.0, s.day), min(s.until, float(facts.days)), max(LEAST, TALLEST * min(1.0, s.strength)))
        for s in staged
        if s.until > 0 and s.day < facts.days
    ]


def _signs(axes: Axes, facts: Facts, row: int, staged: list[Span]) -> None:
    """What each later stage is, at its beginning, as far as there is room."""
    scale, free = LETTERS / facts.days, 0.0
    for stage in staged[1:]:
        room = (len(stage.sign) + 2) / scale
        if stage.day >= free and min(stage.until, facts.days) - stage.day > room:
            free = stage.day + room
            axes.annotate(
                stage.sign, (on(facts, stage.day), row), (4, 0), textcoords="offset points", va="center", fontsize=8.0,
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.6, "alpha": 0.85},
            )  # fmt: skip


def _bars(axes: Axes, facts: Facts, rows: list[BarRow]) -> list[str]:
    """Disruptions and measures; their names."""
    impacts = facts.acting if len(rows) == len(facts.acting) else []
    kinds = sorted({impact.kind for impact in impacts})
    for row, lane in enumerate(rows):
        impact = impacts[row] if impacts else None
        number = (kinds.index(impact.kind) if impact else row) % len(COLOURS)
        staged = spans(impact) if impact is not None else []
        for start, end, tall in _pieces(facts, staged) or [(start, end, TALLEST) for start, end in lane.spans]:
            axes.barh(
                row, end - start, tall, left=on(facts, start), facecolor="white", edgecolor=COLOURS[number],
                hatch=HATCHES[number], linewidth=1.2,
            )  # fmt: skip
        _signs(axes, facts, row, staged)
        if impact is not None and 0 <= impact.announced < impact.start:
            axes.plot(on(facts, impact.announced), row, marker="v", color=BLACK, markersize=5)
    return [_name(lane, impacts[row] if impacts else None) for row, lane in enumerate(rows)]


def _decisions(axes: Axes, facts: Facts, taken: list[Decided], first: int) -> list[str]:
    """What was decided, from a row on; the names, with their parties."""
    for row, one in enumerate(taken, start=first):
        draw_decided(axes, facts, row, one, TALLEST)
    whole = [f"{one.words} ({one.kind}), {one.party}" for one in taken]
    return [
        text if len(text) <= NAME and one.words != one.kind else short(f"{one.words}, {one.party}", NAME)
        for text, one in zip(whole, taken, strict=True)
    ]


def _others(axes: Axes, facts: Facts, dealt: list[BarRow], first: int) -> list[str]:
    """Alarms, and who dealt out shares, from a row on; the names."""
    for row, lane in enumerate(dealt, start=first):
        for start, end in lane.spans:
            axes.barh(row, end - start, 0.4, left=on(facts, start), facecolor=SHADE, edgecolor=BLACK, linewidth=0.6)
    return [short(lane.words, NAME) for lane in dealt]


def _named_rows(axes: Axes, names: list[str], label: str) -> None:
    axes.set_yticks(range(len(names)), names, fontsize=8.0)
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.set_ylabel(label, fontsize=8)
    axes.grid(axis="y", visible=False)


def _name(lane: BarRow, impact: Impact | None) -> str:
    """What stands beside a bar: the name of a disruption with its kind as far as there is room for it."""
    if impact is None:
        return short(lane.words, NAME)
    kind = f" ({kind_words(impact.kind)}{', by chance' if impact.hazard else ''})"
    name = called(impact.cause, impact.kind)
    return name + kind if len(name + kind) <= NAME and name == impact.cause else short(name, NAME)
