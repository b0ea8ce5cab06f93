"""The page of a finished study: the answers in words, cost against harm, fan charts, and the tables behind them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pandas as pd
from markupsafe import Markup

from sim.model.goods.counted import in_plural
from sim.report.figures.study import fan, frontier
from sim.report.figures.style import drawing, to_svg
from sim.report.pages import page
from sim.report.pictures import Picture
from sim.report.sheets import Sheet
from sim.report.study.answer import in_short
from sim.report.study.comparison import Words, letters_of, sentences, words_of
from sim.report.study.deciding import decisions_tables
from sim.report.study.option_tables import option_tables, prices, unsure_words
from sim.report.study.summary import how_made
from sim.report.study.warned import alarm_tables
from sim.report.study.who_loses import losers_table, losers_words
from sim.report.study.worth import worth_tables, worth_words
from sim.report.words.rounding import figure
from sim.study.design.measures import ALL, LINE, Measure
from sim.study.run.run import StudyResult

MOST_FANS = 6
"""Fan charts on the page; all quantiles are in fan.csv."""
MOST_TOLD = 60
"""Differences told one by one in a table; its CSV has all."""


def study_page(result: StudyResult) -> str:
    """The whole page, which opens offline; the same study gives the same bytes."""
    spec = result.design.spec
    lead = [spec.question] if spec.question else []
    lead += [*in_short(result), *losers_words(result), how_made(result)]
    lead += [*worth_words(result), *unsure_words(result)]
    with drawing():
        pictures = [*_frontier(result), *_fans(result)]
    sheets = [
        *option_tables(result),
        *worth_tables(result),
        *decisions_tables(result),
        *alarm_tables(result),
        *_losers(result),
    ]
    sheets += [*_chances(result), *_regret(result), *_differences(result)]
    notes = [
        f"Intervals of {spec.confidence:.0%}; differences are paired on the same draws; verdicts count all comparisons "
        "of a measure (Holm).",
        "Regret: how much worse the mean is than that of the best strategy in the same scenario. Probability of being "
        "best: over resamples of the draws made, with all else as written.",
    ]
    return page(spec.title, lead, sheets, pictures, notes)


def _frontier(result: StudyResult) -> Iterator[Picture]:
    priced = prices(result)
    if priced.empty:
        return
    words = words_of(result.design)
    priced = priced.assign(scenario=priced["scenario"].map(words.names.scenario))
    picture = frontier.draw(priced, words.counted.currency, letters_of(result.design.strategies))
    caption = f"Means over {result.number} draws; letters as in the tables. Down and to the left is better."
    yield Picture("frontier", "Cost against harm", caption, Markup(to_svg(picture, "frontier", "Cost against harm")))


def _fans(result: StudyResult) -> Iterator[Picture]:
    if result.daily.empty:
        return
    table, words = result.fan, words_of(result.design)
    several = table["product"].nunique() > 1
    groups = list(table.groupby(["scenario", "product"], sort=False))
    for number, ((scenario, product), rows) in enumerate(groups[:MOST_FANS]):
        spec = result.design.loaded[str(scenario), result.design.strategies[0]].spec
        rows = rows.assign(strategy=rows["strategy"].map(words.names.strategy))
        shown = [words.names.strategy(name) for name in result.design.strategies]
        picture = fan.draw(rows, shown, spec.start, in_plural(spec.products[str(product)].unit))
        title = f"Unmet demand by day in '{words.names.scenario(str(scenario))}'" + (f", {product}" if several else "")
        caption = f"Spread over {result.number} draws, day by day; a day's draws need not be another day's."
        yield Picture(f"fan-{number}", title, caption, Markup(to_svg(picture, f"fan-{number}", title)))


def _losers(result: StudyResult) -> Iterator[Sheet]:
    tables = (losers_table(result, scenario) for scenario in result.design.scenarios)
    yield from (table for table in tables if table is not None)


def _chances(result: StudyResult) -> Iterator[Sheet]:
    if result.best.empty or result.unsettled:
        return
    words, rows = words_of(result.design), []
    for r in result.best.to_dict("records"):
        name, where = words.names.strategy(r["strategy"]), words.names.scenario(r["scenario"])
        mean, regret = (_figure(Measure(r["measure"]), r[key], words) for key in ("mean", "regret"))
        chance = f"{r['probability_best']:.0%}"
        rows.append([where, Measure(r["measure"]).label, name, mean, chance, regret, "yes" if r["selected"] else ""])
    head = ["Scenario", "Measure", "Strategy", "Mean", "Probability of being best", "Regret", "Selected (KN)"]
    yield _sheet("best", "Which is best", head, rows, result.best, 3)


def _regret(result: StudyResult) -> Iterator[Sheet]:
    if result.regret.empty or len(result.design.scenarios) < 2:
        return
    words, rows = words_of(result.design), []
    for r in result.regret.to_dict("records"):
        measure, where = Measure(r["measure"]), words.names.scenario(r["in_scenario"]) if r["largest_regret"] else ""
        most = _figure(measure, r["largest_regret"], words)
        rows.append([measure.label, words.names.strategy(r["strategy"]), most, where, "yes" if r["chosen"] else ""])
    head = ["Measure", "Strategy", "Largest regret", "In scenario", "Smallest of all"]
    yield _sheet("regret", "Largest regret over the scenarios (minimax)", head, rows, result.regret, 2)


def _figure(measure: Measure, value: float, words: Words) -> str:
    """A figure with its unit, which differs from row to row."""
    return figure(value, words.counted.unit(measure), 0 if measure.unit == "money" else None)


def _differences(result: StudyResult) -> Iterator[Sheet]:
    found = result.comparisons
    if found.empty:
        return
    for name, caption, rows in (
        ("differences", "Differences on the same draws", found[found["breakdown"] == ALL]),
        ("groups", "Differences by group", found[~found["breakdown"].isin([ALL, LINE])]),
    ):
        told = [[text] for text in sentences(rows.head(MOST_TOLD), words_of(result.design))]
        if told:
            more = len(rows) - len(told)
            note = f"The first {len(told)}; {more} more are in the CSV." if more else ""
            yield replace(_sheet(name, caption, ["Difference"], told, rows, 1), note=note)


def _sheet(name: str, caption: str, head: list[str], rows: list[list[str]], raw: pd.DataFrame, text: int) -> Sheet:
    return Sheet(name, caption, head, rows, list(raw.columns), raw.to_numpy().tolist(), text_columns=text)
