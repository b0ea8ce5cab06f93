"""How well alarms warned under each option, over all draws."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from sim.report.sheets import Sheet
from sim.report.study.comparison import letters_of, words_of
from sim.study.run.run import StudyResult


def alarm_tables(result: StudyResult) -> Iterator[Sheet]:
    """For each scenario in which somebody watches a row for each alarm and strategy."""
    design, names = result.design, words_of(result.design).names
    letters = letters_of(design.strategies)
    for scenario, table in result.alarms.groupby("scenario", sort=False):
        rows = [
            (
                r["alarm"], f"{letters[r['strategy']]} {names.strategy(r['strategy'])}", f"{r['shortages']:,}",
                _with_ends(r, "warned", "warned_share", "{:.0%}"), _times(r),
                _with_ends(r, "true", "true_share", "{:.0%}"), _with_ends(r, "false", "false_a_year", "{:.1f}"),
            )
            for r in table.sort_values("alarm", kind="stable").to_dict("records")
        ]  # fmt: skip
        head = (
            "Alarm", "Strategy", "Shortages in all draws", "Announced", "Days of warning, median (quartiles)",
            "Of the alarms, came true", "False a year",
        )  # fmt: skip
        where = f" in '{names.scenario(str(scenario))}'" if len(design.scenarios) > 1 else ""
        note = (
            "In brackets the interval. What each alarm takes for a shortage, and how long before one it may rise, "
            "stands in the scenario. An alarm that led to something that averted its shortage counts as false: read "
            "its scores under a strategy that does not act on it."
        )
        title, raw = f"How well alarms warned{where}", table.to_numpy().tolist()
        yield Sheet(f"alarms-{scenario}", title, head, rows, list(map(str, table)), raw, note, 2)


def _with_ends(row: dict[Any, Any], ends: str, name: str, form: str) -> str:
    """A figure with its interval."""
    if pd.isna(row[name]):
        return "-"
    low, high = row[f"{ends}_low"], row[f"{ends}_high"]
    told = form.format(row[name])
    return told if pd.isna(low) else f"{told} ({form.format(low)} to {form.format(high)})"


def _times(row: dict[Any, Any]) -> str:
    if pd.isna(row["warning"]):
        return "-"
    return f"{row['warning']:.1f} ({row['warning_25']:.1f} to {row['warning_75']:.1f})"
