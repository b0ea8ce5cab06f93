"""How much of something each strategy is worth, in days, as read off the study's ladder."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pandas as pd

from sim.report.sheets import Sheet
from sim.report.study.comparison import letters_of, words_of
from sim.report.words.phrases import plural
from sim.report.words.rounding import figure
from sim.study.design.measures import Measure
from sim.study.run.run import StudyResult


def worth_words(result: StudyResult) -> Iterator[str]:
    """A sentence for each scenario and strategy, and what each difference between two of them comes to."""
    asked, names = result.design.spec.worth, words_of(result.design).names
    if asked is None:
        return
    least = min(asked.ladder, key=lambda name: asked.ladder[name])
    others = [name for name in result.design.strategies if name not in asked.ladder]
    following = {name: names.strategy(other) for name, other in pairwise(others)}
    several = len(result.design.scenarios) > 1
    for row in result.worth.to_dict("records"):
        where = f"In '{names.scenario(row['scenario'])}' " if several else ""
        yield (
            f"{where}'{names.strategy(row['strategy'])}' does as well as '{names.strategy(least)}' would with "
            f"{_days(row, asked.ladder)} in the place of "
            f"{plural(asked.ladder[least], 'day')} ({Measure(asked.measure).label.lower()}, mean)."
        ) + _ahead(row, following.get(row["strategy"]))


def worth_tables(result: StudyResult) -> Iterator[Sheet]:
    """A row for each strategy and scenario."""
    asked, words = result.design.spec.worth, words_of(result.design)
    if asked is None or result.worth.empty:
        return
    letters, measure = letters_of(result.design.strategies), Measure(asked.measure)
    rows = [
        (
            words.names.scenario(row["scenario"]),
            f"{letters[row['strategy']]} {words.names.strategy(row['strategy'])}",
            figure(row["mean"], words.counted.unit(measure)),
            _days(row, asked.ladder), _with_ends(row, "ahead", "ahead_"),
        )
        for row in result.worth.to_dict("records")
    ]  # fmt: skip
    head = ("Scenario", "Strategy", f"{measure.label} (mean)", "As good as", "Ahead of the next by")
    rungs = ", ".join(f"{words.names.strategy(name)} {days:g}" for name, days in asked.ladder.items())
    note = f"Read off the line through the ladder ({rungs} days), on the same draws; in brackets the interval."
    raw = result.worth.to_numpy().tolist()
    yield Sheet("worth", "How much each is worth", head, rows, list(map(str, result.worth)), raw, note, 2)


def _days(row: dict[Any, Any], ladder: dict[str, float]) -> str:
    """Days with their interval; beyond the ladder only on which side."""
    if not row["within"]:
        last = max(ladder.values())
        return f"more than {plural(last, 'day')}" if row["days"] >= last else f"less than {plural(row['days'], 'day')}"
    return _with_ends(row, "days", "")


def _ahead(row: dict[Any, Any], following: str | None) -> str:
    """By how much it is ahead of the strategy that follows; empty where none does."""
    if following is None or pd.isna(row["ahead"]):
        return ""
    return f" That is {_with_ends(row, 'ahead', 'ahead_')} more than under '{following}'."


def _with_ends(row: dict[Any, Any], name: str, ends: str) -> str:
    """Days with their interval."""
    if pd.isna(row[name]):
        return "-"
    told = f"{row[name]:.1f} days"
    low, high = row[f"{ends}low"], row[f"{ends}high"]
    return told if pd.isna(low) else f"{told} ({low:.1f} to {high:.1f})"
