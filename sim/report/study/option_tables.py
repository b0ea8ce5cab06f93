"""Tables of all options: cost, harm, difference to the baseline, bad tail, price of what is averted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pandas as pd

from sim.report.sheets import Sheet
from sim.report.study.comparison import Words, difference_words, letters_of, records, words_of
from sim.report.words.parameters import names_of
from sim.report.words.phrases import plural
from sim.report.words.rounding import bare, digits_for, digits_of, figure, number
from sim.report.words.unsure import luck_words, matters_words
from sim.study.design.measures import ALL, COST, Measure
from sim.study.infer.compare import draws_for, reaches
from sim.study.infer.frontier import DOMINATED, EFFECTS, EXTENDED
from sim.study.run.run import StudyResult


def prices(result: StudyResult) -> pd.DataFrame:
    """Rows of the frontier of one effect: the measure's, or the first there is; empty where the study has no cost."""
    found, measure = result.frontier, result.design.main
    if found.empty:
        return found
    effect = measure.name if measure.name in EFFECTS else str(found["effect"].iloc[0])
    return found[found["effect"] == effect]


def option_tables(result: StudyResult) -> list[Sheet]:
    """A table for each scenario."""
    priced, words = prices(result), words_of(result.design)
    sheets = [_option_table(result, scenario, priced, words) for scenario in result.design.scenarios]
    if not priced.empty:
        note = _price_note(words.counted.currency, result.design.spec.confidence)
        sheets[-1] = replace(sheets[-1], note=f"{note} {sheets[-1].note}".strip())
    return sheets


def _price_note(currency: str, confidence: float) -> str:
    return (
        f"{currency} for each averted: against the next cheaper strategy on the frontier. Dominated: another costs no "
        "more and averts no less; by extension: a mixture of two others does better. "
        f"Intervals of {confidence:.0%}, paired on the same draws."
    )


def _option_table(result: StudyResult, scenario: str, priced: pd.DataFrame, words: Words) -> Sheet:
    measure, reference = result.design.main, result.design.spec.reference
    asked, currency = {"scenario": scenario, "measure": measure.name, "breakdown": ALL}, words.counted.currency
    means = {r["strategy"]: r for r in records(result.summary, **asked)}
    costs = {r["strategy"]: r for r in records(result.summary, **(asked | {"measure": COST}))}
    paired = [] if result.comparisons.empty else records(result.comparisons, **asked)
    against = {r["strategy"]: r for r in paired if r["against"] == reference}
    value = {} if priced.empty else {r["strategy"]: r for r in records(priced, scenario=scenario)}
    letters, tail, rows = letters_of(result.design.strategies), result.design.spec.tail, []
    told, unit = reaches(result.number, tail), words.counted.unit(measure)
    for name in result.design.strategies:
        beside, mean = against.get(name), means[name]
        digits = digits_of(mean["low"], mean["high"], unit)
        row = [f"{letters[name]}  {words.names.strategy(name)}", *([_money(costs[name])] if costs else [])]
        row += [
            bare(figure(mean["mean"], unit, digits), unit),
            "baseline" if beside is None else difference_words(beside, measure, words),
        ]
        row += [
            bare(figure(mean["cvar"], unit, digits), unit) if told else "withheld",
            *([_price(value[name])] if name in value else []),
        ]
        rows.append(row)
    each = Measure(str(priced["effect"].iloc[0])) if value else measure
    head = ["Strategy", *([f"Cost ({currency})"] if costs else []), f"{measure.label}{_in(measure, unit)}"]
    head += [
        f"Against '{words.names.strategy(reference)}' (interval)",
        f"Mean of the worst {1 - tail:.0%}",
    ]
    head += [f"{currency} for each {words.counted.one_of(words.counted.unit(each))} averted"] if value else []
    limits = "; lower limits" if scenario in result.unsettled else ""
    note = "" if told else _tail_note(tail, result.number)
    caption = f"Scenario '{words.names.scenario(scenario)}', means of {plural(result.number, 'draw')}{limits}"
    return Sheet(f"options-{scenario}", caption, head, rows, note=note)


def _money(row: dict[str, Any]) -> str:
    digits = digits_for(row["low"], row["high"])
    return number(row["mean"], 0 if digits is None else min(0, digits))


def _tail_note(tail: float, draws: int) -> str:
    return (
        f"The mean of the worst {1 - tail:.0%} is withheld: of {plural(draws, 'draw')} none lies there; "
        f"{draws_for(tail)} are needed for one that does."
    )


def _in(measure: Measure, unit: str) -> str:
    return "" if measure.unit in ("share", "index", "ratio", "money") else f" ({'day' if unit == 'day' else unit})"


def _price(row: dict[str, Any]) -> str:
    if row["status"] in (DOMINATED, EXTENDED):
        return str(row["status"])
    return f"{row['icer']:,.2f}" if row["against"] else "cheapest"


def unsure_words(result: StudyResult) -> Iterator[str]:
    """How much of the spread is luck and what matters most, of each scenario in which anything is uncertain, under the
    reference."""
    several, measure, words = len(result.design.again) > 1, result.design.main, words_of(result.design)
    for case in result.design.again:
        scenario = case.labels[0]
        variance, unknowns = (table[table["scenario"] == scenario] for table in (result.variance, result.unknowns))
        name = f"in '{words.names.scenario(scenario)}', " if several else ""
        yield from luck_words(variance, measure, name)
        loaded = result.design.loaded[scenario, result.design.spec.reference]
        yield from matters_words(unknowns, measure, names_of([loaded], unknowns["unknown"]))
