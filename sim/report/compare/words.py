"""What options set side by side come to, in words: never more than the draws say."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sim.report.compare.beside import Beside, Option
from sim.report.words import rounding
from sim.report.words.at_end import MEANING, last_day, not_over, settling, short_under
from sim.report.words.phrases import group_words
from sim.study.design.measures import ALL, Measure
from sim.study.infer.side_by_side import ALIKE, APART, BETTER, WORSE

FIRST = "units_unmet"
TOLD = ("units_unmet", "fill_rate", "worst_week_unmet", "short_peak", "worst_spell", "first_short_day")
"""Measures in all that are told in words, where they differ; cost by itself, and the table has the others."""
BY = ("priority", "party", "setting", "country", "region", "product")
"""Groups that are told in words, in this order."""
MOST = 7
"""Differences told of a kind; how many more there are is said."""


def figure(beside: Beside, measure: Measure, value: float, group: str = "", digits: int | None = None) -> str:
    """A figure with its unit: a share in percent, money in the currency, an amount in what it is counted in."""
    unit = beside.unit_of(measure, group)
    if value != value:
        return "not defined"
    if unit == "share":
        return percent(value)
    if unit == "day":
        return f"{beside.start + dt.timedelta(round(value)):%-d %B %Y}"
    if unit == "money":
        return rounding.figure(value, beside.currency, 0 if digits is None else min(0, digits))
    return rounding.figure(value, unit, digits)


def percent(share: float) -> str:
    """A share in percent; what is not all, or not none, is not shown as such."""
    digits = next((d for d in range(1, 6) if round(100 * share, d) not in (0, 100)), 1)
    return f"{rounding.number(100 * share, digits if 0 < share < 1 else 0)} %"


def size(beside: Beside, measure: Measure, difference: float, group: str = "", digits: int | None = None) -> str:
    """A difference without its sign; of shares in percentage points, of dates in days."""
    unit = beside.unit_of(measure, group)
    if unit == "money":
        return rounding.size(difference, beside.currency, 0 if digits is None else min(0, digits))
    return rounding.size(difference, unit, digits)


def group_name(breakdown: str, group: str, parties: Mapping[str, str]) -> str:
    """A group as a heading has it; parties by their titles."""
    if breakdown == "party":
        return group_words(breakdown, group, parties)
    if breakdown == "priority":
        words = group_words(breakdown, group)
        return f"{words[:1].upper()}{words[1:]}"
    return group if group else f"no {breakdown}"


def between(low: str, high: str) -> str:
    """An interval in a table."""
    return "–" if low == "–" or high == "–" else f"{low} … {high}"


def at_end(beside: Beside) -> list[str]:
    """What is said where draws are still short at the end: until that is settled nothing is better for certain."""
    if not beside.short:
        lasting = float(beside.ending["not_over"].max()) if len(beside.ending) else 0.0
        return [not_over(lasting, beside.end)] if lasting > 0 else []
    counts = [(str(row["strategy"]), int(row["short"]), int(row["draws"])) for row in beside.short]
    days = (beside.end - beside.start).days
    told = short_under(counts, len(beside.options))
    return [
        f"{told[:1].upper()}{told[1:]} on {last_day(beside.end)}, the last day. So totals are lower "
        f"limits, and what is better so far may not be so in the end. {MEANING}",
        f"{settling(days)}.",
    ]


def lead(beside: Beside, option: Option) -> str:
    """The difference that matters most, in a sentence that claims no more than there is."""
    first, measure = beside.options[0].letter, Measure(FIRST)
    row = beside.row(FIRST, option.letter) if beside.adds_up else None
    draws = "in the one draw made" if beside.draws == 1 else f"in the mean of {beside.draws} draws"
    if row is None:
        measure = Measure("fill_rate")
        row = beside.row("fill_rate", option.letter)
    if row is None:
        return f"{option.letter} and {first} have no figure in common that covers all."
    digits = _digits(row, measure)
    both = " against ".join(figure(beside, measure, row[name], digits=digits) for name in ("mean", "against_mean"))
    what = "unmet on the day" if measure.name == FIRST else "of demand met on the day"
    if row["verdict"] == ALIKE:
        return f"{option.letter} and {first} are alike: {figure(beside, measure, row['mean'])} {what}, {draws}."
    if row["verdict"] == APART:
        return (
            f"Whether {option.letter} or {first} is better cannot be told from {beside.draws} draws "
            f"({both} {what}): {_went(row, measure)}."
        )
    amount = size(beside, measure, row["difference"], digits=digits)
    more = "more" if row["difference"] > 0 else "less" if measure.unit == "share" else "fewer"
    far = f", up to {last_day(beside.end)}" if beside.short else ""
    if measure.name == FIRST:
        number, _, unit = amount.partition(" ")
        return f"{option.letter} leaves {number} {more} {unit} {what} than {first} ({both}), {draws}{far}."
    return f"{option.letter} has {amount} {more} {what} than {first} ({both}), {draws}{far}."


def _digits(row: Mapping[str, Any], measure: Measure) -> int | None:
    return rounding.digits_of(row["low"], row["high"], measure.unit)


def _went(row: Mapping[str, Any], measure: Measure) -> str:
    """In how many draws an option does better, and in how many worse."""
    good, bad = ("fewer", "more") if measure.better == "lower" else ("more", "fewer")
    return f"better in {row[good]} of {row['n']} draws, worse in {row[bad]}"


def differences(beside: Beside, option: Option) -> dict[str, list[str]]:
    """`BETTER`, `WORSE`, `APART` and `ALIKE` -> what is so under an option, a line each, the first most in the eye."""
    found: dict[str, list[str]] = {BETTER: [], WORSE: [], APART: [], ALIKE: []}
    for row in _told(beside, option):
        if row["verdict"] in found:
            found[str(row["verdict"])].append(_line(beside, row))
    return {verdict: _cut(lines) for verdict, lines in found.items()}


def _told(beside: Beside, option: Option) -> list[Mapping[str, Any]]:
    """Rows that are worth words: measures in all, then what went unmet by groups."""
    rows = [beside.row(name, option.letter) for name in TOLD]
    found = [row for row in rows if row is not None and (beside.adds_up or row["measure"] != FIRST)]
    mine = beside.table[beside.table["strategy"] == option.letter]
    for breakdown in BY:
        measure = FIRST if beside.adds_up or breakdown == "product" else "fill_rate"
        here = mine[(mine["breakdown"] == breakdown) & (mine["measure"] == measure)]
        if len(here) > 1 or (breakdown == "priority" and len(here)):
            order = here["difference"].abs().sort_values(ascending=False, kind="stable").index
            order = here.index if breakdown == "priority" else order
            found += here.loc[order].to_dict("records")  # type: ignore[arg-type]
    return found


def _line(beside: Beside, row: Mapping[str, Any]) -> str:
    measure, group = Measure(str(row["measure"]), str(row["breakdown"])), str(row["group"])
    name = (
        measure.label
        if measure.breakdown == ALL
        else f"{group_name(measure.breakdown, group, beside.parties)}, {measure.label}"
    )
    name = (
        name if measure.breakdown == ALL else name[0].upper() + name[1:].replace(measure.label, measure.label.lower())
    )
    if row["verdict"] == ALIKE:
        return f"{name}: {figure(beside, measure, row['mean'], group)}{' in every draw' if row['n'] > 1 else ''}"
    digits = _digits(row, measure)
    both = " in place of ".join(figure(beside, measure, row[mean], group, digits) for mean in ("mean", "against_mean"))
    if row["verdict"] == APART:
        return f"{name}: {both}; {_went(row, measure)}"
    return f"{name}: {both}{ranged(beside, row, measure, group)}"


def ranged(beside: Beside, row: Mapping[str, Any], measure: Measure, group: str = "") -> str:
    """Between what the mean difference lies, where there are draws enough to say."""
    if row["n"] < 2 or row["low"] != row["low"] or row["low"] == row["high"]:
        return ""
    low, high = sorted((abs(row["low"]), abs(row["high"])))
    if row["low"] * row["high"] <= 0:
        return ""
    more = "more" if row["difference"] > 0 else "less"
    digits = _digits(row, measure)
    least, most = (size(beside, measure, end, group, digits) for end in (low, high))
    return f" ({least.split(' ')[0]} to {most} {more}, from {row['n']} draws)"


def _cut(lines: list[str]) -> list[str]:
    more = len(lines) - MOST
    return lines if more <= 0 else [*lines[:MOST], f"and {more} more in the table below"]


def how_sure(beside: Beside) -> str:
    """What the draws allow to be said."""
    if beside.draws == 1:
        return (
            "One draw tells what could happen, not how often: nothing here is better or worse for certain. "
            "Many draws tell more: tideover compare FILE --strategies A,B --replications 40."
        )
    return (
        f"{beside.draws} draws of luck and of what is not known, the same for every option. A difference is called one "
        "where its 95 % interval, with all comparisons of a measure counted (Holm), leaves out none at all; everything "
        "that is written as certain is taken as written."
    )
