"""How much of a spread is luck, how much not knowing, and what matters most, in the words that may be concluded."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from sim.report.words.phrases import plural
from sim.study.design.measures import Measure
from sim.study.infer.variance import CONFIDENCE

LITTLE = 0.1
"""Of the variance: what lies below it is called hardly any."""


def luck_words(variance: pd.DataFrame, measure: Measure, name: str = "") -> Iterator[str]:
    """How much of a measure's spread is luck; `variance` has its rows of one scenario and strategy.

    `name` is put before the measure where several scenarios are told of.
    """
    what = f"{name}{measure.label.lower()}"
    rows = variance[variance["measure"] == measure.name]
    if rows.empty:
        yield f"{what[:1].upper()}{what[1:]}: no draw differs from another, neither by luck nor by what is not known."
        return
    row = rows.to_dict("records")[0]
    draws = f"{row['draws']} draws of what is not known, each by two of luck"
    if not row["told"]:
        between = "" if math.isnan(row["share"]) else f" (not knowing: {_between(row)})"
        asked = f"How much of the spread of {what} is luck and how much is not knowing"
        yield f"{asked} cannot be told from {draws}{between}; more draws would tell."
        return
    if row["high"] < LITTLE:
        told = "nearly all of the spread is luck, and hardly any comes from what is not known"
    elif row["low"] > 1 - LITTLE:
        told = "nearly all of the spread comes from what is not known, and hardly any is luck"
    else:
        told = f"{row['share']:.0%} of the spread comes from what is not known, the rest is luck"
    sure = f"not knowing: {_between(row)} of the variance with {CONFIDENCE:.0%} confidence, from {draws}"
    yield f"{what[:1].upper()}{what[1:]}: {told} ({sure})."


def drawn_words(draws: int, unknowns: int, more: bool = False) -> list[str]:
    """What so few draws tell, and by what they differ, where each has values of its own of `unknowns` figures (and,
    with `more`, of sites)."""
    what = plural(unknowns, "figure") + (" that is not known" if unknowns == 1 else " that are not known")
    drawn = " and ".join([what] * (unknowns > 0) + ["how sites differ"] * more)
    if draws == 1:
        own = f" (of luck, and of {drawn})" if drawn else ""
        return [f"One draw{own} tells what could happen, not how often; more draws (-n) tell more."]
    return [f"The {draws} draws differ by luck, and by {drawn}."] if drawn else []


def matters_words(unknowns: pd.DataFrame, measure: Measure, names: Mapping[str, str]) -> Iterator[str]:
    """Which unknown a measure follows most, as far as it can be told; `names` are their words."""
    rows = unknowns[unknowns["measure"] == measure.name].to_dict("records")
    if len(rows) < 2:
        return
    first = next((row for row in rows if row["first"]), None)
    if first is None:
        what = f"for {measure.label.lower()} cannot be told from so few draws"
        yield f"Which of the {len(rows)} unknowns matters most {what}."
        return
    name = names.get(first["unknown"], first["unknown"])
    if first["told"]:
        share = f"{first['share']:.0%} of what differs by not knowing goes with it alone ({_between(first)})"
    else:
        share = f"how much of what differs goes with it cannot be told from so few draws ({_between(first)})"
    yield f"What matters most for {measure.label.lower()} is the {name}: {share}."


def _between(row: Mapping[Any, Any]) -> str:
    return f"{row['low']:.0%} to {row['high']:.0%}"
