"""The page of counterfactuals: what each would have changed and cost, side by side, and what stays as it was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from markupsafe import Markup
from matplotlib.figure import Figure

from sim.report.figures.study import apart
from sim.report.figures.style import drawing, to_svg
from sim.report.hindsight.frozen import Frozen
from sim.report.hindsight.words import EVIDENCE, both_words, headline, interval_words, row_of, verdict_words
from sim.report.pages import page
from sim.report.pictures import Picture
from sim.report.sheets import Sheet
from sim.report.words import rounding
from sim.report.words.units import Counted
from sim.scenario.words.hindsight import AS_IT_WAS
from sim.study.design.measures import ALL, COST, Measure
from sim.study.infer.beside import Asked

SIDE = "Side by side"
CAPTION = (
    "Each beside what was done, on the same draws of luck and of what is not known: points are the mean difference, "
    "lines what it lies in (95 %). Blue: better; orange: worse; grey and hollow: the draws do not tell. Cost is "
    "what the run counts, without what the table has on top; goods that never come cost nothing."
)


def what_if_page(
    asked: Sequence[Asked], table: pd.DataFrame, frozen: Mapping[str, Frozen], counted: Counted, lead: Sequence[str],
    title: str,
) -> str:  # fmt: skip
    """The page as HTML, with some sentences in the `lead`."""
    sheets = [beside(asked, table, counted), stays(asked, frozen), _figures(asked, table, counted), why(asked)]
    with drawing():
        svg = to_svg(side_by_side(asked, table, counted), "apart", SIDE)
    picture = Picture("apart", SIDE, CAPTION, Markup(svg))
    return page(f"What if: {title}", lead, sheets, [picture], [EVIDENCE])


def stays(asked: Sequence[Asked], frozen: Mapping[str, Frozen]) -> Sheet:
    """What is as it was, though it might have come otherwise."""
    rows = [[one.title, line] for one in asked for line in frozen[one.name].lines()]
    note = "" if rows else "Nothing that has dates of its own."
    return Sheet("stays", "What stays as it was", ["If", "What"], rows, note=note, text_columns=2)


def _options(asked: Sequence[Asked]) -> list[tuple[str, str]]:
    """(name, title) of all that is set beside something: rules first."""
    rules = {one.against: f"As it was, by rule: {', '.join(one.rules)}" for one in asked if one.against != AS_IT_WAS}
    return [*rules.items(), *((one.name, one.title) for one in asked)]


def side_by_side(asked: Sequence[Asked], table: pd.DataFrame, counted: Counted) -> Figure:
    """The differences of the first figure and of the cost, as a picture."""
    options, first = _options(asked), headline(counted)
    unit = "percentage points" if first.unit == "share" else counted.unit(first)
    panels = [
        (f"{first.label}, difference in {unit}", _rows(options, table, first), first.better),
        (f"Cost, difference in {counted.currency}", _rows(options, table, Measure(COST)), ""),
    ]
    return apart.draw([shown for _, shown in options], panels)


def _rows(options: Sequence[tuple[str, str]], table: pd.DataFrame, measure: Measure) -> list[Mapping[str, Any] | None]:
    """The differences of a measure over the options, as they are drawn: shares in percentage points."""
    times = 100 if measure.unit == "share" else 1
    rows = [row_of(table, name, measure) for name, _ in options]
    drawn = ("difference", "low", "high")
    return [row and {**row, **{name: times * row[name] for name in drawn}} for row in rows]


def beside(asked: Sequence[Asked], table: pd.DataFrame, counted: Counted) -> Sheet:
    """What each would have changed, and cost: one row each."""
    first = headline(counted)
    head = ["If", "Beside", first.label, "Difference (95 %)", "So", "Cost by the run", "Cost on top"]
    costs = {one.name: one.cost for one in asked}
    against = {one.name: "as it was" if not one.rules else f"by rule: {', '.join(one.rules)}" for one in asked}
    rows = []
    for name, shown in _options(asked):
        row, money = row_of(table, name, first), row_of(table, name, Measure(COST))
        if row is None:
            continue
        top = "–" if name not in costs else "not known"
        if (cost := costs.get(name)) is not None:
            top = rounding.figure(cost, counted.currency)
        rows.append([
            shown, against.get(name, "as it was"), both_words(row, first, counted), interval_words(row, first.unit),
            verdict_words(row, first.better), "–" if money is None else interval_words(money, "money"), top,
        ])  # fmt: skip
    note = "Cost on top is what the scenario says of it, beyond goods, transport, stock and what decisions cost."
    return Sheet("what-if", "What each would have changed, and cost", head, rows, note=note, text_columns=2)


def _figures(asked: Sequence[Asked], table: pd.DataFrame, counted: Counted) -> Sheet:
    """Every figure compared."""
    shown = dict(_options(asked))
    rows = []
    records: list[Any] = table.to_dict("records")
    for row in records:
        measure = Measure(str(row["measure"]), str(row["breakdown"]))
        if measure.unit == "units" and measure.breakdown == ALL and not counted.adds_up:
            continue
        unit, group = counted.unit(measure, str(row["group"])), str(row["group"])
        label = measure.label if measure.breakdown == ALL else f"{measure.label}, {group}"
        means = [rounding.figure(float(row[name]), unit) for name in ("against_mean", "mean")]
        better = "" if measure.name == COST else measure.better
        rows.append([shown.get(str(row["option"]), str(row["option"])), label, *means,
                     interval_words(row, measure.unit), verdict_words(row, better)])  # fmt: skip
    head = ["If", "Figure", "Beside", "Then", "Difference (95 %)", "So"]
    raw = table.to_numpy().tolist()
    return Sheet("figures", "Every figure", head, rows, list(table.columns), raw, text_columns=2)


def why(asked: Sequence[Asked]) -> Sheet:
    """Why each is asked."""
    rows = [[one.title, one.why or "not said", one.name] for one in asked]
    return Sheet("why", "Why it is asked", ["If", "Why", "Name"], rows, text_columns=3)
