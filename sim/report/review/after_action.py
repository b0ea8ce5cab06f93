"""The after-action report, under the headings of the WHO's guidance for after action reviews."""

from __future__ import annotations

import re

import numpy as np

from sim.report.figures import swim_lanes
from sim.report.replay.words import date_words
from sim.report.review.chronology import chronology
from sim.report.review.evidence import ASSUMED, NOTE, SOURCE, basis_of, inputs, seen_from
from sim.report.review.findings import findings
from sim.report.review.material import Material
from sim.report.review.parts import FOR_PEOPLE, LABEL, NOT_KNOWN, Chapter, Part, to_fill
from sim.report.sheets import Sheet
from sim.report.words.phrases import plural
from sim.report.words.rounding import number
from sim.scenario.load import Loaded

BEFORE = ("reserves", "replenishment", "stock", "sourcing", "suppliers", "warehouses", "parties")
"""Sections that say what was in place."""
EMPTY = re.compile(r"0+(\.0+)?\s*d?$")
"""A reserve's size of nothing: a place for strategies, unless a source says so."""
TOLD = (
    "As far as it stands in the scenario and in the observed series. In the timeline, what is observed, inferred and "
    "simulated is marked as such; in the table nothing is simulated."
)
LANES = "Timeline: events, decisions, what was seen, stock and shortage"


def after_action(of: Material) -> Part:
    """The report."""
    return Part("After-action report", [
        _summary(of), _background(of.loaded), _in_place(of.loaded), _happened(of),
        _went(of), findings(of), _recommendations(),
        Chapter("Next steps", [FOR_PEOPLE], [to_fill("next-steps", "To be agreed", ["Step", "Owner", "By when"], 4)]),
    ])  # fmt: skip


def _happened(of: Material) -> Chapter:
    """The lanes, on a sheet of their own, and the same by date."""
    lanes = (LANES, swim_lanes.KEY, swim_lanes.draw(of.facts, of.rows))
    return Chapter("What happened", [TOLD], [chronology(of.loaded, of.series)], [lanes])


def _summary(of: Material) -> Chapter:
    spec = of.loaded.spec
    figures = sum(len(one.points) for one in of.series)
    counted = [plural(len(spec.disruptions), "event"), plural(len(spec.decisions), "decision")]
    said = [
        f"{spec.title}; days run: {date_words(spec.start)} to {date_words(spec.until)}.",
        f"In the scenario: {', '.join(counted)}, {plural(figures, 'observed figure')}.",
        f"How far the model can be believed: {of.lines[0]}",
    ]
    if of.hindsight is not None:
        said += [f"What if, by the model: {head}" for head in of.hindsight.lines]
    said += [f"What is to be concluded. {FOR_PEOPLE}", LABEL]
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
        size, (basis, source) = sizes.get(path, NOT_KNOWN), basis_of(figures, [path])
        if basis != ASSUMED or not EMPTY.match(size):
            reserves.append([one.title or name, size, basis, source])
    said = ["Plans, agreements and responsibilities before the event. " + FOR_PEOPLE]
    if not reserves:
        said.append(f"Reserves. {NOT_KNOWN}: the scenario sets nothing apart, which does not say that nothing was.")
    rows = [row for row in figures if row[0].split(".")[0] in BEFORE and row[2] != "assumed"]
    sheets = []
    if reserves:
        head = ["Reserve", "Size in the scenario", "Basis", "Source"]
        sheets.append(Sheet("reserves", "Reserves", head, reserves, text_columns=4))
    if rows:
        head = ["Figure", "Value", "Basis", "Source", "Note"]
        sheets.append(Sheet("in-place", "Stock, shares and capacities with a source", head,
                            [[*row[:3], row[SOURCE], row[NOTE]] for row in rows], text_columns=5))  # fmt: skip
    return Chapter("What was in place", said, sheets)


def _went(of: Material) -> Chapter:
    """For people; beside it the worst that was observed, which is a fact and no judgement."""
    rows = []
    for one in of.series:
        if one.series.is_ == "event" or not one.series.worst:
            continue
        k = int(np.argmax(one.points.value * one.series.worst))
        value = f"{number(float(one.points.value[k]))} {one.unit}"
        rows.append([one.series.label, value, date_words(one.date(k)), seen_from(of.loaded, one, k)])
    head = ["What", "Why", "Said by"]
    sheets = [to_fill("went-well", "What went well, and why", head, 4),
              to_fill("less-well", "What went less well, and why", head, 4)]  # fmt: skip
    if rows:
        said = Sheet("worst", "Evidence for discussion: the worst that was observed",
                     ["Series", "Worst", "When", "Source"], rows, text_columns=4)  # fmt: skip
        sheets.append(said)
    return Chapter("What went well, what went less well, and why", [FOR_PEOPLE], sheets)


def _recommendations() -> Chapter:
    head = ["Recommendation", "Rests on which finding", "Priority"]
    return Chapter("Recommendations", [FOR_PEOPLE], [to_fill("recommendations", "To be agreed", head, 4)])
