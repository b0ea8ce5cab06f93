"""The cases with known answers: their figures and tolerances, and the account of which test holds which.

A test says with `@pytest.mark.case(name, *metrics)` what it holds (without metrics: all of the case) and measures it
with the fixture `case`, which fails where something that was promised is not measured. A property that a case states in
words is held by `@pytest.mark.rule(name, beginning of the words)`.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

DATA = Path(__file__).parent / "data"
LATER: dict[str, str] = {}
"""Cases that the model cannot express yet, and what it would need."""
LISTS = ("rows", "rules")


def _parts(metrics: dict[str, Any]) -> dict[str, Any]:
    """Metrics by name; lists of rows or rules become one metric an entry, so that none can be left out."""
    parts = {}
    for name, entry in metrics.items():
        if name in LISTS and isinstance(entry["expected"], list):
            for k, value in enumerate(entry["expected"]):
                parts[f"{name}[{k}]"] = entry | {"expected": value}
        else:
            parts[name] = entry
    return parts


def read_cases() -> dict[str, dict[str, Any]]:
    """Case -> metric -> its entry: what is expected, and how exactly."""
    cases = json.loads((DATA / "expected.json").read_text(encoding="utf-8"))["cases"]
    return {case["id"]: _parts(case["metrics"]) for case in cases}


CASES = read_cases()


def in_words(entry: dict[str, Any]) -> bool:
    """Whether a metric states a property instead of a figure."""
    return isinstance(entry["expected"], str)


def printed(value: float) -> float:
    """Half of the last digit: the file prints ten significant ones."""
    return 0.0 if value == int(value) else 0.5 * 10.0 ** (math.floor(math.log10(abs(value))) - 9)


class Case:
    """One case inside one test: holds what was measured against what is expected."""

    def __init__(self, name: str, promised: tuple[str, ...] = ()) -> None:
        known = [metric for metric, entry in CASES[name].items() if not in_words(entry)]
        unknown = set(promised) - set(known)
        assert not unknown, f"{name} has no {sorted(unknown)}, but {known}"
        self.name = name
        self.open = set(promised or known)

    def expected(self, metric: str) -> Any:
        """What the case says."""
        return CASES[self.name][metric]["expected"]

    def check(self, measured: dict[str, Any], days: int = 0) -> None:
        """Hold figures to the case's own tolerance; `days` are the measured days T of a long-run average."""
        for metric, value in measured.items():
            entry = CASES[self.name][metric]
            self._compare(metric, value, entry["expected"], entry, days)
            self.open.discard(metric)

    def accept(self, metric: str, holds: bool, found: Any) -> None:
        """A metric whose tolerance is told in words; `found` is shown where it does not hold."""
        assert holds, f"{self.name} {metric}: {found} where {CASES[self.name][metric]} is expected"
        self.open.discard(metric)

    def _compare(self, metric: str, value: Any, target: Any, entry: dict[str, Any], days: int) -> None:
        if isinstance(target, dict):
            for key, part in target.items():
                self._compare(f"{metric} {key}", value[key], part, entry, days)
        elif isinstance(target, list):
            assert len(value) == len(target), f"{self.name} {metric}: {len(value)} values where {len(target)} are due"
            for k, part in enumerate(target):
                self._compare(f"{metric}[{k}]", value[k], part, entry, days)
        elif isinstance(target, int | float) and not isinstance(target, bool):
            allowed = self._allowed(target, entry, days)
            assert abs(value - target) <= allowed, f"{self.name} {metric}: {value} where {target} +- {allowed} is due"
        else:
            assert value == target, f"{self.name} {metric}: {value} where {target} is due"

    @staticmethod
    def _allowed(target: float, entry: dict[str, Any], days: int) -> float:
        if "asym_sd" in entry:
            return float(max(1e-9, 4 * entry["asym_sd"] / math.sqrt(days)))
        allowed = entry["tol_rel"] * abs(target) if "tol_rel" in entry else entry["tol_abs"]
        return float(max(allowed, printed(target)))


def held(item: pytest.Item) -> set[tuple[str, str]]:
    """(case, metric) pairs that a test promises to hold; raises ValueError for what no case has."""
    found = set()
    for mark in item.iter_markers("case"):
        assert "case" in getattr(item, "fixturenames", ()), f"{item.nodeid} promises a case and measures nothing"
        name, *metrics = mark.args
        found |= {(name, metric) for metric in Case(name, tuple(metrics)).open}
    for mark in item.iter_markers("rule"):
        name, beginning = mark.args
        rules = [m for m, entry in CASES[name].items() if in_words(entry) and entry["expected"].startswith(beginning)]
        if len(rules) != 1:
            raise ValueError(f"{item.nodeid}: {len(rules)} rules of {name} begin with '{beginning}'")
        found.add((name, rules[0]))
    return found
