"""The first screen in words: what happened, who went short, whether the reserve helped. Computed from the run."""

from __future__ import annotations

import numpy as np

from sim.report.facts import Facts
from sim.report.phrases import count, day_words, group_words, kind_words, listed, percent, plural

NAMED = 3
"""Disruptions named in the first sentence; the rest are counted."""


def story(facts: Facts) -> list[str]:
    """Three to five sentences for the first screen."""
    found = [what_happened(facts), who_went_short(facts)]
    worst = worst_hit(facts)
    if worst:
        found.append(worst)
    found.append(reserve_words(facts))
    found.append(how_it_ended(facts))
    return found


def what_happened(facts: Facts) -> str:
    """The disruptions with their dates."""
    if not facts.impacts:
        return (
            f"Nothing was disturbed between {day_words(facts.date(0))} and {day_words(facts.date(facts.days - 1))}: "
            "the run has no disruptions."
        )
    parts = []
    for impact in facts.impacts[:NAMED]:
        kind = kind_words(facts.kinds.get(impact.cause, ""))
        named = impact.cause.replace("_", " ")
        words = f"{kind} ({impact.cause})" if kind and not named.startswith(kind) else named
        start, end = day_words(facts.date(impact.start)), day_words(facts.date(np.ceil(impact.end) - 1))
        if impact.end <= impact.start + 1:
            parts.append(f"{words} on {start}")
        elif impact.end >= facts.days:
            parts.append(f"{words} from {start} to beyond the end of the run")
        else:
            parts.append(f"{words} from {start} to {end}")
    more = len(facts.impacts) - NAMED
    if more > 0:
        parts.append(f"{more} more (see the timeline)")
    number = "One disruption" if len(facts.impacts) == 1 else f"{len(facts.impacts)} disruptions"
    return f"{number} struck: {listed(parts)}."


def who_went_short(facts: Facts) -> str:
    """Units unmet beside the twin's, and when."""
    demand, unmet = facts.summary["units_demanded"], facts.summary["units_unmet"]
    asked, short = demand.value or 0.0, unmet.value or 0.0
    if not short:
        return f"Nobody went short: all {count(asked)} units asked for were there on the day."
    text = (
        f"Of {count(asked)} units asked for, {count(short)} ({percent(short, asked)}) were not there on the day"
        f"{_when(facts)}"
    )
    if unmet.twin is None:
        return text + "."
    if not facts.impacts:
        return text + ", from ordinary ups and downs alone."
    return text + (
        f"; without the disruptions it would have been {count(unmet.twin)} "
        f"({percent(unmet.twin, demand.twin or 0.0)}), on the same draws."
    )


def _when(facts: Facts) -> str:
    short = np.flatnonzero(facts.daily("unmet", kind="facility"))
    first, last = facts.date(short[0]), facts.date(short[-1])
    days = plural(len(short), "day")
    return (
        f" (on {day_words(first)})" if first == last else f" ({days} between {day_words(first)} and {day_words(last)})"
    )


def worst_hit(facts: Facts) -> str | None:
    """The region, product and priority group with the largest share of demand unmet."""
    parts = []
    for column in ("region", "product", "priority"):
        if column == "region" and facts.breakdown("region", "country") == "country":
            column = "country"
        worst = _worst(facts, column)
        if worst:
            parts.append(worst)
    return f"Hardest hit: {listed(parts)} (units short, share of what was asked for there)." if parts else None


def _worst(facts: Facts, column: str) -> str | None:
    groups = facts.summary.by.get(column, {})
    found = []
    for group, values in groups.items():
        asked, short = values["units_demanded"].value or 0.0, values["units_unmet"].value or 0.0
        if short and group:
            found.append((short / asked, short, asked, group))
    if not found or len(groups) < 2:
        return None
    _, short, asked, group = max(found)
    return f"{group_words(column, group)} ({count(short)}, {percent(short, asked)})"


def reserve_words(facts: Facts) -> str:
    """For every reserve: when it opened, what it released, when it was empty."""
    plans = facts.outcome.plan.reserves
    if not plans:
        return "There is no reserve in this strategy."
    words = [_one_reserve(facts, position) for position in range(min(len(plans), NAMED))]
    if len(plans) > NAMED:
        words.append(f"{len(plans) - NAMED} more reserves are shown below.")
    return " ".join(words)


def _one_reserve(facts: Facts, position: int) -> str:
    plan, record = facts.outcome.plan.reserves[position], facts.outcome.record.reserves
    size = int(plan.size.sum())
    is_open, released, stock = (record[name][:, position] for name in ("open", "released", "stock"))
    name = f"The reserve '{plan.name}' ({count(size)} units)"
    if not is_open.any():
        lost = "" if stock[-1] >= size else f", though only {count(stock[-1])} units were left in it at the end"
        return f"{name} was never opened{lost}."
    events = facts.outcome.journal
    mine = events[(events["event"] == "reserve_triggered") & (events["cause"] == plan.name)]
    opened = int(np.flatnonzero(is_open)[0])
    before = mine["day"][mine["day"] <= opened]
    trigger = f"was triggered on {day_words(facts.date(before.iloc[-1]))} and " if len(before) else ""
    given = int(released.sum())
    opening = f"{trigger}opened on {day_words(facts.date(opened))}" if opened else "was open when the run began"
    text = f"{name} {opening}, released {plural(given, 'unit')}"
    empty = np.flatnonzero((stock == 0) & (np.arange(facts.days) >= opened))
    if empty.size:
        text += f" and was empty on {day_words(facts.date(empty[0]))}"
    else:
        text += f" and never ran empty (lowest: {count(stock.min())})"
    return text + "; " + _did_it_help(facts, is_open > 0, given, int(empty[0]) if empty.size else None)


def _did_it_help(facts: Facts, is_open: np.ndarray, given: int, empty: int | None) -> str:
    unmet = facts.daily("unmet", kind="facility")
    during = int(unmet[is_open].sum())
    if not given:
        return "it sent nothing out, so it did not help."
    if not unmet.sum():
        return "with it nobody went short. What it saved shows in a comparison with a strategy without it."
    if empty is not None:
        until, after = int(unmet[: empty + 1].sum()), int(unmet[empty + 1 :].sum())
        return (
            f"{plural(until, 'unit')} went unmet up to then and {count(after)} after. What it saved shows in a "
            "comparison with a strategy without it."
        )
    return (
        f"while it was open {plural(during, 'unit')} still went unmet. What it saved shows in a comparison "
        "with a strategy without it."
    )


def how_it_ended(facts: Facts) -> str:
    """Service in the last seven days."""
    last = slice(-7, None)
    asked, given = (int(facts.daily(name, kind="facility")[last].sum()) for name in ("demand", "served"))
    text = f"In the last seven days {percent(given, asked)} of demand was met on the day"
    if facts.twin is None:
        return text + "."
    twin_asked, twin_given = (
        int(facts.daily(name, facts.twin, kind="facility")[last].sum()) for name in ("demand", "served")
    )
    return text + f" ({percent(twin_given, twin_asked)} without the disruptions)."
