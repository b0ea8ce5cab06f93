"""The answers of the first screen in a few words each; what stands under them says more."""

from __future__ import annotations

from sim.report.run.facts import Facts
from sim.report.run.reasons.acts import acts
from sim.report.run.reserve_reach import members
from sim.report.words.at_end import last_day, not_ended
from sim.report.words.phrases import count, number_words, percent, plural


def what_happened(facts: Facts) -> str:
    """How much struck, and how much was done about it."""
    found = [act for act in acts(facts) if not act.nothing]
    struck = sum(not act.measure for act in found)
    decided = sum(act.decided is not None for act in found)
    done = len(found) - struck - decided
    if not found:
        return "Nothing was disturbed."
    counted = [(struck, "disruption"), (decided, "decision"), (done, "other measure" if decided else "measure")]
    told = [
        f"{number_words(number)} {word}{'' if number == 1 else 's'}"
        for number, word in counted
        if number or word in ("disruption", "measure")
    ]
    text = ", ".join(told)
    return f"{text[:1].upper()}{text[1:]}."


def who_went_short(facts: Facts) -> str:
    """One unit in how many was not there."""
    asked, short = (facts.summary[name].value or 0.0 for name in ("units_demanded", "units_unmet"))
    if not short:
        return "Nobody." if asked else "Nothing was asked for."
    rate = asked / short
    share = f"1 {facts.good} in {count(rate)} was not there" if rate >= 2 else f"{percent(short, asked)} was not there"
    otherwise = sum(facts.summary[name].value or 0.0 for name in ("units_substituted", "units_conserved"))
    more = f" {percent(otherwise, asked)} met otherwise or put off." if otherwise > short else ""
    return f"{share}: {count(short)} of {count(asked)} {facts.goods}.{more}"


def did_the_reserve_help(facts: Facts) -> str:
    """How much of the shortage it averted."""
    if not any(plan.size.any() for plan in facts.outcome.plan.reserves):
        return "There was none."
    unmet = facts.summary["units_unmet"]
    short, without = unmet.value or 0.0, unmet.without_reserves
    if without is None:
        return "Not known."
    if not short and not without:
        lasting = facts.summary["not_over_at_end"].value
        return f"It was not needed up to {last_day(facts.date(facts.days))}." if lasting else "It was not needed."
    if short >= without:
        return "No." if short > without else "It averted nothing."
    averted = without - short
    can, cannot = (set(sites.tolist()) for sites in members(facts))
    but = f" {len(cannot - can)} of {len(can | cannot)} members cannot draw on it." if cannot - can else ""
    return f"{count(averted)} of {count(without)} {facts.goods} short were averted ({percent(averted, without)}).{but}"


def at_the_end(facts: Facts, still: bool) -> str:
    """Whether it was over on the last day; `still`: the run ends in mid-shortage."""
    day = last_day(facts.date(facts.days))
    short = int(facts.summary["short_at_end"].value or 0)
    if still:
        return "Not over: still short at the end." if short else "Not over: short in the last 14 days."
    one = len(facts.products) == 1
    what = ("facility", "facilities") if one else ("facility-product pair", "facility-product pairs")
    told = f"{plural(short, *what)} short on {day}, no more than usual" if short else f"Nobody was short on {day}"
    lasting = round(facts.summary["not_over_at_end"].value or 0)
    return f"{told}, but {not_ended(lasting)} before." if lasting else f"{told}."
