"""Paired differences in words: a sentence for each, or a few words in a table."""

from __future__ import annotations

from typing import Any

import pandas as pd

from sim.report.words.words import shown_value
from sim.study.design.measures import Measure
from sim.study.infer.compare import SAME, UNDETECTED, UNKNOWN


def amount(value: float, unit: str) -> str:
    """The size of a difference: shares in percentage points, money and units as counts."""
    if unit == "share":
        return f"{abs(value) * 100:.4g} percentage points"
    return shown_value(abs(value), "days" if unit == "day" else "" if unit == "money" else unit).strip()


def sentence(row: dict[str, Any]) -> str:
    """A row of the comparisons table as a sentence."""
    measure = Measure(row["measure"], row["breakdown"])
    where = f"{row['scenario']}{', ' + row['group'] if row['group'] else ''}"
    head = f"{where}: {measure.label.lower()} under '{row['strategy']}' against '{row['against']}': "
    if row["verdict"] in (SAME, UNKNOWN):
        return f"{head}{row['verdict']}."
    low, high = sorted((row["low"], row["high"]), key=abs)
    if row["verdict"] == UNDETECTED:
        span = f"it lies between {_signed(row['low'], measure.unit)} and {_signed(row['high'], measure.unit)}"
        return f"{head}{undetected(row)} in {row['n']} replications ({span})."
    size = f"{head}{amount(row['difference'], measure.unit)} {row['verdict']}"
    if row["method"] == "exact":
        return f"{size} in every replication."
    return f"{size} (between {amount(low, measure.unit)} and {amount(high, measure.unit)})."


def undetected(row: dict[str, Any]) -> str:
    """No difference in words; by itself its interval may leave out zero, when it is one of many comparisons."""
    alone = row["low"] * row["high"] > 0
    return f"{UNDETECTED} once it is counted how many were looked for" if alone else UNDETECTED


def _signed(value: float, unit: str) -> str:
    return f"{amount(value, unit)} {'more' if value > 0 else 'less'}" if value else "nothing"


def sentences(comparisons: pd.DataFrame) -> list[str]:
    """A sentence for each row of a comparisons table."""
    rows = comparisons.to_dict("records")
    return [sentence({str(key): value for key, value in row.items()}) for row in rows]


def difference_words(row: dict[str, Any], measure: Measure) -> str:
    """A paired difference in a few words, with its interval."""
    if row["verdict"] in (SAME, UNKNOWN):
        return str(row["verdict"])
    unit = measure.unit
    if row["verdict"] == UNDETECTED:
        ends = [f"{'−' if row[end] < 0 else '+'}{_bare_amount(row[end], unit)}" for end in ("low", "high")]
        return f"{undetected(row)} ({ends[0]} to {ends[1]})"
    size = f"{_bare_amount(row['difference'], unit)} {row['verdict']}"
    if row["method"] == "exact":
        return f"{size} (in every draw)"
    low, high = sorted((row["low"], row["high"]), key=abs)
    return f"{size} ({_bare_amount(low, unit)} to {_bare_amount(high, unit)})"


def _bare_amount(value: float, unit: str) -> str:
    return amount(value, unit).replace("percentage points", "points").removesuffix(unit).strip()
