"""The first screen in words: what happened, who went short, whether the reserve helped. Computed from the run."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.report.facts import Facts
from sim.report.phrases import count, day_words, group_words, kind_words, listed, number_words, percent, plural

NAMED = 3
"""Disruptions and reserves named in a sentence; the rest are counted."""
HARDLY, MOSTLY = 0.05, 0.5
"""Shares of the shortage averted: below the one a reserve hardly helped, from the other it mostly did."""


@dataclass(frozen=True)
class Answer:
    """A question a reader comes with, its answer in sentences, and the picture that shows it."""

    question: str
    sentences: list[str]
    picture: str


def story(facts: Facts) -> list[Answer]:
    """The three questions of the first screen, answered from the run."""
    reserves = facts.outcome.plan.reserves
    helped = "Did the reserves help?" if len(reserves) > 1 else "Did the reserve help?"
    worst = worst_hit(facts)
    return [
        Answer("What happened?", [what_happened(facts), how_it_ended(facts)], "cover"),
        Answer("Who went short?", [who_went_short(facts), *([worst] if worst else [])], "short"),
        Answer(helped, reserve_words(facts), "drawdown"),
    ]


def what_happened(facts: Facts) -> str:
    """The disruptions with their dates."""
    if not facts.impacts:
        by_chance = " that touched these days: its hazards drew none" if facts.outcome.plan.hazards else ""
        return (
            f"Nothing was disturbed between {day_words(facts.date(0))} and {day_words(facts.date(facts.days - 1))}: "
            f"the run has no disruptions{by_chance}."
        )
    parts = []
    for impact in facts.impacts[:NAMED]:
        kind = kind_words(facts.kinds.get(impact.cause, ""))
        named = impact.cause.replace("_", " ")
        words = f"{kind} ({impact.cause})" if kind and not named.startswith(kind) else named
        start, end = day_words(facts.date(impact.start)), day_words(facts.date(np.ceil(impact.end) - 1))
        if impact.end <= impact.start + 1:
            parts.append(f"{words} on {start}")
        elif impact.end > facts.days:
            parts.append(f"{words} from {start} until after the run ended")
        else:
            parts.append(f"{words} from {start} to {end}")
    more = len(facts.impacts) - NAMED
    if more > 0:
        parts.append(f"{more} more (see the timeline)")
    noun = "disruption" if len(facts.impacts) == 1 else "disruptions"
    number = number_words(len(facts.impacts), capital=True)
    return f"{number} {noun} struck: {listed(parts)}.{_by_chance(facts)}"


def _by_chance(facts: Facts) -> str:
    """How many of the disruptions were drawn."""
    drawn = sum(bool(impact.hazard) for impact in facts.impacts)
    if not drawn:
        return ""
    which = "All" if drawn == len(facts.impacts) else count(drawn)
    return f" {which} of these came by chance from the scenario's hazards; another replication draws others."


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
    if not unmet.twin:
        return text + "; without the disruptions nobody would have gone short."
    share = percent(unmet.twin, demand.twin or 0.0)
    return text + f"; without the disruptions it would have been {count(unmet.twin)} ({share})."


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
    for column in (facts.breakdown("region", "country") or "region", "product", "priority"):
        found = _worst(facts, column)
        if found:
            parts.append(found)
    return f"Hardest hit: {listed(parts)} (units unmet, share of demand there)." if parts else None


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


def reserve_words(facts: Facts) -> list[str]:
    """Whether the reserves averted shortage, held against the run without them; and what became of each."""
    plans = facts.outcome.plan.reserves
    sized = [position for position, plan in enumerate(plans) if plan.size.any()]
    if not sized:
        return ["There is no reserve in this strategy."]
    many = len(sized) > 1
    return [_verdict(facts, "them" if many else "it"), _several(facts, sized) if many else _one(facts, sized[0])]


def _verdict(facts: Facts, it: str) -> str:
    unmet = facts.summary["units_unmet"]
    short, without = unmet.value or 0.0, unmet.without_reserves
    if without is None:
        return f"Not known: the same run without {it} was not made."
    if not short and not without:
        return f"Not needed: nobody would have gone short without {it} either."
    given = int(facts.outcome.record.reserves["released"].sum())
    if without == short:
        who = "they" if it == "them" else "it"
        kept = f"released {plural(given, 'unit')}, but" if given else "released nothing and"
        return f"No: {who} {kept} averted nothing; {plural(short, 'unit was', 'units were')} short either way."
    if without < short:
        return (
            f"No: {plural(short, 'unit was', 'units were')} short with {it} and {count(without)} without. "
            "Goods handed out early or elsewhere were missing later."
        )
    averted = without - short
    rotated = any(plan.spec.rotation == "routine" for plan in facts.outcome.plan.reserves)
    exchanged = " None of it by a release: rotation had put other lots into ordinary stock." if rotated else ""
    share = averted / without
    word = (
        "Yes, fully" if not short else "Yes, mostly" if share >= MOSTLY else "In part" if share >= HARDLY else "Hardly"
    )
    return (
        f"{word}: without {it} {plural(without, 'unit')} would have been short, with {it} {count(short)}. "
        f"{count(averted)} averted ({percent(averted, without)})."
        f"{'' if given else exchanged}"
    )


def _one(facts: Facts, position: int) -> str:
    plan, spell = facts.outcome.plan.reserves[position], facts.reserve(position)
    name = f"The reserve '{plan.name}' ({plural(spell.size, 'unit')})"
    if spell.opened is None:
        lost = f", though only {count(spell.left)} units were left in it at the end" if spell.left < spell.size else ""
        return f"{name} was never opened{lost}."
    when = f"opened on {day_words(facts.date(spell.opened))}" if spell.opened else "was open when the run began"
    text = f"{name} {when}, released {plural(spell.released, 'unit')}"
    if spell.empty is None:
        return f"{text} and never ran empty (lowest: {count(spell.lowest)})."
    after = int(facts.daily("unmet", kind="facility")[spell.empty + 1 :].sum())
    return (
        f"{text} and was empty on {day_words(facts.date(spell.empty))}; {plural(after, 'unit')} went unmet after that."
    )


def _several(facts: Facts, positions: list[int]) -> str:
    plans = facts.outcome.plan.reserves
    spells = {plans[k].name: facts.reserve(k) for k in positions}
    size, released = sum(s.size for s in spells.values()), sum(s.released for s in spells.values())
    text = (
        f"{number_words(len(spells), capital=True)} reserves of {count(size)} units in all released {count(released)}."
    )
    empty = [f"'{n}' on {day_words(facts.date(s.empty))}" for n, s in spells.items() if s.empty is not None]
    unused = [f"'{n}'" for n, s in spells.items() if s.opened is None]
    return text + _some("Ran empty: ", empty, " None ran empty.") + _some("Never opened: ", unused, "")


def _some(words: str, names: list[str], otherwise: str) -> str:
    if not names:
        return otherwise
    more = [f"{len(names) - NAMED} more"] if len(names) > NAMED else []
    return f" {words}{listed([*names[:NAMED], *more])}."


def how_it_ended(facts: Facts) -> str:
    """Service in the last seven days."""
    last = slice(-7, None)
    asked, given = (int(facts.daily(name, kind="facility")[last].sum()) for name in ("demand", "served"))
    if not asked:
        return "Nothing was asked for in the last seven days."
    text = f"In the last seven days {percent(given, asked)} of demand was met on the day"
    if facts.twin is None:
        return text + "."
    twin_asked, twin_given = (
        int(facts.daily(name, facts.twin, kind="facility")[last].sum()) for name in ("demand", "served")
    )
    return text + f" ({percent(twin_given, twin_asked)} without the disruptions)."
