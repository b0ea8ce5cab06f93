"""What a study found, in words: one sentence for each comparison, and a summary."""

from __future__ import annotations

from typing import Any

import pandas as pd

from sim.report.words.words import shown_value
from sim.study.design.measures import ALL, Measure
from sim.study.infer.compare import SAME, UNDETECTED, UNKNOWN
from sim.study.infer.ranking import Selection
from sim.study.run.run import StudyResult


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


def summary(result: StudyResult) -> list[str]:
    """Lines with the comparisons in all, which strategy is best, and how precise that is."""
    found = result.comparisons
    lines = [result.design.spec.title, ""]
    lines += sentences(found[found["breakdown"] == ALL]) if len(found) else []
    lines += [_best(result, scenario, selection) for scenario, selection in result.selection.items()]
    return [
        *lines,
        f"{result.number} replications of each scenario and strategy{_precision(result)}.{_missing(result)}",
    ]


def _missing(result: StudyResult) -> str:
    """How many draws are not there, where some failed: figures are told of the others."""
    counts = result.replications.groupby(["scenario", "strategy"], observed=True)["replication"].nunique().reset_index()
    lacking = [
        f"{row['replication']} of '{row['strategy']}' in '{row['scenario']}'"
        for row in counts.to_dict("records") if row["replication"] < result.number
    ]  # fmt: skip
    return f" Some failed: there are {', '.join(lacking)}." if lacking else ""


def _precision(result: StudyResult) -> str:
    if not result.design.spec.replications.until:
        return ""
    return ", as precise as asked" if result.precise else "; the precision asked for was not reached"


def _best(result: StudyResult, scenario: str, selection: Selection) -> str:
    asked, names = result.design.spec.best, result.design.strategies
    assert asked is not None
    question = f"{scenario}, {Measure(asked.measure).label.lower()}: "
    if selection.best is None:
        rest = ", ".join(names[position] for position in selection.left)
        return f"{question}not decided which is best; in question are {rest}."
    return f"{question}'{names[selection.best]}' is best, with a confidence of {asked.confidence:.0%} (Kim and Nelson)."
