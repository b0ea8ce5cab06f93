"""A summary of a run to print: the first screen, and on a second page what it rests on; two pages of A4."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sim.metrics.base import METRICS
from sim.report.pages import fill_in
from sim.report.pictures import draw_strip
from sim.report.run import first_screen
from sim.report.run.as_tables import page_tables
from sim.report.run.evidence import assumed, sourced
from sim.report.run.facts import Facts
from sim.report.sheets import Sheet
from sim.report.words.names import strategy_name
from sim.report.words.phrases import plural

MOST = {"disruptions": 10, "measures": 8, "reserves": 6, "costs": 9, "metrics-overall": 10, "metrics-by-product": 5}
"""Rows of each table, so that all of them fit a page."""
KEY = (
    "fill_rate", "units_demanded", "units_unmet", "units_substituted", "units_conserved", "stockout_days",
    "worst_week_unmet", "worst_spell", "first_short_day", "recovery_day",
)  # fmt: skip
"""Metrics shown."""
LETTERS = 44
"""of a cell; longer ones are cut"""
LEFT_OUT = 620
"""Letters of what the model leaves out."""


def summary(facts: Facts, manifest: dict[str, Any]) -> str:
    """The page, which opens offline; the same run gives the same bytes."""
    told = facts.loaded.spec.leaves_out or (
        "The scenario does not say. What is not written in the scenario did not happen in the run."
    )
    return fill_in(
        "summary.html.j2",
        spec=facts.loaded.spec,
        manifest=manifest,
        strategy=strategy_name(facts.loaded),
        pictures={"strip": draw_strip(facts)},
        left=_filled(
            _few(page_tables.disruptions(facts), ("Disruption", "Kind", "From", "Over on")),
            _few(page_tables.measures(facts)),
            _few(page_tables.reserves(facts), ("Reserve", "Size (units)", "Released (units)", "At the end (units)")),
        ),
        right=_filled(
            _few(
                _key_metrics(facts),
                ("Metric", "This run", "Without disruptions", "Without reserves", "Without decisions"),
            ),
            *_by_product(facts),
            _few(page_tables.costs(facts)),
        ),
        leaves_out=told if len(told) <= LEFT_OUT else f"{told[:LEFT_OUT].rsplit(' ', 1)[0]} …",
        rests=f"{plural(len(sourced(facts.loaded)), 'figure')} of the scenario with a source, "
        f"{plural(len(assumed(facts.loaded)), 'figure')} assumed.",
        **first_screen.parts(facts),
    )


def _filled(*sheets: Sheet) -> list[Sheet]:
    return [sheet for sheet in sheets if sheet.rows]


def _key_metrics(facts: Facts) -> Sheet:
    """The metrics of weight, as the whole table has them."""
    sheet = page_tables.overall(facts)
    labels = {METRICS[name].label for name in KEY}
    return replace(sheet, rows=[row for row in sheet.rows if row[0] in labels])


def _by_product(facts: Facts) -> list[Sheet]:
    wanted = ("Product", *(METRICS[name].label for name in ("units_demanded", "units_unmet", "fill_rate")))
    found = [sheet for sheet in page_tables.by_group(facts) if sheet.name == "metrics-by-product"]
    return [_few(sheet, wanted) for sheet in found if len(sheet.rows) > 1]


def _few(sheet: Sheet, columns: Sequence[str] = ()) -> Sheet:
    """A table with some of its columns and its first rows, and how many more there are."""
    places = [k for k, name in enumerate(sheet.head) if not columns or name.split(" (")[0] in _bare(columns)]
    most = MOST[sheet.name]
    rows = [[_cut(str(row[k])) for k in places] for row in sheet.rows[:most]]
    more = max(len(sheet.raw or sheet.rows), len(sheet.rows)) - len(rows)
    text = sum(k < sheet.text_columns for k in places)
    note = f"and {more} more in the report" if more > 0 else ""
    return replace(sheet, head=[sheet.head[k] for k in places], rows=rows, text_columns=text, note=note)


def _bare(columns: Sequence[str]) -> set[str]:
    return {name.split(" (")[0] for name in columns}


def _cut(text: str) -> str:
    return text if len(text) <= LETTERS else f"{text[: LETTERS - 1]}…"
