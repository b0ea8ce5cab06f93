"""What searches found, in words, and the page of a search."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import pandas as pd
from markupsafe import Markup

from sim.report.figures.study import budget_split, trade_off
from sim.report.figures.style import drawing, to_svg
from sim.report.pages import page
from sim.report.pictures import Picture
from sim.report.sheets import Sheet
from sim.report.words.at_end import withheld
from sim.report.words.parameters import opening
from sim.report.words.phrases import count, listed, plural
from sim.report.words.rounding import digits_of, figure, within
from sim.report.words.units import Counted
from sim.report.words.words import shown_span, shown_value, target_words
from sim.study.ask.search import Smallest
from sim.study.ask.split import EVEN, SAME_DAYS, Splits
from sim.study.design.measures import COST
from sim.study.infer.threshold import Target

SPLITS_SHOWN = 8
"""Splits of one budget in the table; all are in the file."""


def search_words(
    found: Smallest, reserve: str, target: Target, share: float, most: int, counted: Counted, ends: tuple[dt.date, int]
) -> list[str]:
    """The answer, and what it rests on; or, where draws that decide it are still short at the end, that it cannot be
    said. `ends`: first day not simulated, days simulated."""
    if found.short:
        points = [(f"{plural(p.number, 'day')} of '{reserve}'", p.short, p.draws) for p in found.short]
        return withheld(f"How much of '{reserve}' is enough for {target_words(target)}", points, *ends)
    rows = {int(row["value"]): row for row in found.tried.to_dict("records")}
    number, aim = int(rows[0]["n"]), target_words(target)
    of_draws = "the one draw" if number == 1 else f"{share:.0%} of {plural(number, 'draw')}"
    if found.days is None:
        met = f"{rows[most]['share']:.0%} do"
        lines = [f"Not even {plural(most, 'day')} of '{reserve}' have {aim} in {of_draws}: {met}."]
    else:
        row = rows[found.days]
        lines = [
            f"{plural(found.days, 'day')} of '{reserve}' are the least with which {aim} is met in {of_draws} "
            f"({row['share']:.0%} of them). Setting it up costs {count(row['first_cost'])} {counted.currency}."
        ]
        if found.days - 1 in rows:
            lines.append(f"With a day less it is met in {rows[found.days - 1]['share']:.0%}.")
    lines += _how_far_sure(found, share, most)
    if not found.monotone:
        lines.append("Among the sizes tried, more was once worse: look at the table before relying on the answer.")
    return lines


def _how_far_sure(found: Smallest, share: float, most: int) -> list[str]:
    """Between which sizes the answer may lie, as far as so few draws tell: there the share's 95 % interval holds the
    share asked for."""
    value, draws = found.tried["value"], int(found.tried["n"].iloc[0])
    least = value[found.tried["share_high"] < share].max()
    enough = value[found.tried["share_low"] >= share].min()
    low = 0 if least != least else int(least) + 1
    if low == enough:
        return []
    high = f"to {plural(int(enough), 'day')}" if enough == enough else f"to more than {plural(most, 'day')}"
    return [f"With {plural(draws, 'draw')} it may lie anywhere from {low} {high}; more draws narrow that."]


def search_page(
    found: Smallest, words: Sequence[str], target: Target, title: str, counted: Counted, size: str, need: float
) -> str:
    """Sizes tried, as a picture and a table; `size` are the words for what is sized, `need` the share of draws asked
    for."""
    name, unit = target.measure.name, counted.unit(target.measure)
    caption = f"Share of draws with {target_words(target)}, and what setting the reserve up costs."
    pictures = []
    if not found.short:
        with drawing():
            aim = target_words(target)
            picture = trade_off.draw(found.tried, aim, counted.currency, found.days, opening(size), need)
            drawn = Markup(to_svg(picture, "trade-off", title))
        pictures = [Picture("trade-off", "What each size does", caption, drawn)]
    head = [
        "Days",
        "Draws that meet the target",
        target.measure.label,
        f"Cost ({counted.currency})",
        f"To set up ({counted.currency})",
    ]
    rows = [
        [count(r["value"]), f"{r['share']:.0%}", shown_value(r[name], unit), count(r[COST]), count(r["first_cost"])]
        for r in found.tried.to_dict("records")
    ]
    sheet = Sheet("sizes", "Sizes tried", head, rows, list(found.tried.columns), found.tried.to_numpy().tolist())
    return page(f"How large a reserve: {title}", words, [sheet], pictures)


def split_words(
    found: Splits, draws: int, counted: Counted, ends: tuple[dt.date, int], budgets: int | None = None
) -> list[str]:
    """The best split of every budget (or of some, the largest first), and how far behind the obvious ones are; or that
    none can be called best. `ends`: first day not simulated, days simulated."""
    if found.unsettled:
        short = _records(found.fresh[found.fresh["short"] > 0].sort_values("budget", ascending=False))
        points = [
            (
                f"the split of {count(r['budget'])} {counted.currency} that looks best so far",
                int(r["short"]),
                int(r["draws"]),
            )
            for r in short
        ]
        return withheld("Which split is best", points, *ends)
    lines = []
    for at in _records(found.fresh.sort_values("budget", ascending=False).head(budgets or len(found.fresh))):
        mine = found.tried[found.tried["budget"] == at["budget"]]
        best = _records(mine[mine["best"]])[0]
        sized = listed([_sized(p.name, best[f"days {p.name}"], best[f"money {p.name}"], counted) for p in found.parts])
        lines.append(
            f"{_sum(at['budget'], counted)}: {sized}; {_worth(found, best, counted)} in {plural(draws, 'draw')}."
        )
        lines.append(f"  On {plural(draws, 'further draw')}: {_worth(found, at, counted)}{_span(found, at, counted)}.")
        for start in (EVEN, SAME_DAYS):
            row = next(iter(_records(mine[mine["start"] == start])), None)
            if row is not None and not row["best"]:
                lines.append(f"  {start.capitalize()}: {_behind(found, row, counted)}.")
    tried = plural(len(found.tried), "split")
    lines.append(f"Best of {tried} tried in all. A search is no proof: some other split may do a little better.")
    if found.refused:
        lines.append(f"{plural(found.refused, 'split')} did not fit into their storage.")
    return lines


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(key): value for key, value in row.items()} for row in table.to_dict("records")]


def _sum(money: float, counted: Counted) -> str:
    return f"{count(money)} {counted.currency}"


def _sized(name: str, days: float, money: float, counted: Counted) -> str:
    return f"{days:.1f} days of '{name}' ({count(money)} {counted.currency})" if money else f"none of '{name}'"


def _worth(found: Splits, row: dict[str, Any], counted: Counted) -> str:
    unit = counted.unit(found.measure)
    low, high = (row.get(end, float("nan")) for end in ("low", "high"))
    text = f"{found.measure.label.lower()} {within(row[found.measure.name], low, high, unit)}"
    return text if found.target is None else f"{target_words(found.target)} in {row['share']:.0%}, {text}"


def _span(found: Splits, row: dict[str, Any], counted: Counted) -> str:
    if row["low"] != row["low"]:  # one draw has no interval
        return ""
    return f" ({shown_span(row['low'], row['high'], counted.unit(found.measure))})"


def _behind(found: Splits, row: dict[str, Any], counted: Counted) -> str:
    unit, behind = counted.unit(found.measure), row["behind"]
    if behind == 0 and not row["behind_high"] > 0:
        text = "as good"
    else:
        digits = digits_of(row["behind_low"], row["behind_high"], unit)
        text = f"{figure(abs(behind), unit, digits)} {'behind' if behind >= 0 else 'ahead in the mean'}"
        if row["behind_low"] == row["behind_low"]:
            text += f" ({shown_span(row['behind_low'], row['behind_high'], unit)})"
    return text if found.target is None else f"{text}; {target_words(found.target)} in {row['share']:.0%}"


def _signed(value: float, unit: str) -> str:
    return ("−" if value < 0 else "") + shown_value(abs(value), unit)


def split_page(
    found: Splits, title: str, draws: int, counted: Counted, ends: tuple[dt.date, int], sure: Sequence[str] = ()
) -> str:
    """Frontier and tables of a split: the best of every budget, and everything tried."""
    caption = (
        f"What each budget comes to at its best split. Intervals are of {plural(draws, 'draw')} that had no part in "
        "the choice; grey are the splits tried, on the draws of the choice."
    )
    words, heading = [*split_words(found, draws, counted, ends, 1), *sure], f"How to split a budget: {title}"
    if found.unsettled:
        return page(heading, words, [_tried_sheet(found, counted)])
    with drawing():
        picture = Picture(
            "budget",
            "Cost against harm",
            caption,
            Markup(to_svg(budget_split.draw(found, counted.currency), "budget", title)),
        )
    sheets = [_best_sheet(found, counted), _tried_sheet(found, counted)]
    return page(heading, words, sheets, [picture])


def _best_sheet(found: Splits, counted: Counted) -> Sheet:
    target = [f"Draws with {target_words(found.target)}"] if found.target else []
    head = [f"Budget ({counted.currency})", *(f"{p.name} (days)" for p in found.parts),
            f"{found.measure.label}, further draws", *target, f"Cost of the run ({counted.currency})"]  # fmt: skip
    rows = []
    for at in found.fresh.to_dict("records"):
        mine = found.tried[(found.tried["budget"] == at["budget"]) & found.tried["best"]].to_dict("records")[0]
        share = [f"{at['share']:.0%}"] if found.target else []
        unit = counted.unit(found.measure)
        worth = within(at[found.measure.name], at["low"], at["high"], unit)
        rows.append([count(at["budget"]), *(f"{mine[f'days {p.name}']:.1f}" for p in found.parts), worth, *share,
                     count(at[COST])])  # fmt: skip
    return Sheet("best", "The best split of each budget", head, rows, text_columns=0)


def _tried_sheet(found: Splits, counted: Counted) -> Sheet:
    table = found.tried.sort_values(["budget", "behind"], ascending=[False, True], kind="stable")
    table = table.groupby("budget", sort=False).head(SPLITS_SHOWN)
    share, unit = ["Target met"] if found.target else [], counted.unit(found.measure)
    head = [f"Budget ({counted.currency})", "How it came about", *(f"{p.name} (days)" for p in found.parts),
            f"To set up ({counted.currency})", found.measure.label, "Behind the best", *share]  # fmt: skip
    rows = [
        [count(r["budget"]), r["start"], *(f"{r[f'days {p.name}']:.1f}" for p in found.parts), count(r["first_cost"]),
         shown_value(r[found.measure.name], unit), shown_value(r["behind"], unit),
         *([f"{r['share']:.0%}"] if found.target else [])]
        for r in table.to_dict("records")
    ]  # fmt: skip
    raw = found.tried
    return Sheet("tried", f"Splits tried, the {SPLITS_SHOWN} best of each budget", head, rows, list(raw.columns),
                 raw.to_numpy().tolist(), text_columns=2)  # fmt: skip
