"""Where something that changes once changes: bisection over a grid, every point tried on the same draws."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from sim.errors import PlaceError
from sim.study.design.case import Case
from sim.study.design.measures import ALL, COST, ENDING, Measure, parse_measure
from sim.study.infer.intervals import share_interval
from sim.study.run.bench import Bench, Subject
from sim.units import parse_share

TARGET = re.compile(r"^\s*([a-z_]+)\s*(>=|<=)\s*(\S+)\s*$")
SPREAD = (0.05, 0.95)
SUMS = frozenset(("units_unmet", "units_lost", "units_expired", "stockout_days", "days_short", "worst_days_out"))
"""Measures that add up over days."""


@dataclass(frozen=True)
class Target:
    """A measure in all that is to be at least (`>=`) or at most (`<=`) a level."""

    measure: Measure
    sign: str
    level: float

    def met(self, values: np.ndarray) -> np.ndarray:
        """Which values meet it; one that is not defined does not."""
        return np.asarray(values >= self.level - 1e-12 if self.sign == ">=" else values <= self.level + 1e-12)

    @property
    def grows(self) -> bool:
        """Whether the measure adds up over days, so that more of them never make it less."""
        return self.measure.name in SUMS

    def __str__(self) -> str:
        return f"{self.measure.name} {self.sign} {self.level:g}"


def parse_target(text: str) -> Target:
    """The target in a text such as `fill_rate>=98%`; raises PlaceError with what was expected."""
    found = TARGET.match(text)
    expected = "a measure, >= or <=, and a level, such as fill_rate>=0.98 or units_unmet<=0"
    if not found:
        raise PlaceError((), "not a target", text, expected)
    name, sign, level = found.groups()
    measure = parse_measure(name)
    try:
        return Target(measure, sign, parse_share(level) if level.endswith("%") else float(level))
    except ValueError:
        raise PlaceError((), "not a level", level, expected) from None


def first_true(test: Callable[[int], bool], low: int, high: int) -> int:
    """Smallest whole number in (low, high] from which `test` is true, where it is false at low and true at high."""
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if test(middle) else (middle, high)
    return high


@dataclass(frozen=True)
class ShortPoint:
    """A number that was tried, with so many of its draws still short at the end."""

    number: int
    short: int
    draws: int


@dataclass
class Trials:
    """A scenario tried with one value changed: `setting` makes the overrides of a whole number."""

    subject: Subject
    target: Target
    share: float
    setting: Callable[[int], Mapping[str, Any]]
    bench: Bench
    _rows: dict[int, dict[str, float]] = field(default_factory=dict)
    _cases: dict[int, Case] = field(default_factory=dict)

    def met(self, number: int) -> bool:
        """Whether the target is met in at least `share` of the replications."""
        return self.tried(number)["share"] >= self.share - 1e-12

    def tried(self, number: int) -> dict[str, float]:
        """value, share of replications that meet the target, means of the measure and of cost.

        Nine draws of ten lie between low and high; share_low and share_high are a 95 % interval for the share.
        """
        if number not in self._rows:
            measures = list(dict.fromkeys([self.target.measure, Measure(COST), *ENDING]))
            self._cases[number] = self.subject.changed(self.setting(number)).case(measures, str(number))
            rows = self.bench.rows([self._cases[number]])
            rows = rows[rows["breakdown"] == ALL]
            values = rows.loc[rows["measure"] == self.target.measure.name, "value"].to_numpy(dtype=float)
            met, known = self.target.met(values), values[~np.isnan(values)]
            low, high = np.quantile(known, SPREAD) if len(known) else (np.nan, np.nan)
            share_low, share_high = share_interval(int(met.sum()), len(met))
            self._rows[number] = {
                "value": number, "share": float(met.mean()),
                self.target.measure.name: float(known.mean()) if len(known) else np.nan,
                COST: float(rows.loc[rows["measure"] == COST, "value"].mean()), "n": len(values),
                "low": float(low), "high": float(high), "share_low": share_low, "share_high": share_high,
            }  # fmt: skip
        return self._rows[number]

    def short_at(self, *numbers: int) -> tuple[ShortPoint, ...]:
        """Of the numbers that decide an answer those with too many draws still short at the end, where to run on could
        change it: a sum of which too much is there already only grows."""
        open_ones = [n for n in numbers if self.met(n) or not (self.target.sign == "<=" and self.target.grows)]
        if not open_ones:
            return ()
        table = self.bench.endings([self._cases[number] for number in open_ones])
        short = table[~table["settled"].astype(bool)]
        return tuple(ShortPoint(int(r["variant"]), int(r["short"]), int(r["draws"])) for r in short.to_dict("records"))

    @property
    def table(self) -> pd.DataFrame:
        """Everything tried, in order of the number."""
        return pd.DataFrame([self._rows[number] for number in sorted(self._rows)])

    def monotone(self, rising: bool) -> bool:
        """Whether the share never falls (or never rises) with the number, as far as tried; bisection supposes it."""
        steps = np.diff(self.table["share"].to_numpy())
        return bool((steps >= -1e-12).all() if rising else (steps <= 1e-12).all())
