"""Paired differences in words: a sentence for each, or a few words in a table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from string import ascii_uppercase
from typing import Any

import pandas as pd

from sim.report.words.names import Names, names_in
from sim.report.words.phrases import plural
from sim.report.words.rounding import MINUS, bare, digits_of, size
from sim.report.words.units import Counted, counted
from sim.study.design.design import Design
from sim.study.design.measures import ALL, LINE, Measure
from sim.study.infer.compare import SAME, UNDETECTED, UNKNOWN


@dataclass(frozen=True)
class Words:
    """What the figures of a study are told with: the names to show, and in what they are counted."""

    names: Names
    counted: Counted


PLAIN = Words(Names(), Counted("", {}))
"""Names as files have them, and units of any kind."""


def words_of(design: Design) -> Words:
    """The names and units of a study."""
    return Words(names_in(design), counted(one.spec for one in design.loaded.values()))


def sentence(row: dict[str, Any], words: Words = PLAIN) -> str:
    """A row of the comparisons table as a sentence."""
    measure, names = Measure(row["measure"], row["breakdown"]), words.names
    name, other = names.strategy(row["strategy"]), names.strategy(row["against"])
    only = len(names.scenarios) == 1  # which then need not be said
    where = [] if only else [names.scenario(row["scenario"])]
    where += [_group(measure, row["group"], names)] if measure.breakdown != ALL else []
    what = f"{measure.label.lower() if where else measure.label} under '{name}' against '{other}': "
    head = f"{', '.join(where)}: {what}" if where else what
    if row["verdict"] in (SAME, UNKNOWN):
        return f"{head}{row['verdict']}."
    unit, draws = words.counted.unit(measure, row["group"]), plural(row["n"], "draw")
    digits = digits_of(row["low"], row["high"], unit)
    if row["verdict"] == UNDETECTED:
        ends = [ahead(row[end], unit, digits, "more", "less") for end in ("low", "high")]
        return f"{head}{undetected(row)} in {draws} (it lies between {ends[0]} and {ends[1]})."
    told = f"{head}{size(row['difference'], unit, digits)} {row['verdict']}"
    if row["method"] == "exact":
        return f"{told} in every draw."
    low, high = (bare(size(end, unit, digits), unit) for end in sorted((row["low"], row["high"]), key=abs))
    return f"{told} ({low} to {high}, from {draws})."


def _group(measure: Measure, group: str, names: Names) -> str:
    return group if measure.breakdown == LINE else names.group(measure.breakdown, group)


def undetected(row: dict[str, Any]) -> str:
    """No difference in words; by itself its interval may leave out zero, when it is one of many comparisons."""
    alone = row["low"] * row["high"] > 0
    return f"{UNDETECTED} once it is counted how many were looked for" if alone else UNDETECTED


def ahead(value: float, unit: str, digits: int | None, above: str, below: str) -> str:
    """A difference with a word for its sign; what is rounded away is nothing."""
    text = size(value, unit, digits)
    nothing = not any(digit in text for digit in "123456789")
    return "nothing" if nothing else f"{text} {above if value > 0 else below}"


def sentences(comparisons: pd.DataFrame, words: Words = PLAIN) -> list[str]:
    """A sentence for each row of a comparisons table."""
    return [sentence(row, words) for row in records(comparisons)]


def difference_words(row: dict[str, Any], measure: Measure, words: Words) -> str:
    """A paired difference in a few words, with its interval, without its unit."""
    if row["verdict"] in (SAME, UNKNOWN):
        return str(row["verdict"])
    unit = words.counted.unit(measure, row["group"])
    digits = digits_of(row["low"], row["high"], unit)

    def told(value: float) -> str:
        return size(value, unit, digits).replace("percentage points", "points").removesuffix(f" {unit}")

    if row["verdict"] == UNDETECTED:
        ends = [f"{MINUS if row[end] < 0 else '+'}{told(row[end])}" for end in ("low", "high")]
        return f"{undetected(row)} ({ends[0]} to {ends[1]})"
    found = f"{told(row['difference'])} {row['verdict']}"
    if row["method"] == "exact":
        return f"{found} (in every draw)"
    low, high = sorted((row["low"], row["high"]), key=abs)
    return f"{found} ({told(low)} to {told(high)})"


def records(table: pd.DataFrame, **conditions: object) -> list[dict[str, Any]]:
    """Rows of a table with some values, as mappings."""
    for column, value in conditions.items():
        table = table[table[column] == value]
    return [{str(key): value for key, value in row.items()} for row in table.to_dict("records")]


def quoted(names: Iterable[str]) -> list[str]:
    """Names in the middle of a sentence."""
    return [f"'{name}'" for name in names]


def letters_of(strategies: Sequence[str]) -> dict[str, str]:
    """Strategy -> a letter, or two, that stands for it in pictures."""
    names = [*ascii_uppercase, *(a + b for a in ascii_uppercase for b in ascii_uppercase)]
    return dict(zip(strategies, names, strict=False))
