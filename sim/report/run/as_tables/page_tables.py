"""The tables of the page: disruptions, events, reserves, costs, stockouts, metrics, evidence, overrides."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd

from sim.metrics.base import METRICS
from sim.metrics.summary import Value
from sim.model.effects import Impact
from sim.report.run import stages
from sim.report.run.as_tables.tables import rations_table
from sim.report.run.decided import decided_words
from sim.report.run.evidence import assumed, sourced
from sim.report.run.facts import Facts
from sim.report.run.fates import fates_by_product
from sim.report.run.materials import steps
from sim.report.run.reasons.acts import acts
from sim.report.run.reasons.happenings import happenings
from sim.report.sheets import Sheet
from sim.report.words.names import shown_name
from sim.report.words.phrases import kind_words, plural
from sim.report.words.words import shown_value
from sim.study.design.measures import Measure

MOST_ROWS = 50
MOST_GROUPS = 40
MOST_EVENTS = 60
MOST_HOLDERS = 4
LEFT = "stock at the end"
"""The line of the costs that values what is left; where there is one, the page says how to read it."""
FAMILIES = ("service", "making_do", "resilience", "equity")
"""Modules of metrics, in the order in which the page shows them."""
KEY = (
    "units_demanded", "units_unmet", "fill_rate", "worst_week_unmet", "stockout_days", "first_short_day",
    "recovery_day",
)  # fmt: skip


def disruptions(facts: Facts) -> Sheet:
    """Every disruption with its dates, and whether they are written in the scenario or drawn."""
    rows = []
    for impact in facts.impacts:
        if facts.is_measure(impact):
            continue
        last = stages.over(impact)
        end = facts.date(np.ceil(last))
        announced = str(facts.date(impact.announced)) if impact.announced < impact.start else "-"
        over = f"{end} (after the run)" if last > facts.days else str(end)
        rows.append(
            (
                impact.cause,
                kind_words(facts.kinds.get(impact.cause, "")),
                announced,
                str(facts.date(impact.start)),
                over,
                _why_then(facts, impact) + ("" if impact.acts else "; changes nothing"),
                stages.later_words(facts, impact),
            )
        )
    head = ("Disruption", "Kind", "Announced", "From", "Over on", "Dates", "Stages")
    return Sheet("disruptions", "Disruptions", head, rows[:MOST_ROWS], raw=rows, note=more_rows(rows), text_columns=7)


def _why_then(facts: Facts, impact: Impact) -> str:
    """Whether its dates are written in the scenario, drawn, or somebody's decision."""
    if party := facts.decided_by(impact):
        return f"decided by {party}"
    return f"drawn from '{impact.hazard}'" if impact.hazard else "written"


def measures(facts: Facts) -> Sheet:
    """What was done about it: orders beyond the usual, longer shelf life, releases of reserves, sparing use."""
    rows = []
    for act in acts(facts):
        if act.measure:
            over = "after the run" if act.until > facts.days else str(facts.date(np.ceil(act.until)))
            kind = f"{act.kind}; changes nothing" if act.nothing else act.kind
            rows.append((act.words, kind, str(facts.date(act.day)), over))
    head = ("Measure", "Kind", "From", "Over on")
    return Sheet("measures", "Measures", head, rows[:MOST_ROWS], raw=rows, note=more_rows(rows), text_columns=4)


def decisions(facts: Facts) -> Sheet:
    """What was decided, by whom, and when it held."""
    dated = {one.name for one in facts.outcome.plan.decisions if one.when.trigger == "on"}
    goods: dict[tuple[str, ...], list[str]] = {}
    for one in facts.decisions:
        over = "no end" if np.isinf(one.until) else str(facts.date(np.ceil(one.until)))
        met = "chosen at the table" if np.isnan(one.met) else str(facts.date(one.met))
        told = (
            decided_words(one),
            kind_words(one.kind),
            facts.group("party", one.party),
            "on a date" if one.name in dated else met,
            str(facts.date(one.since)),
            over if one.until > one.since else "done once",
        )
        goods.setdefault(told, []).append(one.product)
    rows = [(*told[:3], ", ".join(products).strip(", ") or "all", *told[3:]) for told, products in goods.items()]
    head = ("Decision", "Kind", "By", "Product", "Condition met", "In force from", "Until")
    return Sheet(
        "decisions", "What was decided", head, rows[:MOST_ROWS], raw=rows, note=more_rows(rows), text_columns=7
    )


def events(facts: Facts) -> Sheet:
    """The weightiest events of the journal in order of time; the file holds them all, the weightiest first."""
    found = happenings(facts)
    raw = [
        (str(facts.date(h.day)), str(facts.date(h.until)), h.what, h.where, h.product, h.units, h.cause) for h in found
    ]
    shown = sorted(found[:MOST_EVENTS], key=lambda h: (h.day, h.rank, h.until, h.where, h.product))
    rows = [
        (
            str(facts.date(h.day)), "" if h.until == h.day else str(facts.date(h.until)), h.what, h.where, h.product,
            h.cause, "" if h.units is None else f"{h.units:,}",
        )
        for h in shown
    ]  # fmt: skip
    head = ("From", "To", "What", "Where", "Product", "Cause", "Units")
    raw_head = ("from", "to", "what", "where", "product", "units", "cause")
    note = f"The {MOST_EVENTS} weightiest of {len(found):,}; see the CSV file" if len(found) > MOST_EVENTS else ""
    return Sheet("events", "Key events", head, rows, raw_head, raw, note, text_columns=6)


def reserves(facts: Facts) -> Sheet:
    """What became of each reserve."""
    raw: list[tuple[Any, ...]] = []
    for position, plan in enumerate(facts.outcome.plan.reserves):
        spell = facts.reserve(position)
        if spell.size:
            dates = ("" if d is None else str(facts.date(d)) for d in (spell.triggered, spell.opened, spell.empty))
            sites = facts.network.site_names(np.unique(facts.network.cell_site[plan.holder]))
            where = ", ".join(sites[:MOST_HOLDERS])
            where += f" and {len(sites) - MOST_HOLDERS} more" if len(sites) > MOST_HOLDERS else ""
            raw.append(
                (
                    shown_name(plan.name, plan.spec),
                    where,
                    *dates,
                    spell.days_open,
                    spell.size,
                    spell.released,
                    spell.lowest,
                    spell.left,
                )
            )
    head = (
        "Reserve", "Held at", "Triggered", "First opened", "Empty", "Days open", "Size (units)", "Released (units)",
        "Lowest (units)", "At the end (units)",
    )  # fmt: skip
    rows = [(*(str(v or "-") for v in row[:5]), *(f"{v:,}" for v in row[5:])) for row in raw]
    return Sheet("reserves", "Each reserve", head, rows, raw=raw, text_columns=5)


def costs(facts: Facts) -> Sheet:
    """Costs by line, beside the twins'; lines that are nothing in every run are named below."""
    summary = facts.summary
    raw = [(name, *summary.columns(value).values()) for name, value in summary.cost.items()]
    some = {name: v for name, v in summary.cost.items() if name == "total" or any(summary.columns(v).values())}
    head = ["Cost", *(f"{what} ({summary.currency})" for what in ("This run", "Without disruptions", "Difference"))]
    head += [f"{words} ({summary.currency})" for words in _beside(facts).values()]
    rows = [
        (n.capitalize(), *map(_money, (v.value, v.twin, v.difference, *(getattr(v, name) for name in _beside(facts)))))
        for n, v in some.items()
    ]
    nothing = [name for name in summary.cost if name not in some]
    note = f"Nothing was spent on, or the scenario gives no price for: {', '.join(nothing)}." if nothing else ""
    raw_head = ["cost", f"this run ({summary.currency})", "without disruptions", "difference", "without reserves"]
    raw_head += ["without decisions"] if summary.decided else []
    return Sheet("costs", "Costs", head, rows, raw_head, raw, note)


def _beside(facts: Facts) -> dict[str, str]:
    """The twins in which something is left out that was made beside this run: attribute of a figure -> heading."""
    found = {"without_reserves": facts.without_reserves, "without_decisions": facts.without_decisions}
    return {name: name.replace("_", " ").capitalize() for name, outcome in found.items() if outcome is not None}


def _money(value: float | None) -> str:
    return "-" if value is None else f"{value:,.0f}"


def substitution(facts: Facts) -> Sheet:
    """What was served in place of what, by region; the file has it by day too."""
    flows, names = facts.outcome.substitution, facts.outcome.plan.behaviour.substitute_rows
    rows: list[tuple[str, ...]] = []
    raw: list[tuple[Any, ...]] = []
    if flows is not None:
        total = flows.sum(axis=0)
        for row in np.argsort(-total[0], kind="stable"):
            if total[0, row]:
                wanted, other, region = names[row]
                met, used = f"{total[0, row]:,}", f"{total[1, row]:,}"
                rows.append((wanted, other, region or "-", met, used))
        raw = [
            (str(facts.date(float(day))), *names[row], int(flows[day, 0, row]), int(flows[day, 1, row]))
            for day, row in np.argwhere(flows[:, 0] > 0).tolist()
        ]
    head = ("Asked for", "Served instead", "Region", "Demand met (units)", "Used for it (units)")
    raw_head = ("date", "asked_for", "served_instead", "region", "demand_met", "units_used")
    return Sheet("substitution", "Substitutes", head, rows[:MOST_ROWS], raw_head, raw, more_rows(rows), text_columns=3)


def became(facts: Facts) -> Sheet:
    """What became of what was asked for of each product: the columns after the second add up to it."""
    found = fates_by_product(facts)
    raw = [(product, sum(parts.values()), *parts.values()) for product, parts in found.items()]
    rows = [
        (product, *(f"{units:,}" for units in (sum(parts.values()), *parts.values())))
        for product, parts in found.items()
    ]
    head = (
        "Product", "Asked for (units)", "Served on the day", "Served later", "Put off or done without, net",
        "Met with another product", "Never met, or still waiting",
    )  # fmt: skip
    raw_head = ("product", "asked_for", "served", "served_late", "saved", "moved", "short")
    return Sheet("became", "What became of what was asked for", head, rows[:MOST_ROWS], raw_head, raw, more_rows(rows))


TOLD = {
    "ration_begins": "begins to deal out", "ration_changed": "deals out another share",
    "ration_ends": "deals out no shares any more",
}  # fmt: skip


def rations(facts: Facts) -> Sheet:
    """Who dealt out what share of usual orders, from when, and on what expectation."""
    found = rations_table(facts.outcome)
    raw = [
        (str(date.date()), site, product, TOLD[event], round(share, 4), stock, round(coming),
         str(until.date()), "" if pd.isna(back) else str(back.date()))
        for date, event, site, product, share, stock, coming, until, back in found.drop(columns="day").itertuples(False)
    ]  # fmt: skip
    rows = [
        (*row[:4], f"{row[4]:.0%}", *(("-",) * 4 if row[3] == TOLD["ration_ends"] else
                                      (f"{row[5]:,}", f"{row[6]:,}", row[7], row[8] or "not known")))
        for row in raw
    ]  # fmt: skip
    head = (
        "On", "Source", "Product", "What", "Share of usual orders", "There (units)", "Expected (units)",
        "To last until", "Usual supply expected on",
    )  # fmt: skip
    return Sheet("rations", "Who dealt out what", head, rows[:MOST_ROWS], raw=raw, note=more_rows(rows), text_columns=4)


def making(facts: Facts) -> Sheet:
    """Every maker's products and their materials: begun, scrapped, used up, held for want of them."""
    raw = [
        (s.maker, s.product, s.material, s.rate, s.begun, s.scrapped, s.used, s.days_held, s.most_held)
        for s in steps(facts)
    ]
    rows = [(*row[:3], f"{row[3]:g}", *(f"{units:,}" for units in row[4:])) for row in raw]
    head = (
        "Maker", "Makes", "From", "Units of it for one", "Begun (units)", "Scrapped (units)", "Material used (units)",
        "Days held for want of it", "Most not begun on a day (units)",
    )  # fmt: skip
    return Sheet(
        "making", "Makers and their materials", head, rows[:MOST_ROWS], raw=raw, note=more_rows(rows), text_columns=3
    )


def stockouts(facts: Facts) -> Sheet:
    """Site and product pairs with unmet demand, most units first."""
    network, record = facts.network, facts.outcome.record
    days, units, demand = record.counts["stockout_days"], record.sums["unmet"], record.sums["demand"]
    cells = np.flatnonzero(units)
    cells = cells[np.argsort(-units[cells], kind="stable")]
    sites, products = network.sites, network.products["name"].to_numpy()
    head = (
        "Site",
        "Region",
        "Product",
        "First short on",
        "Days short",
        "Units unmet on the day",
        "Share of its demand",
    )
    raw = []
    for cell in cells:
        site = network.cell_site[cell]
        first = "-"
        if record.table is not None:
            first = str(facts.date(int(np.argmax(record.table["unmet"][:, cell] > 0))))
        raw.append(
            (
                str(sites["name"].iat[site]), str(sites["region"].iat[site]), str(products[network.cell_product[cell]]),
                first, int(days[cell]), int(units[cell]), round(float(units[cell]) / max(1, int(demand[cell])), 4),
            )
        )  # fmt: skip
    rows = [(*row[:4], f"{row[4]:,}", f"{row[5]:,}", f"{row[6]:.1%}") for row in raw[:MOST_ROWS]]
    more = len(cells) - len(rows)
    note = f"and {more:,} more; see the CSV file and metrics.csv" if more else ""
    return Sheet("stockouts", "Stockouts by site and product", head, rows, head, raw, note, text_columns=4)


def overall(facts: Facts) -> Sheet:
    """All metrics with their definitions, service first."""
    names = sorted(facts.summary.overall, key=_family)
    values = [(METRICS[name], facts.counted.unit(Measure(name)), facts.summary[name]) for name in names]
    raw = [(m.label, unit, *facts.summary.columns(v).values(), m.definition) for m, unit, v in values]
    head = ["Metric", "This run", "Without disruptions", "Difference"]
    head += _beside(facts).values()
    rows = []
    for m, unit, v in values:
        shown = [_shown(facts, v.value, unit), _shown(facts, v.twin, unit), _gap(v, unit)]
        shown += [_shown(facts, getattr(v, name), unit) for name in _beside(facts)]
        rows.append((m.label, *shown, m.definition))
    raw_head = ["Metric", "Unit", "This run", "Without disruptions", "Difference", "Without reserves"]
    raw_head += ["Without decisions"] if facts.summary.decided else []
    tail = ["Definition"]
    return Sheet("metrics-overall", "All facilities and products", head + tail, rows, raw_head + tail, raw)


def _family(name: str) -> int:
    family = METRICS[name].function.__module__.rpartition(".")[2]
    return FAMILIES.index(family) if family in FAMILIES else len(FAMILIES)


def by_group(facts: Facts) -> list[Sheet]:
    """One table for each breakdown: key metrics, then the units unmet in the twins."""
    others = [("twin", "Unmet without disruptions")] if facts.twin is not None else []
    others += [(name, f"Unmet {words.lower()}") for name, words in _beside(facts).items()]
    sheets = []
    for column, groups in facts.summary.by.items():
        raw, rows = [], []
        for group, values in groups.items():
            units = {name: facts.counted.unit(Measure(name, column), group) for name in KEY}
            figures = [(values[n].value, units[n]) for n in KEY]
            figures += [(getattr(values["units_unmet"], name), units["units_unmet"]) for name, _ in others]
            name = facts.group(column, group) if column == "party" else group or "(none)"
            raw.append((group or "(none)", *(value for value, _ in figures)))
            rows.append((name, *(_shown(facts, value, unit) for value, unit in figures)))
        head = (column.capitalize(), *(METRICS[n].label for n in KEY), *(label for _, label in others))
        note = more_rows(rows, MOST_GROUPS)
        sheets.append(Sheet(f"metrics-by-{column}", f"By {column}", head, rows[:MOST_GROUPS], raw=raw, note=note))
    return sheets


def _shown(facts: Facts, value: float | None, unit: str) -> str:
    return str(facts.date(value)) if unit == "day" and value is not None else shown_value(value, unit)


def _gap(value: Value, unit: str) -> str:
    gap = value.difference
    if gap is None:
        return "-"
    if unit == "day":
        return f"{gap:+.0f} days"
    if unit == "share":
        return f"{round(100 * gap, 1) + 0.0:+.1f} points"
    text = shown_value(gap, unit)
    return f"+{text}" if gap > 0 else text


def evidence(facts: Facts) -> Sheet:
    """Figures with a source; the link stands in a list of its own."""
    found = sourced(facts.loaded)
    head = ("Figure", "Value", "Status", "Source", "Link", "Read on", "Note")
    rows = [(s.path, s.value, s.status, s.source, s.url or "", s.read, s.note) for s in found]
    return Sheet(
        "evidence", "Figures with a source", head, rows[:300], raw=rows, note=more_rows(rows, 300), text_columns=7
    )


def assumptions(facts: Facts) -> Sheet:
    """Figures without a source."""
    rows = [(a.path, a.value, "assumed", a.where) for a in assumed(facts.loaded)]
    note = more_rows(rows)
    head = ("Figure", "Value", "Status", "Written in")
    return Sheet(
        "assumed", "Figures without a source: assumed", head, rows[:MOST_ROWS], raw=rows, note=note, text_columns=4
    )


def overrides(manifest: dict[str, Any]) -> Sheet:
    """What was set over what."""
    rows = [(str(o["path"]), _value(o["old"]), _value(o["new"]), str(o["by"])) for o in manifest.get("overrides", [])]
    head = ("Figure", "Old value", "New value", "Set by")
    return Sheet(
        "overrides", "Values set over others", head, rows[:200], raw=rows, note=more_rows(rows, 200), text_columns=4
    )


def _value(value: Any) -> str:
    return "nothing" if value is None else value if isinstance(value, str) else json.dumps(value, default=str)[:200]


def more_rows(rows: list[Any], most: int = MOST_ROWS) -> str:
    """How many rows the page does not show, and where they are; empty where it shows all."""
    more = len(rows) - most
    return f"and {plural(more, 'row')} more; see the CSV file" if more > 0 else ""
