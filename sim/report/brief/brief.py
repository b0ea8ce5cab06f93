"""A policy brief: two pages for who decides, every figure taken from the study, and a technical annex."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from string import ascii_uppercase
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from sim.engine.plan import Plan
from sim.report.figures import frontier as frontier_figure
from sim.report.run.stress_des import annex, parameter_names
from sim.report.sheets import Sheet
from sim.report.study.answer import chance_words, in_short, leaders, records
from sim.report.study.comparison import difference_words, sentence
from sim.report.study.who_loses import losers_table, losers_words
from sim.report.words.parameters import names_of, opening, value_words
from sim.report.words.phrases import count, listed, plural
from sim.report.words.unsure import luck_words, matters_words
from sim.report.words.words import shown_value, unit_in
from sim.study.ask.robustness import AS_DRAWN
from sim.study.design.measures import ALL, COST, Measure
from sim.study.infer.compare import UNDETECTED, draws_for, reaches
from sim.study.infer.frontier import DOMINATED, EFFECTS, EXTENDED
from sim.study.run.run import StudyResult


@dataclass(frozen=True)
class Section:
    """A heading with sentences, tables and figures: (title, caption, figure)."""

    title: str
    paragraphs: list[str] = field(default_factory=list)
    sheets: list[Sheet] = field(default_factory=list)
    figures: list[tuple[str, str, Figure]] = field(default_factory=list)


@dataclass(frozen=True)
class Brief:
    """What stands in a brief, whatever it is written to."""

    title: str
    question: str
    sections: list[Section]
    annex: list[tuple[str, str, str]]


def compose(result: StudyResult, plan: Plan, tried: pd.DataFrame | None = None) -> Brief:
    """The brief of a finished study; `plan` is the compiled plan of its first case, `tried` the strategies with
    uncertain values at their bounds (see `robustness`), if the study names any. Call it within `drawing()`."""
    spec, measure = result.design.spec, main_measure(result)
    sections = [
        Section("In short", list(in_short(result))),
        _options(result, measure),
        _who(result),
        Section("Expiry", [_expiry(result)]),
        *_unsure(result, measure),
        Section("What would change the answer", [*_robust(result, tried, measure), *_doubts(result, measure)]),
    ]
    return Brief(spec.title, spec.question or "", sections, annex(result, plan))


def _unsure(result: StudyResult, measure: Measure) -> Iterator[Section]:
    """How much of the spread is luck and what matters most, where anything is uncertain."""
    if lines := list(unsure_words(result, measure)):
        yield Section("What is not known, and what is luck", lines)


def unsure_words(result: StudyResult, measure: Measure) -> Iterator[str]:
    """The same in words, of each scenario in which anything is uncertain, under the reference."""
    several = len(result.design.again) > 1
    for case in result.design.again:
        scenario = case.labels[0]
        mine = (table[table["scenario"] == scenario] for table in (result.variance, result.unknowns))
        variance, unknowns = mine
        name = f"in '{scenario}', " if several else ""
        yield from luck_words(variance, measure, name)
        loaded = result.design.loaded[scenario, result.design.spec.reference]
        yield from matters_words(unknowns, measure, names_of([loaded], unknowns["unknown"]))


def main_measure(result: StudyResult) -> Measure:
    """The measure in all that the brief is about."""
    return result.design.main


def _options(result: StudyResult, measure: Measure) -> Section:
    section = Section("Options, cost, and what they avert", sheets=option_tables(result, measure))
    priced, currency, letters = prices(result, measure), _currency(result), letters_of(result.design.strategies)
    if not priced.empty:
        shown = result.design.scenarios[: frontier_figure.MOST]
        rest = len(result.design.scenarios) - len(shown)
        more = f" The other {plural(rest, 'scenario')} are in frontier.csv." if rest else ""
        caption = f"Means over {result.number} draws; letters as in the tables. Down and to the left is better.{more}"
        section.figures.append(("Cost against harm", caption, frontier_figure.draw(priced, currency, letters)))
    return section


def prices(result: StudyResult, measure: Measure) -> pd.DataFrame:
    """Rows of the frontier of one effect: the measure's, or the first there is; empty where the study has no cost."""
    found = result.frontier
    if found.empty:
        return found
    effect = measure.name if measure.name in EFFECTS else str(found["effect"].iloc[0])
    return found[found["effect"] == effect]


def option_tables(result: StudyResult, measure: Measure) -> list[Sheet]:
    """A table for each scenario: cost, harm, difference to the baseline, bad tail, price of what is averted."""
    priced, letters = prices(result, measure), letters_of(result.design.strategies)
    sheets = [_option_table(result, measure, scenario, priced, letters) for scenario in result.design.scenarios]
    if not priced.empty:
        note = _price_note(_currency(result), result.design.spec.confidence)
        sheets[-1] = replace(sheets[-1], note=f"{note} {sheets[-1].note}".strip())
    return sheets


def letters_of(strategies: Sequence[str]) -> dict[str, str]:
    """Strategy -> a letter, or two, that stands for it in pictures."""
    names = [*ascii_uppercase, *(a + b for a in ascii_uppercase for b in ascii_uppercase)]
    return dict(zip(strategies, names, strict=False))


def _price_note(currency: str, confidence: float) -> str:
    return (
        f"{currency} for each averted: against the next cheaper strategy on the frontier. Dominated: another costs no "
        "more and averts no less; by extension: a mixture of two others does better. "
        f"Intervals of {confidence:.0%}, paired on the same draws."
    )


def _option_table(
    result: StudyResult, measure: Measure, scenario: str, priced: pd.DataFrame, letters: dict[str, str]
) -> Sheet:
    asked, currency = {"scenario": scenario, "measure": measure.name, "breakdown": ALL}, _currency(result)
    means = {r["strategy"]: r for r in records(result.summary, **asked)}
    costs = {r["strategy"]: r for r in records(result.summary, **(asked | {"measure": COST}))}
    paired = [] if result.comparisons.empty else records(result.comparisons, **asked)
    against = {r["strategy"]: r for r in paired if r["against"] == result.design.spec.reference}
    value = {} if priced.empty else {r["strategy"]: r for r in records(priced, scenario=scenario)}
    tail, rows = result.design.spec.tail, []
    told = reaches(result.number, tail)
    for name in result.design.strategies:
        beside = against.get(name)
        row = [f"{letters[name]}  {name}", *([count(costs[name]["mean"])] if costs else [])]
        row += [
            bare(means[name]["mean"], measure.unit),
            "baseline" if beside is None else difference_words(beside, measure),
        ]
        row += [
            bare(means[name]["cvar"], measure.unit) if told else "withheld",
            *([_price(value[name])] if name in value else []),
        ]
        rows.append(row)
    unit, each = _in(measure.unit), Measure(str(priced["effect"].iloc[0])) if value else measure
    head = ["Strategy", *([f"Cost ({currency})"] if costs else []), f"{measure.label}{unit}"]
    head += [
        f"Against '{result.design.spec.reference}' (interval)",
        f"Mean of the worst {1 - tail:.0%}",
    ]
    head += [f"{currency} for each {each.unit.removesuffix('s')} averted"] if value else []
    limits = "; lower limits" if scenario in result.unsettled else ""
    note = "" if told else _tail_note(tail, result.number)
    caption = f"Scenario '{scenario}', means of {result.number} draws{limits}"
    return Sheet(f"options-{scenario}", caption, head, rows, note=note)


def _tail_note(tail: float, draws: int) -> str:
    return (
        f"The mean of the worst {1 - tail:.0%} is withheld: of {plural(draws, 'draw')} none lies there; "
        f"{draws_for(tail)} are needed for one that does."
    )


def _in(unit: str) -> str:
    return "" if unit in ("share", "index", "ratio", "money") else f" ({'day' if unit == 'day' else unit})"


def bare(value: float, unit: str) -> str:
    """A figure without its unit, which stands at the head of its column."""
    return shown_value(value, "" if unit == "money" else unit).removeprefix("day ").removesuffix(unit).strip()


def _price(row: dict[str, Any]) -> str:
    if row["status"] in (DOMINATED, EXTENDED):
        return str(row["status"])
    return f"{row['icer']:,.2f}" if row["against"] else "cheapest"


def _who(result: StudyResult) -> Section:
    """Who would have been better off under another strategy, in words and as a table for each scenario."""
    tables = [losers_table(result, scenario) for scenario in result.design.scenarios]
    return Section("Who loses", list(losers_words(result)), [table for table in tables if table is not None])


def _expiry(result: StudyResult) -> str:
    rows = records(result.summary, measure="units_expired", breakdown=ALL)
    if not rows:
        return "The study does not measure what expires (add units_expired to its measures)."
    if not any(row["mean"] for row in rows):
        return "Nothing expires in any draw: no product of the scenario is kept by lot with a shelf life that ends."
    told = [
        f"{row['scenario']}, '{row['strategy']}': {shown_value(row['mean'], 'units')}" for row in rows if row["mean"]
    ]
    return f"Units that expire at facilities, mean: {listed(told)}."


def _robust(result: StudyResult, tried: pd.DataFrame | None, measure: Measure) -> Iterator[str]:
    """Whether another strategy is best where an uncertain value is at one of its bounds."""
    if tried is None or tried.empty:
        why = "Neither the study nor its scenario names uncertain values, so none was tried at its bounds."
        yield "No uncertain value was tried at its bounds, since nothing is settled." if result.unsettled else why
        return
    points = list(dict.fromkeys(zip(tried["parameter"], tried["value"], strict=True)))
    best = {point: records(tried, parameter=point[0], value=point[1], best=True) for point in points}
    usual = {row["strategy"] for row in best[AS_DRAWN, ""]}
    names = parameter_names(result.design)
    held: dict[str, list[str]] = {}
    for point, rows in best.items():
        if point[0] == AS_DRAWN:
            continue
        name, value = names.get(point[0], point[0]), value_words(point[1])
        if usual & {row["strategy"] for row in rows}:
            held.setdefault(name, []).append(f"at {value}")
            continue
        others = listed([f"'{row['strategy']}'" for row in rows])
        mean = shown_value(rows[0]["mean"], unit_in(measure, _currency(result)))
        yield f"{opening(name)}: at {value} {others} would be best ({mean} in the mean)."
    first = listed([f"'{name}'" for name in sorted(usual)])
    if held:
        told = "; ".join(f"{name} {listed(values)}" for name, values in held.items())
        stays = "stay best, not to be told apart" if len(usual) > 1 else "stays best"
        yield f"Not, as far as tried: {told}; {first} {stays}."


def _doubts(result: StudyResult, measure: Measure) -> Iterator[str]:
    first = {scenario: leaders(result, scenario) for scenario in result.design.scenarios}
    always = set.intersection(*map(set, first.values())) if first else set()
    if len(first) > 1 and all(first.values()):
        if not always:
            told = [f"{listed([repr(name) for name in names])} in '{scenario}'" for scenario, names in first.items()]
            yield f"The scenario: best is {listed(told)}."
        else:
            kept = listed([f"'{name}'" for name in result.design.strategies if name in always])
            yield f"Not the scenario: nothing is told to be better than {kept} in any of the {len(first)}."
    rows = records(result.comparisons, measure=measure.name, breakdown=ALL) if not result.comparisons.empty else []
    unclear = [r for r in rows if r["verdict"] == UNDETECTED]
    yield from (f"Not to be told apart: {sentence(row)}" for row in unclear)
    close = [r for r in records(result.best, measure=measure.name) if 0.05 <= r["probability_best"] < 0.5]
    yield from (
        f"Luck: in '{r['scenario']}' '{r['strategy']}' may be the best after all, with a probability "
        f"{chance_words(r['probability_best'])}."
        for r in close
    )
    for name in result.design.scenarios:
        left = result.design.loaded[name, result.design.spec.reference].spec.leaves_out
        if left:
            yield f"What the model leaves out: {left}"
            break
    if result.failures:
        yield f"{plural(len(result.failures), 'replication')} could not be run and are missing."


def _currency(result: StudyResult) -> str:
    return next(iter(result.design.loaded.values())).spec.costs.currency
