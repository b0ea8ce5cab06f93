"""The after-action report, under the headings of the WHO's guidance for after action reviews."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace as with_other

import numpy as np

from sim.report.figures.study import replay_dots, replay_fan
from sim.report.replay.page import DOTS, FAN, replay_sheets
from sim.report.replay.words import date_words
from sim.report.review.chronology import chronology
from sim.report.review.evidence import basis_of, inputs
from sim.report.review.parts import FOR_PEOPLE, LABEL, NOT_KNOWN, Chapter, Part, to_fill
from sim.report.sheets import Sheet
from sim.report.words.phrases import plural
from sim.report.words.rounding import number
from sim.scenario.load import Loaded
from sim.study.score.board import Scored

BEFORE = ("reserves", "replenishment", "stock", "sourcing", "suppliers", "warehouses", "parties")
"""Sections that say what was in place."""
SHOWN = ("Series", "Unit", "Points", "Score (WIS)", "Bias", "Inside 80%")
"""Columns of the replay's tables of scores."""


def after_action(loaded: Loaded, series: Sequence[Scored], lines: Sequence[str]) -> Part:
    """The report; `lines` are the answer of the replay in words."""
    return Part("After-action report", [
        _summary(loaded, series, lines), _background(loaded), _in_place(loaded),
        Chapter("What happened", ["As far as it stands in the scenario and in the observed series."],
                [chronology(loaded, series)]),
        _went(series), _findings(series, lines), _recommendations(),
        Chapter("Next steps", [], [to_fill("next-steps", "To be agreed", ["Step", "Owner", "By when"], 4)]),
    ])  # fmt: skip


def _summary(loaded: Loaded, series: Sequence[Scored], lines: Sequence[str]) -> Chapter:
    spec = loaded.spec
    figures = sum(len(one.points) for one in series)
    counted = [plural(len(spec.disruptions), "event"), plural(len(spec.decisions), "decision")]
    said = [
        f"{spec.title}; days run: {date_words(spec.start)} to {date_words(spec.until)}.",
        f"In the scenario: {', '.join(counted)}, {plural(figures, 'observed figure')}.",
        f"How far the model can be believed: {lines[0]}",
        f"What is to be concluded. {FOR_PEOPLE}",
        LABEL,
    ]
    return Chapter("Executive summary", said)


def _background(loaded: Loaded) -> Chapter:
    spec = loaded.spec
    sites = [
        plural(len(found), word)
        for word, found in (("supplier", spec.suppliers), ("port", spec.ports))
        if found
    ]  # fmt: skip
    said = [text for text in (spec.what, spec.question) if text]
    said.append(f"Goods: {', '.join(spec.products)}. Chain: {', '.join(sites)}.")
    parties = [one.title or name for name, one in spec.parties.items()]
    said.append(f"Parties: {', '.join(parties) if parties else NOT_KNOWN}.")
    said.append(f"What the model leaves out: {spec.leaves_out or NOT_KNOWN}")
    return Chapter("Background", said)


def _in_place(loaded: Loaded) -> Chapter:
    spec = loaded.spec
    figures = inputs(loaded)
    sizes = {row[0]: row[1] for row in figures}
    reserves = []
    for name, one in spec.reserves.items():
        path = f"reserves.{name}.size"
        reserves.append([one.title or name, sizes.get(path, NOT_KNOWN), *basis_of(figures, [path])])
    said = ["Plans, agreements and responsibilities before the event. " + FOR_PEOPLE]
    if not reserves:
        said.append(f"Reserves. {NOT_KNOWN}: the scenario has none, which does not say that there was none.")
    rows = [row for row in figures if row[0].split(".")[0] in BEFORE and row[2] != "assumed"]
    sheets = []
    if reserves:
        head = ["Reserve", "Size in the scenario", "Basis", "Source"]
        sheets.append(Sheet("reserves", "Reserves", head, reserves, text_columns=4))
    if rows:
        head = ["Figure", "Value", "Basis", "Source", "Note"]
        sheets.append(Sheet("in-place", "Stock, shares and capacities with a source", head,
                            [[*row[:3], *row[4:]] for row in rows], text_columns=5))  # fmt: skip
    return Chapter("What was in place", said, sheets)


def _went(series: Sequence[Scored]) -> Chapter:
    """For people; beside it the worst that was observed, which is a fact and no judgement."""
    rows = []
    for one in series:
        if one.series.is_ == "event" or not one.series.worst:
            continue
        k = int(np.argmax(one.points.value * one.series.worst))
        value = f"{number(float(one.points.value[k]))} {one.unit}"
        rows.append([one.series.label, value, date_words(one.date(k)), one.points.source[k]])
    head = ["What", "Why", "Said by"]
    sheets = [to_fill("went-well", "What went well, and why", head, 4),
              to_fill("less-well", "What went less well, and why", head, 4)]  # fmt: skip
    if rows:
        said = Sheet("worst", "Evidence for discussion: the worst that was observed",
                     ["Series", "Worst", "When", "Source"], rows, text_columns=4)  # fmt: skip
        sheets.append(said)
    return Chapter("What went well, what went less well, and why", [FOR_PEOPLE], sheets)


def _findings(series: Sequence[Scored], lines: Sequence[str]) -> Chapter:
    pictures = [(one.series.label, FAN, replay_fan.draw(one)) for one in series if replay_fan.drawable(one)]
    if dots := replay_dots.dotted(series):
        pictures.append(("Single points", DOTS, replay_dots.draw(dots)))
    said = [
        LABEL, *lines,
        "What would have been otherwise under another decision: not looked at in this document. A replay says how far "
        "the model tells again what was observed; it does not say what caused it.",
        f"Findings of the review. {FOR_PEOPLE}",
    ]  # fmt: skip
    return Chapter("Findings", said, [_narrow(sheet) for sheet in replay_sheets(series)], pictures)


def _narrow(sheet: Sheet) -> Sheet:
    """A table of scores with what a sheet of paper has room for; the replay's page has the rest."""
    kept = [k for k, head in enumerate(sheet.head) if head in SHOWN or head.startswith("Beside")]
    if "Score (WIS)" not in sheet.head:
        return sheet
    head, rows = [sheet.head[k] for k in kept], [[row[k] for k in kept] for row in sheet.rows]
    return with_other(sheet, head=head, rows=rows, raw_head=sheet.raw_head or sheet.head, raw=sheet.raw or sheet.rows)


def _recommendations() -> Chapter:
    head = ["Recommendation", "Rests on which finding", "Priority"]
    return Chapter("Recommendations", [FOR_PEOPLE], [to_fill("recommendations", "To be agreed", head, 4)])
