"""The page of a finished study: the answers in words, cost against harm, fan charts, and the tables behind them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pandas as pd
from markupsafe import Markup

from sim.report.brief.brief import bare, letters_of, main_measure, option_tables, prices, unsure_words
from sim.report.figures import fan, frontier
from sim.report.figures.style import drawing, to_svg
from sim.report.pages import page
from sim.report.pictures import Picture
from sim.report.sheets import Sheet
from sim.report.study.answer import in_short
from sim.report.study.comparison import sentences
from sim.report.study.summary import how_made
from sim.report.study.who_loses import losers_table, losers_words
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
    lead += unsure_words(result, main_measure(result))
    with drawing():
        pictures = [*_frontier(result), *_fans(result)]
    sheets = [*option_tables(result, main_measure(result)), *_losers(result)]
    sheets += [*_chances(result), *_regret(result), *_differences(result)]
    notes = [
        f"Intervals of {spec.confidence:.0%}; differences are paired on the same draws; verdicts count all comparisons "
        "of a measure (Holm).",
        "Regret: how much worse the mean is than that of the best strategy in the same scenario. Probability of being "
        "best: over resamples of the draws made, with all else as written.",
    ]
    return page(spec.title, lead, sheets, pictures, notes)


def _frontier(result: StudyResult) -> Iterator[Picture]:
    priced = prices(result, main_measure(result))
    if priced.empty:
        return
    currency = next(iter(result.design.loaded.values())).spec.costs.currency
    figure = frontier.draw(priced, currency, letters_of(result.design.strategies))
    caption = f"Means over {result.number} draws; letters as in the tables. Down and to the left is better."
    yield Picture("frontier", "Cost against harm", caption, Markup(to_svg(figure, "frontier", "Cost against harm")))


def _fans(result: StudyResult) -> Iterator[Picture]:
    if result.daily.empty:
        return
    table = result.fan
    several = table["product"].nunique() > 1
    groups = list(table.groupby(["scenario", "product"], sort=False))
    for number, ((scenario, product), rows) in enumerate(groups[:MOST_FANS]):
        spec = result.design.loaded[str(scenario), result.design.strategies[0]].spec
        figure = fan.draw(rows, result.design.strategies, spec.start, f"{spec.products[str(product)].unit}s")
        title = f"Unmet demand by day in '{scenario}'" + (f", {product}" if several else "")
        caption = f"Spread over {result.number} draws, day by day; a day's draws need not be another day's."
        yield Picture(f"fan-{number}", title, caption, Markup(to_svg(figure, f"fan-{number}", title)))


def _losers(result: StudyResult) -> Iterator[Sheet]:
    tables = (losers_table(result, scenario) for scenario in result.design.scenarios)
    yield from (table for table in tables if table is not None)


def _chances(result: StudyResult) -> Iterator[Sheet]:
    if result.best.empty or result.unsettled:
        return
    rows = [
        [r["scenario"], Measure(r["measure"]).label, r["strategy"], bare(r["mean"], Measure(r["measure"]).unit),
         f"{r['probability_best']:.0%}", bare(r["regret"], Measure(r["measure"]).unit), "yes" if r["selected"] else ""]
        for r in result.best.to_dict("records")
    ]  # fmt: skip
    head = ["Scenario", "Measure", "Strategy", "Mean", "Probability of being best", "Regret", "Selected (KN)"]
    yield _sheet("best", "Which is best", head, rows, result.best, 3)


def _regret(result: StudyResult) -> Iterator[Sheet]:
    if result.regret.empty or len(result.design.scenarios) < 2:
        return
    rows = [
        [Measure(r["measure"]).label, r["strategy"], bare(r["largest_regret"], Measure(r["measure"]).unit),
         r["in_scenario"] if r["largest_regret"] else "", "yes" if r["chosen"] else ""]
        for r in result.regret.to_dict("records")
    ]  # fmt: skip
    head = ["Measure", "Strategy", "Largest regret", "In scenario", "Smallest of all"]
    yield _sheet("regret", "Largest regret over the scenarios (minimax)", head, rows, result.regret, 2)


def _differences(result: StudyResult) -> Iterator[Sheet]:
    found = result.comparisons
    if found.empty:
        return
    for name, caption, rows in (
        ("differences", "Differences on the same draws", found[found["breakdown"] == ALL]),
        ("groups", "Differences by group", found[~found["breakdown"].isin([ALL, LINE])]),
    ):
        told = [[text] for text in sentences(rows.head(MOST_TOLD))]
        if told:
            more = len(rows) - len(told)
            note = f"The first {len(told)}; {more} more are in the CSV." if more else ""
            yield replace(_sheet(name, caption, ["Difference"], told, rows, 1), note=note)


def _sheet(name: str, caption: str, head: list[str], rows: list[list[str]], raw: pd.DataFrame, text: int) -> Sheet:
    return Sheet(name, caption, head, rows, list(raw.columns), raw.to_numpy().tolist(), text_columns=text)
