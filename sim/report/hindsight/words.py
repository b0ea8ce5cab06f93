"""What counterfactuals come to, in words: a difference is one only where its draws say so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from sim.report.hindsight.frozen import Frozen
from sim.report.words import rounding
from sim.report.words.phrases import listed
from sim.report.words.units import Counted
from sim.study.design.measures import COST, Measure
from sim.study.infer.beside import Asked
from sim.study.infer.compare import SAME, UNDETECTED, UNKNOWN

UNMET, SERVED = Measure("units_unmet"), Measure("fill_rate")
EVIDENCE = (
    "What might have been is the model's, and evidence for discussion, not a score of people: nobody knew then all "
    "that is written here."
)


def headline(counted: Counted) -> Measure:
    """The figure that is told first: units unmet, where those of all products add up, else the share that was met."""
    return UNMET if counted.adds_up else SERVED


def row_of(table: pd.DataFrame, option: str, measure: Measure, group: str = "") -> Mapping[str, Any] | None:
    """The row of an option and a measure, None where there is none."""
    found = table[
        (table["option"] == option) & (table["measure"] == measure.name)
        & (table["breakdown"] == measure.breakdown) & (table["group"] == group)
    ]  # fmt: skip
    rows: list[Any] = found.to_dict("records")
    return rows[0] if rows else None


def what_if_words(
    asked: Sequence[Asked], table: pd.DataFrame, frozen: Mapping[str, Frozen], counted: Counted
) -> list[str]:
    """A sentence for each counterfactual, what it would have cost, and what is not in it."""
    told = heads(asked, table, counted)
    rules = len(told) - len(asked)
    found = told[:rules]
    for head, one in zip(told[rules:], asked, strict=True):
        found += [head, f"  {cost_words(one, table, counted)}", *(f"  {line}" for line in frozen[one.name].lines())]
    return [*found, EVIDENCE]


def heads(asked: Sequence[Asked], table: pd.DataFrame, counted: Counted) -> list[str]:
    """What rules do by themselves, then what each counterfactual does: a sentence each."""
    rules = {one.against: one.rules for one in asked if one.rules}
    found = [
        f"By rule alone ({listed(titles)}), with nothing else changed: {_difference(table, rule, counted)}."
        for rule, titles in rules.items()
    ]
    for one in asked:
        beside = "" if not one.rules else f", beside what was done with the rule for {listed(one.rules)}"
        found.append(f"{one.title}{beside}: {_difference(table, one.name, counted)}.")
    return found


def _difference(table: pd.DataFrame, option: str, counted: Counted) -> str:
    """What went unmet, or was met, and how far that is apart."""
    measure = headline(counted)
    row = row_of(table, option, measure)
    assert row is not None
    what = f"{both_words(row, measure, counted)} {'unmet' if measure == UNMET else 'of demand met'} on the day"
    verdict = row["verdict"]
    if row["n"] < 2 or verdict == UNKNOWN:
        return f"{what}; one draw tells what could have been, not whether it is so"
    if verdict == SAME:
        return f"{what}: no difference in any draw"
    span = interval_words(row, measure.unit) + (" percentage points" if measure == SERVED else "")
    if verdict == UNDETECTED:
        return f"{what}; {row['n']} draws cannot tell them apart ({span})"
    return f"{what} ({span}, {row['n']} draws)"


def both_words(row: Mapping[str, Any], measure: Measure, counted: Counted) -> str:
    """Both means, as far as the interval of their difference lets one see."""
    digits = rounding.digits_of(row["low"], row["high"], measure.unit)
    unit = counted.unit(measure)
    return " in place of ".join(rounding.figure(row[name], unit, digits) for name in ("mean", "against_mean"))


def interval_words(row: Mapping[str, Any], unit: str) -> str:
    """`−1,200, 95% −1,900 to −500`: a difference and what its mean lies in; shares in percentage points."""
    times = 100 if unit == "share" else 1
    if row["difference"] != row["difference"]:
        return "–"
    digits = rounding.digits_of(row["low"], row["high"], unit)
    text = signed(times * row["difference"], digits)
    if row["low"] != row["low"] or row["low"] == row["high"]:
        return text
    return f"{text}, 95% {signed(times * row['low'], digits)} to {signed(times * row['high'], digits)}"


def signed(value: float, digits: int | None) -> str:
    """A difference with its sign."""
    text = rounding.number(value, digits)
    return text if text.startswith(rounding.MINUS) or not any(c in text for c in "123456789") else f"+{text}"


def cost_words(one: Asked, table: pd.DataFrame, counted: Counted) -> str:
    """What a counterfactual would have cost: what the run counts, and what its entry says on top."""
    row = row_of(table, one.name, Measure(COST))
    run = "not counted" if row is None else f"{interval_words(row, 'money')} {counted.currency}"
    top = "not known" if one.cost is None else rounding.figure(one.cost, counted.currency)
    return f"Cost: {run} by what a run counts (goods that never come cost nothing); on top of that: {top}."


def verdict_words(row: Mapping[str, Any], better: str) -> str:
    """What may be said of a difference."""
    if row["n"] < 2 or row["verdict"] == UNKNOWN:
        return "one draw" if row["n"] else "not measured in both"
    if row["verdict"] == SAME:
        return "= the same"
    if row["verdict"] == UNDETECTED:
        return "= not told apart"
    if not better:
        return str(row["verdict"])
    return "▼ better" if row["verdict"] == better else "▲ worse"
