"""The first screen in words: what happened, who went short, whether the reserve helped. Computed from the run."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.metrics.at_end import still_short
from sim.model.effects import Impact
from sim.report.run import averting, headlines
from sim.report.run.as_tables import made_do
from sim.report.run.decided import decided
from sim.report.run.facts import Facts
from sim.report.run.reasons.acts import acts
from sim.report.run.reserve_reach import out_of_reach
from sim.report.run.stages import in_stages, over
from sim.report.words.at_end import last_day, settling
from sim.report.words.names import shown_name
from sim.report.words.phrases import (
    count,
    day_words,
    kind_words,
    listed,
    number_words,
    percent,
    plural,
)
from sim.scenario.horizon import RECOVERED

NAMED = 3
"""Disruptions and reserves named in a sentence; the rest are counted."""
MOST_DECISIONS = 6
"""Decisions named in a sentence; the rest are counted."""
HARDLY, MOSTLY = 0.05, 0.5
"""Shares of the shortage averted: below the one a reserve hardly helped, from the other it mostly did."""


@dataclass(frozen=True)
class Answer:
    """A question a reader comes with, its answer in a few words, and in sentences; `alarm`: not over yet."""

    question: str
    short: str
    sentences: list[str]
    alarm: bool = False


def story(facts: Facts) -> list[Answer]:
    """The questions of the first screen, answered from the run; about decisions where there are any, which without a
    reserve take the place of the question about it."""
    reserves = facts.outcome.plan.reserves
    helped = "Did the reserves help?" if len(reserves) > 1 else "Did the reserve help?"
    end = short_at_the_end(facts)
    decides = any(not one.against_others for one in facts.outcome.plan.decisions)
    answers = [
        Answer("What happened?", headlines.what_happened(facts), [what_happened(facts)]),
        Answer("Who went short?", headlines.who_went_short(facts),
               [who_went_short(facts), *filter(None, (made_do.made_do(facts), worst_hit(facts)))]),
    ]  # fmt: skip
    if not decides or any(plan.size.any() for plan in reserves):
        answers.append(Answer(helped, headlines.did_the_reserve_help(facts), reserve_words(facts)))
    if decides:
        answers.append(Answer(averting.question(facts), averting.in_short(facts), averting.in_sentences(facts)))
    over = [end if end else how_it_ended(facts)]
    answers.append(
        Answer("Was it over at the end?", headlines.at_the_end(facts, end is not None), over, end is not None)
    )
    return answers


def what_happened(facts: Facts) -> str:
    """The disruptions with their dates."""
    if not facts.happened and not facts.decisions:
        by_chance = " that touched these days: its hazards drew none" if facts.outcome.plan.hazards else ""
        return (
            f"Nothing was disturbed between {day_words(facts.date(0))} and {day_words(facts.date(facts.days - 1))}: "
            f"the run has no disruptions{by_chance}."
        )
    idle = [impact for impact in facts.impacts if not impact.acts]
    struck = [impact for impact in facts.acting if not facts.is_measure(impact)]
    missed = _some("Nothing was changed by ", [impact.cause for impact in idle], "")
    if not struck:
        return f"Nothing was disturbed.{_taken(facts)}{missed}"
    number = number_words(len(struck), capital=True)
    if len(struck) > NAMED:
        first = day_words(facts.date(struck[0].start))
        text = f"{number} disruptions struck, the first on {first}: drawn below, and all in a table."
    else:
        text = f"{number} {'disruption' if len(struck) == 1 else 'disruptions'} struck: {_named(facts, struck)}."
    return f"{text}{_by_chance(struck)}{_taken(facts)}{missed}"


def _taken(facts: Facts) -> str:
    """What was done about it, in a sentence of its own, and what was decided in another; empty where nothing was."""
    measures = [act for act in acts(facts) if act.measure and not act.nothing and act.decided is None]
    if not measures:
        return _decided(facts)
    first = day_words(facts.date(min(act.day for act in measures)))
    if len(measures) > 1:
        number = number_words(len(measures), capital=True)
        return f" {number} measures were taken, the first on {first}.{_decided(facts)}"
    ordered = [impact for impact in facts.acting if facts.is_measure(impact)]
    words = _named(facts, ordered) if ordered else f"{measures[0].words}, from {first} on"
    return f" One measure was taken: {words}.{_decided(facts)}"


def _decided(facts: Facts) -> str:
    """The decisions with their parties and first days."""
    taken = decided(facts)
    if not taken:
        return ""
    named = []
    for one in taken[:MOST_DECISIONS]:
        day = day_words(facts.date(max(one.since, 0)))
        often = f"{number_words(len(one.times))} times " if len(one.times) > 1 else ""
        named.append(f"{one.words} ({one.party}, {often}{'from ' if one.until > one.since else ''}{day})")
    if more := len(taken) - len(named):
        named.append(f"{number_words(more)} more (all in a table)")
    number = "One decision was" if len(taken) == 1 else f"{number_words(len(taken), capital=True)} decisions were"
    return f" {number} taken: {listed(named)}."


def _named(facts: Facts, impacts: list[Impact]) -> str:
    """Some of them with their dates."""
    parts = []
    for impact in impacts:
        kind = kind_words(facts.kinds.get(impact.cause, ""))
        named = impact.cause.replace("_", " ")
        words = f"{kind} ({impact.cause})" if kind and not named.startswith(kind) else named
        words = f"{words}, decided by {party}," if (party := facts.decided_by(impact)) else words
        last, stages = over(impact), in_stages(facts, impact)
        start, end = day_words(facts.date(impact.start)), day_words(facts.date(np.ceil(last) - 1))
        if last <= impact.start + 1:
            parts.append(f"{words} on {start}{stages}")
        elif last > facts.days:
            parts.append(f"{words} from {start} until after the run ended{stages}")
        else:
            parts.append(f"{words} from {start} to {end}{stages}")
    return listed(parts)


def _by_chance(struck: list[Impact]) -> str:
    """How many of the disruptions were drawn."""
    drawn = sum(bool(impact.hazard) for impact in struck)
    if not drawn:
        return ""
    which = "All" if drawn == len(struck) else number_words(drawn, capital=True)
    return f" {which} of these came by chance from the scenario's hazards; another replication draws others."


def who_went_short(facts: Facts) -> str:
    """Units unmet beside the twin's, and when."""
    demand, unmet = facts.summary["units_demanded"], facts.summary["units_unmet"]
    asked, short = demand.value or 0.0, unmet.value or 0.0
    if not short:
        if not any(made_do.units(facts)):
            return f"Nobody went short: all {count(asked)} {facts.goods} asked for were there on the day."
        return f"Of {count(asked)} {facts.goods} asked for, none was short on the day in the strict sense."
    text = (
        f"Of {count(asked)} {facts.goods} asked for, {count(short)} ({percent(short, asked)}) were not there on the day"
        f"{_when(facts)}"
    )
    if unmet.twin is None:
        return text + "."
    if not facts.happened and not facts.decisions:
        return text + ", from ordinary ups and downs alone."
    if not unmet.twin:
        return text + "; without the disruptions nobody would have gone short."
    if unmet.twin == short:
        return text + "; without the disruptions it would have been just as many."
    share = percent(unmet.twin, demand.twin or 0.0)
    return text + f"; without the disruptions it would have been {count(unmet.twin)} ({share})."


def short_at_the_end(facts: Facts) -> str | None:
    """That the run ends in mid-shortage, so that its totals are lower limits, and what would tell the rest."""
    short, routine = facts.summary["unmet_at_end"], facts.summary["routine_unmet"].twin
    if routine is None or not still_short(short.value or 0.0, routine):
        return None
    units, pairs = short.value or 0.0, facts.summary["short_at_end"].value or 0.0
    part = percent(units, facts.summary["units_unmet"].value or 0.0)
    day = last_day(facts.date(facts.days))
    one = len(facts.products) == 1
    where = plural(pairs, "facility", "facilities") if one else plural(pairs, "facility-product pair")
    on_it = f", and {where} {'was' if pairs == 1 else 'were'} short on {day}, the last day" if pairs else ""
    looked_for = facts.loaded.document.data.get("end") == RECOVERED
    return (
        f"Still short at the end: {count(units)} {facts.goods}, {part} of all that went unmet, fall in the last 14 "
        f"days{on_it}. Totals on this page are lower limits. {settling(facts.days, looked_for)}."
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
    for column in (facts.breakdown("party", "region", "country") or "region", "product", "priority"):
        found = _worst(facts, column)
        if found:
            parts.append(found)
    return f"Hardest hit: {listed(parts)} ({facts.goods} unmet, share of demand there)." if parts else None


def _worst(facts: Facts, column: str) -> str | None:
    groups = facts.groups(column)
    found = []
    for group, values in groups.items():
        asked, short = values["units_demanded"].value or 0.0, values["units_unmet"].value or 0.0
        if short and group:
            found.append((short / asked, short, asked, group))
    if not found or len(groups) < 2:
        return None
    _, short, asked, group = max(found)
    return f"{facts.group(column, group)} ({count(short)}, {percent(short, asked)})"


def reserve_words(facts: Facts) -> list[str]:
    """Whether the reserves averted shortage, held against the run without them; and what became of each."""
    plans = facts.outcome.plan.reserves
    sized = [position for position, plan in enumerate(plans) if plan.size.any()]
    if not sized:
        return ["There is no reserve in this strategy."]
    many = len(sized) > 1
    told = [_verdict(facts, "them" if many else "it"), _several(facts, sized) if many else _one(facts, sized[0])]
    return told + out_of_reach(facts)


def _verdict(facts: Facts, it: str) -> str:
    unmet = facts.summary["units_unmet"]
    short, without = unmet.value or 0.0, unmet.without_reserves
    if without is None:
        return f"Not known: the same run without {it} was not made."
    spared = made_do.spared(facts, "without_reserves", it)
    if not short and not without:
        if spared:
            return f"In part: nobody would have gone short without {it} either.{spared}"
        return f"Not needed: nobody would have gone short without {it} either."
    given = int(facts.outcome.record.reserves["released"].sum())
    who = "they" if it == "them" else "it"
    were = plural(short, f"{facts.good} was", f"{facts.goods} were")
    if without == short:
        either = f"{were} short either way."
        if spared:
            return f"Not in units short: {either}{spared}"
        return f"No: {who} {'gave out goods, but' if given else 'released nothing and'} averted nothing; {either}"
    rotated = any(plan.spec.rotation == "routine" for plan in facts.outcome.plan.reserves)
    if without < short:
        why = " What was handed out early or to some was missing later or for others." if given else ""
        if not given and rotated:
            why = f" {who.capitalize()} released nothing: rotation had put other lots into ordinary stock."
        return f"No: {were} short with {it} and {count(without)} without.{why}{spared}"
    averted, goods = without - short, plural(without, facts.good, facts.goods)
    exchanged = " None of it by a release: rotation had put other lots into ordinary stock." if rotated else ""
    share = averted / without
    word = (
        "Yes, fully" if not short else "Yes, mostly" if share >= MOSTLY else "In part" if share >= HARDLY else "Hardly"
    )
    return (
        f"{word}: without {it} {goods} would have been short, with {it} {count(short)}. "
        f"{count(averted)} averted ({percent(averted, without)})."
        f"{'' if given else exchanged}{spared}"
    )


def _amount(facts: Facts, units: dict[str, int]) -> str:
    """Units of reserves by name in words, as what they are; kept apart where that differs from one to another, and
    units where it differs within one, or there would be too many."""
    plans = {plan.name: plan for plan in facts.outcome.plan.reserves}
    total: dict[str, int] = {}
    for name, number in units.items():
        products = np.unique(facts.network.cell_product[plans[name].holder[plans[name].size > 0]])
        of = {facts.unit(facts.products[product]) for product in products}
        unit = of.pop() if len(of) == 1 else ""
        total[unit] = total.get(unit, 0) + number
    if "" in total or len(total) > NAMED:
        return plural(sum(total.values()), "unit")
    told = {unit: number for unit, number in total.items() if number} or dict(list(total.items())[:1])
    return listed([plural(number, unit) for unit, number in told.items()])


def _one(facts: Facts, position: int) -> str:
    plan, spell = facts.outcome.plan.reserves[position], facts.reserve(position)
    size, left, released = (_amount(facts, {plan.name: n}) for n in (spell.size, spell.left, spell.released))
    name = f"The reserve '{shown_name(plan.name, plan.spec)}' ({size})"
    if spell.opened is None:
        lost = f", though only {left} were left in it at the end" if spell.left < spell.size else ""
        return f"{name} was never opened{lost}."
    when = f"opened on {day_words(facts.date(spell.opened))}" if spell.opened else "was open when the run began"
    text = f"{name} {when}, released {released if spell.released else 'nothing'}"
    journal = facts.outcome.journal
    ruined = int(journal.loc[(journal["event"] == "reserve_destroyed") & (journal["day"] >= 0), "units"].sum())
    if ruined:
        text += f", lost {_amount(facts, {plan.name: ruined})} to damage"
    if spell.empty is None:
        return f"{text} and never ran empty (lowest: {count(spell.lowest)})."
    after = int(facts.daily("unmet", kind="facility")[spell.empty + 1 :].sum())
    later = (
        f"{plural(after, facts.good, facts.goods)} went unmet after that" if after else "nothing went unmet after that"
    )
    return f"{text} and was empty on {day_words(facts.date(spell.empty))}; {later}."


def _several(facts: Facts, positions: list[int]) -> str:
    plans = facts.outcome.plan.reserves
    spells = {plans[k].name: facts.reserve(k) for k in positions}
    size, released = (
        _amount(facts, {name: getattr(s, what) for name, s in spells.items()}) for what in ("size", "released")
    )
    shown = {plan.name: shown_name(plan.name, plan.spec) for plan in plans}
    any_released = any(s.released for s in spells.values())
    text = (
        f"{number_words(len(spells), capital=True)} reserves of {size} in all released "
        f"{released if any_released else 'nothing'}."
    )
    empty = [f"'{shown[n]}' on {day_words(facts.date(s.empty))}" for n, s in spells.items() if s.empty is not None]
    unused = [f"'{shown[n]}'" for n, s in spells.items() if s.opened is None]
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
