"""What happened, by date: events and decisions as the scenario has them, and what was observed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sim.report.replay.words import date_words, span_words
from sim.report.review.evidence import OBSERVED, basis_of, inputs, seen_from
from sim.report.review.parts import NOT_KNOWN
from sim.report.sheets import Sheet
from sim.report.words.phrases import kind_words
from sim.report.words.rounding import number
from sim.scenario.load import Loaded
from sim.study.score.board import Scored

HEAD = ["When", "What", "Sort", "Basis", "Source"]
Row = tuple[dt.date, list[str]]
Figures = Sequence[Sequence[str]]
"""As `sim.report.review.evidence.inputs` has them."""


def chronology(loaded: Loaded, series: Sequence[Scored]) -> Sheet:
    """One row for each event, decision and observed point, by date; decisions without a date come last."""
    figures = inputs(loaded)
    rows = [*_events(loaded, figures), *_decisions(loaded, figures), *_observed(loaded, series)]
    note = (
        "Sourced, derived, assumed: what the scenario was given, by the weakest of its figures. Observed: what was "
        "seen from outside."
    )
    told = [row for _, row in sorted(rows, key=lambda one: one[0])]
    return Sheet("chronology", "Events, decisions and observations", HEAD, told, note=note, text_columns=len(HEAD))


def _events(loaded: Loaded, figures: Figures) -> list[Row]:
    found = []
    for k, one in enumerate(loaded.spec.disruptions):
        basis = basis_of(figures, [f"disruptions.{one.label}", f"disruptions.{k}"])
        what = one.label if one.name is None else f"{one.name} ({kind_words(one.kind)})"
        found.append((one.from_, [_when(one.from_, one.until, one.for_), what, "event", *basis]))
    return found


def _decisions(loaded: Loaded, figures: Figures) -> list[Row]:
    found = []
    for k, one in enumerate(loaded.spec.decisions):
        date = getattr(one.when, "date", None)
        basis = basis_of(figures, [f"decisions.{one.label}", f"decisions.{k}"])
        kind, party = kind_words(one.decision), loaded.spec.parties.get(one.by or "")
        by = one.by if party is None else party.title or one.by
        what = f"{one.label} ({kind}{f', by {by}' if by else ''})"
        when = f"{NOT_KNOWN}; when its condition holds" if date is None else _when(date, one.until, one.for_)
        found.append((date or dt.date.max, [when, what, "decision", *basis]))
    return found


def _when(start: dt.date, until: dt.date | None, length: float | None) -> str:
    """Its days; `until` is the first after them."""
    if until is not None:
        return span_words(start, max(start, until - dt.timedelta(days=1)))
    return f"from {date_words(start)}" + ("" if length is None else f", for {number(length)} days")


def _observed(loaded: Loaded, series: Sequence[Scored]) -> list[Row]:
    found = []
    for one in series:
        for k in range(len(one.points)):
            first, last = one.date(k, first=True), one.date(k)
            value = "" if one.series.is_ == "event" else f": {number(float(one.points.value[k]))} {one.unit}"
            asked = f" (of {one.points.asked[k]} asked)" if one.points.asked[k] else ""
            row = [span_words(first, last), f"{one.series.label}{value}{asked}", "observation", OBSERVED]
            found.append((first, [*row, seen_from(loaded, one, k)]))
    return found
