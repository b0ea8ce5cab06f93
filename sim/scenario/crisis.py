"""A crisis as a scenario: the facts of a sheet laid into a chain that stands for many."""

from __future__ import annotations

import datetime as dt
import json
import re
from importlib.resources import files
from string import Template

from sim.observations.base import QUALITIES
from sim.output.csv_text import csv_of_rows
from sim.scenario.facts import ASSUMED, EVENTS, SERIES, Fact, FactSheet

EXAMPLE = "crisis-facts.csv"
"""The sheet of a made-up crisis, which is the form to fill in."""
BEFORE, AFTER = 60, 30
"""Days that are run before the first date of a sheet and after its last."""
NEED = 2000
"""Units a day of all hospitals of the chain."""
SPARE, MOST = 1.1, 1.3
"""What makers can make of usual need, and at most; a port that is closed in part handles as much as they (assumed)."""
SHARE, STOCK = 50.0, 18.0
"""Share of the maker, and days of stock, where the sheet has neither; listed as assumed."""
ON_THE_WAY = 2
"""Days between a hospital's order and its use beyond its stock: a day on the road, and one until it is counted."""
COLUMNS = ["series", "since", "date", "value", "asked", "what", "source", "quality"]


def example() -> str:
    """The form, filled in with a made-up crisis."""
    return (files("sim.scenario") / EXAMPLE).read_text(encoding="utf-8")


def crisis_text(sheet: FactSheet, title: str, observed: str) -> str:
    """The scenario of a sheet; points that were observed are read from a file called `observed`."""
    start, end = _days(sheet)
    share, (low, high) = _share(sheet), _stock(sheet)
    level = (
        f"{low + ON_THE_WAY:g}d"
        if low == high
        else f"uniform({low + ON_THE_WAY:g}d, {high + ON_THE_WAY:g}d) over sites"
    )
    skeleton = (files("sim.scenario") / "crisis.yaml").read_text(encoding="utf-8")
    top = Template(skeleton).substitute(
        title=json.dumps(title, ensure_ascii=False), start=start, end=end, share=f"{share:g}%", level=level,
        capacity=round(NEED * SPARE * share / 100), other_capacity=round(NEED * SPARE * (1 - share / 100)),
        handling=f", handling: {NEED * SPARE:.0f}" if any(f.value < 100 for f in sheet.of("closure")) else "",
        least=round(NEED * (1 - share / 100)), most=round(NEED * MOST * (1 - share / 100)),
    )  # fmt: skip
    return top + "\n".join([*_events(sheet, end), *_observed(sheet, observed), *_evidence(sheet), ""])


def observed_text(sheet: FactSheet) -> str:
    """The table of the points that were observed; empty where there are none."""
    points = sheet.of(*SERIES)
    if not points:
        return ""
    rows = (
        [_series(p), p.date, p.until or p.date, f"{p.value:g}", p.asked or "", p.what, p.source, p.quality]
        for p in sorted(points, key=lambda point: (_series(point), point.date))
    )
    return csv_of_rows(COLUMNS, rows)


def _days(sheet: FactSheet) -> tuple[dt.date, dt.date]:
    dates = [date for fact in sheet.facts for date in (fact.date, fact.until) if date is not None]
    if not dates:
        return dt.date(2024, 1, 1), dt.date(2024, 7, 1)
    return min(dates) - dt.timedelta(days=BEFORE), max(dates) + dt.timedelta(days=AFTER)


def _share(sheet: FactSheet) -> float:
    return next((fact.value for fact in sheet.of("supplier share")), SHARE)


def _stock(sheet: FactSheet) -> tuple[float, float]:
    return next(((fact.value, fact.high) for fact in sheet.of("usual stock")), (STOCK, STOCK))


def _over(fact: Fact, end: dt.date) -> dt.date:
    """The first day after an event; of one without a last day the end of the run."""
    return end if fact.until is None else fact.until + dt.timedelta(days=1)


def _names(sheet: FactSheet) -> dict[int, str]:
    """Line of an event -> a name that no other has, without what a path cannot hold."""
    found: dict[int, str] = {}
    for fact in sheet.of(*EVENTS):
        name = " ".join(re.sub(r"[.:{}\[\]\"#]", " ", fact.what).split()) or fact.kind
        taken = {used.lower() for used in found.values()}
        found[fact.line] = f"{name} ({fact.date})" if name.lower() in taken else name
        if found[fact.line].lower() in taken:
            found[fact.line] = f"{name} (line {fact.line})"
    return found


def _events(sheet: FactSheet, end: dt.date) -> list[str]:
    names = _names(sheet)
    happened = [_disruption(fact, names[fact.line], end) for fact in sheet.of(*EVENTS) if fact.kind != "allocation"]
    decided = [_decision(fact, names[fact.line], end) for fact in sheet.of("allocation")]
    lines = ["disruptions:                  # what happened to the chain", *happened] if happened else []
    return [*lines, *(["", "decisions:                    # what was done", *decided] if decided else []), ""]


def _disruption(fact: Fact, name: str, end: dt.date) -> str:
    left = f"{100 - fact.value:g}%"
    fields = {
        "outage": f"kind: site_outage, name: {_quoted(name)}, at: affected-maker, capacity: {left}",
        "ban": f"kind: export_ban, name: {_quoted(name)}, country: IN, quota: {left}",
        "closure": f"kind: port_closure, name: {_quoted(name)}, port: port, capacity: {left}",
        "surge": f"kind: demand_surge, name: {_quoted(name)}, factor: {1 + fact.value / 100:g}",
    }[fact.kind]
    return f"  - {{{fields}, from: {fact.date}, until: {_over(fact, end)}}}"


def _decision(fact: Fact, name: str, end: dt.date) -> str:
    return (
        f"  - {{decision: supplier_allocation, name: {_quoted(name)}, by: maker, supplier: affected-maker,\n"
        f'     when: {{trigger: "on", date: {fact.date}}}, until: {_over(fact, end)}, share: {fact.value:g}%}}'
    )


def _series(fact: Fact) -> str:
    """The series that a point belongs to: of one definition, with or without a number of those asked."""
    name = f"low-stock-{fact.days:g}d" if fact.kind == "low stock" else fact.kind
    return name.replace(".", "-") + ("-asked" if fact.asked else "")


def _observed(sheet: FactSheet, file: str) -> list[str]:
    """One series for each definition; the guess without a model where the sheet has what it takes."""
    first = {_series(fact): fact for fact in reversed(sheet.of(*SERIES))}
    if not first:
        return []
    lines = ["observed:                     # what followed; 'held_out: DATE' hides later points from any fit"]
    for name, fact in sorted(first.items()):
        model = {
            "low stock": f"is: share, model: share_of_sites, cover_below: {fact.days:g}d",
            "filled": "is: share, from: since, model: fill_rate, fill: orders",
            "used": "is: flow, from: since, model: use, told_as: change",
        }[fact.kind]
        asked = ", of: asked" if fact.asked and fact.kind != "used" else ""
        lines += [
            f"  - {{name: {name}, title: {_quoted(fact.what)}, {model}{asked}, file: {_quoted(file)},",
            f"     where: {{series: {name}}}, source: column source, quality: column quality{_naive(sheet, fact)}}}",
        ]
    return [*lines, ""]


def _naive(sheet: FactSheet, fact: Fact) -> str:
    """The guess without a model: a share of supply is cut by so much; nothing where the sheet has no cut."""
    cuts = sheet.of("outage", "ban")
    if not cuts or not sheet.of("supplier share") or (fact.kind == "low stock" and not sheet.of("usual stock")):
        return ""
    cut = cuts[0]
    usual = f", usual: {sum(_stock(sheet)) / 2:g}" if fact.kind == "low stock" else ""
    until = f", until: {cut.until + dt.timedelta(days=1)}" if cut.until else ""
    return f",\n     naive: {{share: {_share(sheet):g}%, cut: {cut.value:g}%, from: {cut.date}{until}{usual}}}"


def _evidence(sheet: FactSheet) -> list[str]:
    """Where each figure was read."""
    keys = {source: f"s{number + 1}" for number, source in enumerate(dict.fromkeys(f.source for f in sheet.facts))}
    lines = ["evidence:"]

    def entry(path: str, fact: Fact, status: str = "reported", note: str = "") -> None:
        status = "assumed" if fact.source.lower() == ASSUMED else status
        said = f", note: {_quoted(note or fact.what)}"
        lines.append(f"  {_quoted(path)}: {{source: {keys[fact.source]}, status: {status}{said}}}")

    for fact in sheet.of("supplier share"):
        entry("sourcing.0.from.affected-maker", fact)
    for fact in sheet.of("usual stock"):
        entry("replenishment.0.level", fact, "derived", f"{fact.what}; and {ON_THE_WAY} days that goods take")
    figure = {"outage": "capacity", "ban": "quota", "closure": "capacity", "surge": "factor", "allocation": "share"}
    for line, name in _names(sheet).items():
        fact = next(one for one in sheet.facts if one.line == line)
        where = "decisions" if fact.kind == "allocation" else "disruptions"
        entry(f"{where}.{name}.{'when.date' if where == 'decisions' else 'from'}", fact)
        entry(f"{where}.{name}.{figure[fact.kind]}", fact, "reported" if fact.kind == "allocation" else "derived")
        if fact.until:
            entry(f"{where}.{name}.until", fact, "reported", f"{fact.what}; the day after the last")
    lines = lines if len(lines) > 1 else []
    lines += ["", "sources:"]
    for source, key in keys.items():
        url = f", url: {_quoted(source)}" if re.match(r"https?://", source) else ""
        lines.append(f"  {key}: {{title: {_quoted(source)}{url}{_quality(sheet, source)}}}")
    return lines


def _quality(sheet: FactSheet, source: str) -> str:
    """How good a source is: the least that rows with it say; nothing of what nobody said."""
    if source.lower() == ASSUMED:
        return ""
    least = max((fact.quality for fact in sheet.facts if fact.source == source), key=QUALITIES.index)
    return f", quality: {least}"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
