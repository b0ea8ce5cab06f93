"""Whether what was decided helped, held against the same run in which nobody answers anything; what parties did to
others they do there, too."""

from __future__ import annotations

from sim.report.run.as_tables import made_do
from sim.report.run.decided import decided
from sim.report.run.facts import Facts
from sim.report.words.phrases import count, listed, number_words, percent, plural

EACH = "What each did by itself: tideover attribute FILE."


def question(facts: Facts) -> str:
    """What a reader asks."""
    return "Did the decision help?" if len(decided(facts)) == 1 else "Did the decisions help?"


def in_short(facts: Facts) -> str:
    """How much of the shortage they averted together."""
    if not facts.answers:
        return "None was taken."
    short, without = _short(facts)
    if without is None:
        return "Not known."
    if not short and not without:
        return "Not needed against shortage."
    if short >= without:
        return f"{count(short - without)} more went short." if short > without else "Nothing was averted."
    goods = plural(without, facts.good, facts.goods)
    told = f"{count(without - short)} of {goods} short were averted ({percent(without - short, without)})."
    instead = sum(made_do.units(facts)) - sum(made_do.units(facts, "without_decisions"))
    return f"{told} {count(instead)} were met otherwise or put off for it." if instead > 0 else told


def in_sentences(facts: Facts) -> list[str]:
    """The same with the run without them beside it, and by party."""
    taken = len(decided(facts))
    if not taken:
        number = len([one for one in facts.outcome.plan.decisions if not one.against_others])
        return [f"{plural(number, 'decision')} could have been taken; no condition was met in time."]
    it, were = ("it", "was") if taken == 1 else ("them", "were")
    head = f"{number_words(taken, capital=True)} decision{'' if taken == 1 else 's'} {were} taken"
    short, without = _short(facts)
    if without is None:
        return [f"{head}; the same run without {it} was not made. {EACH}"]
    instead = made_do.spared(facts, "without_decisions", it)
    if not short and not without:
        told = f"{head}; without {it} nobody would have gone short either."
    elif short == without:
        told = f"{head}; {plural(short, facts.good, facts.goods)} went short with {it} and without."
    else:
        bare = plural(without, facts.good, facts.goods) if without else "nobody"
        much = plural(short, facts.good, facts.goods) if not without else count(short) if short else "none"
        told = f"{head}; without {it} {bare} would have gone short, with {it} {much}."
    return [told + instead, *_by_party(facts), EACH]


def _short(facts: Facts) -> tuple[float, float | None]:
    """Units short in the run and without its decisions."""
    unmet = facts.summary["units_unmet"]
    return unmet.value or 0.0, unmet.without_decisions


def _by_party(facts: Facts) -> list[str]:
    """What the decisions of all did to each party, where there are several and they changed anything."""
    told = []
    for party, values in facts.groups("party").items():
        unmet = values["units_unmet"]
        if party and unmet.value is not None and unmet.without_decisions is not None:
            less = unmet.without_decisions - unmet.value
            words = f"{count(abs(less))} {'fewer' if less > 0 else 'more'}" if less else "as many"
            told.append((facts.group("party", party), words, less))
    if len(told) < 2 or not any(less for _, _, less in told):
        return []
    each = listed([f"{party} {words}" for party, words, _ in told])
    return [f"Short by party, against the run without {_it(facts)}: {each}."]


def _it(facts: Facts) -> str:
    return "it" if len(decided(facts)) == 1 else "them"
