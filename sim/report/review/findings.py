"""Findings: how far the model can be believed, what might have been, what the shortage is put down to."""

from __future__ import annotations

from dataclasses import replace as with_other

from sim.report.figures.study import replay_dots, replay_fan
from sim.report.hindsight.page import CAPTION, SIDE, beside, side_by_side, stays, why
from sim.report.hindsight.words import EVIDENCE
from sim.report.replay.page import DOTS, FAN, replay_sheets
from sim.report.review.material import Material
from sim.report.review.parts import FOR_PEOPLE, LABEL, NOT_KNOWN, Chapter, to_fill
from sim.report.sheets import Sheet

SHOWN = ("Series", "Unit", "Points", "Score (WIS)", "Bias", "Inside 80%")
"""Columns of the replay's tables of scores."""
CAUSES = ["Cause", "How much of the shortage", "Rests on", "Said by"]
BESIDE = (
    "Each is set beside the scenario as it is written, on the same draws; the interval is that of the mean difference."
)
BLANK = 2
"""Empty rows for causes that the scenario does not have."""


def findings(of: Material) -> Chapter:
    """What is the program's, by sections; what is to be concluded is left to people."""
    said = [LABEL, f"Findings of the review. {FOR_PEOPLE}"]
    return Chapter("Findings", said, within=[_believed(of), _otherwise(of), _put_down(of)])


def _believed(of: Material) -> Chapter:
    """Fans, single points and scores."""
    pictures = [(one.series.label, FAN, replay_fan.draw(one)) for one in of.series if replay_fan.drawable(one)]
    if dots := replay_dots.dotted(of.series):
        pictures.append(("Single points", DOTS, replay_dots.draw(dots)))
    said = [
        *of.lines,
        "A replay says how far the model tells again what was observed; it does not say what caused it.",
    ]  # fmt: skip
    return Chapter(
        "How far the model can be believed", said, [_narrow(sheet) for sheet in replay_sheets(of.series)], pictures
    )


def _otherwise(of: Material) -> Chapter:
    """Counterfactuals side by side, and what stays as it was."""
    title, back = "What might have been decided", of.hindsight
    if back is None:
        return Chapter(title, [f"{NOT_KNOWN}: the scenario asks nothing of it under 'counterfactuals'."])
    asked, table, counted = back.asked, back.differences, back.counted
    said = [*back.lines, EVIDENCE, BESIDE]
    sheets = [with_other(beside(asked, table, counted), text_columns=7), why(asked), stays(asked, back.frozen)]
    return Chapter(title, said, sheets, [(SIDE, CAPTION, side_by_side(asked, table, counted))])


def _put_down(of: Material) -> Chapter:
    """What reviewers attribute the shortage to, in their words; what struck stands there to be judged."""
    spec = of.loaded.spec
    said = f"In the reviewers' words: {spec.attribution}" if spec.attribution else FOR_PEOPLE
    struck = [[one.label] for one in spec.disruptions] + [[]] * BLANK
    return Chapter(
        "What the shortage is put down to", [said],
        [to_fill("causes", "To be judged: what struck, by the scenario, and what else", CAUSES, struck)],
    )  # fmt: skip


def _narrow(sheet: Sheet) -> Sheet:
    """A table of scores with what a sheet of paper has room for; the replay's page has the rest."""
    kept = [k for k, head in enumerate(sheet.head) if head in SHOWN or head.startswith("Beside")]
    if "Score (WIS)" not in sheet.head:
        return sheet
    head, rows = [sheet.head[k] for k in kept], [[row[k] for k in kept] for row in sheet.rows]
    return with_other(sheet, head=head, rows=rows, raw_head=sheet.raw_head or sheet.head, raw=sheet.raw or sheet.rows)
