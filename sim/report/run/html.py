"""The report of one run as one HTML file that opens offline."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from sim.report.pictures import draw_all
from sim.report.run import first_screen
from sim.report.run.as_tables import lot_tables, page_tables, parties_tables
from sim.report.run.as_tables.alarm_tables import alarm_scores
from sim.report.run.as_tables.claim_tables import who_drew
from sim.report.run.as_tables.seen_table import seen_table
from sim.report.run.as_tables.tables import metrics_table
from sim.report.run.as_tables.transfer_tables import who_gave
from sim.report.run.as_tables.trust_table import who_trusts
from sim.report.run.facts import Facts
from sim.report.run.reserve_reach import reach_table
from sim.report.run.unsure import unsure
from sim.report.sheets import Sheet, written
from sim.report.words.names import strategy_name, what_it_is
from sim.study.run.draws import Draws

TEMPLATES = Path(__file__).parent.parent / "templates"


def render(facts: Facts, manifest: dict[str, Any], folder: Path | None = None, draws: Draws | None = None) -> str:
    """The whole page; the same run gives the same bytes.

    Tables too long for it are written into the run's `folder`, and the page says so. `draws` are many draws of the same
    scenario, by which the page tells how sure its figures are.
    """
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True, keep_trailing_newline=True,
    )  # fmt: skip
    environment.tests["match"] = lambda text, pattern: re.match(pattern, text) is not None

    def whole(sheet: Sheet) -> Sheet:
        return written(sheet, folder)

    lots, recalled = lot_tables.lots(facts), lot_tables.recalled(facts)
    return environment.get_template("report.html.j2").render(
        spec=facts.loaded.spec,
        manifest=manifest,
        strategy=strategy_name(facts.loaded),
        strategy_is=what_it_is(facts.loaded.document.strategies.get(str(facts.loaded.document.strategy))),
        pictures=draw_all(facts),
        style=Markup((TEMPLATES / "report.css").read_text(encoding="utf-8")),
        has_twin=facts.twin is not None,
        has_bare=facts.without_reserves is not None,
        days=facts.days,
        disruptions=whole(page_tables.disruptions(facts)),
        measures=whole(page_tables.measures(facts)),
        decisions=whole(page_tables.decisions(facts)),
        events=whole(page_tables.events(facts)),
        reserves=whole(page_tables.reserves(facts)),
        reach=whole(reach_table(facts)),
        claims=whole(who_drew(facts)),
        costs=page_tables.costs(facts),
        stock_valued=page_tables.LEFT in facts.summary.cost,
        became=whole(page_tables.became(facts)),
        substitution=whole(page_tables.substitution(facts)),
        rations=whole(page_tables.rations(facts)),
        performance=whole(parties_tables.performance(facts)),
        transfers=whole(who_gave(facts)),
        alarms=whole(alarm_scores(facts)),
        trust=whole(who_trusts(facts)),
        making=whole(page_tables.making(facts)),
        seen=whole(seen_table(facts)),
        stockouts=whole(page_tables.stockouts(facts)),
        lots=lots and whole(lots),
        recalled=recalled and whole(recalled),
        overall=page_tables.overall(facts),
        by_group=page_tables.by_group(facts),
        evidence=whole(page_tables.evidence(facts)),
        assumed=whole(page_tables.assumptions(facts)),
        overrides=whole(page_tables.overrides(manifest)),
        unsure=None if draws is None else unsure(facts, draws),
        all_metrics=_all_metrics(facts, folder is not None),
        **first_screen.parts(facts),
    )


def _all_metrics(facts: Facts, saved: bool) -> Sheet:
    found = metrics_table(facts.summary)
    rows = [list(row) for row in found.itertuples(index=False)]
    return Sheet("metrics", "All metrics", list(found.columns), rows, whole="metrics.csv" if saved else "")


def tables_of(facts: Facts, manifest: dict[str, Any]) -> list[Sheet]:
    """Every table of the page that has rows, whole."""
    found = [
        page_tables.overall(facts), *page_tables.by_group(facts), page_tables.stockouts(facts),
        page_tables.disruptions(facts), page_tables.measures(facts), page_tables.decisions(facts),
        page_tables.reserves(facts), reach_table(facts), who_drew(facts), page_tables.costs(facts),
        page_tables.became(facts), page_tables.substitution(facts),
        page_tables.rations(facts), who_gave(facts), who_trusts(facts), alarm_scores(facts),
        parties_tables.performance(facts), parties_tables.sharings(facts), page_tables.making(facts),
        seen_table(facts), lot_tables.lots(facts), lot_tables.recalled(facts),
        page_tables.events(facts), page_tables.evidence(facts), page_tables.assumptions(facts),
        page_tables.overrides(manifest),
    ]  # fmt: skip
    return [sheet for sheet in found if sheet is not None and sheet.rows]
