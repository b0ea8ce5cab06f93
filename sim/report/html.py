"""The report of one run as one HTML file that opens offline."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from sim.report import lot_tables, page_tables
from sim.report.facts import Facts
from sim.report.pictures import draw_all
from sim.report.sheets import csv_href
from sim.report.story import story
from sim.report.tables import metrics_table

TEMPLATES = Path(__file__).parent / "templates"


def render(facts: Facts, manifest: dict[str, Any]) -> str:
    """The whole page; the same run gives the same bytes."""
    everything = metrics_table(facts.summary)
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True, keep_trailing_newline=True,
    )  # fmt: skip
    environment.tests["match"] = lambda text, pattern: re.match(pattern, text) is not None
    return environment.get_template("report.html.j2").render(
        spec=facts.loaded.spec,
        manifest=manifest,
        story=story(facts),
        pictures=draw_all(facts),
        style=Markup((TEMPLATES / "report.css").read_text(encoding="utf-8")),
        has_twin=facts.twin is not None,
        has_bare=facts.without_reserves is not None,
        last_day=facts.date(facts.days - 1),
        days=facts.days,
        disruptions=page_tables.disruptions(facts),
        events=page_tables.events(facts),
        reserves=page_tables.reserves(facts),
        costs=page_tables.costs(facts),
        substitution=page_tables.substitution(facts),
        stockouts=page_tables.stockouts(facts),
        lots=lot_tables.lots(facts),
        recalled=lot_tables.recalled(facts),
        overall=page_tables.overall(facts),
        by_group=page_tables.by_group(facts),
        evidence=page_tables.evidence(facts),
        assumed=page_tables.assumptions(facts),
        overrides=page_tables.overrides(manifest),
        all_metrics=csv_href(list(everything.columns), [list(row) for row in everything.itertuples(index=False)]),
    )
