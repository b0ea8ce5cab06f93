"""Tipping points: how far a value may go until a target is no longer met."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from sim.study.design.parameter import Parameter
from sim.study.infer.threshold import ShortPoint, Target, Trials, first_true
from sim.study.run.bench import Bench, Subject


@dataclass(frozen=True)
class Tipping:
    """`met_at_low` and `met_at_high`: whether the target is met at the bounds. Where only one is, the answer changes
    between `before` and `after`, neighbours on the grid of whole steps. `tried` has a row for each point; `need` is the
    share of the draws that must meet the target."""

    met_at_low: bool
    met_at_high: bool
    before: float | None
    after: float | None
    tried: pd.DataFrame = field(repr=False)
    need: float
    short: tuple[ShortPoint, ...] = ()
    """points that decide the answer, of which too many draws are still short at the end"""

    @property
    def undecided(self) -> list[float]:
        """The bounds at which so few draws do not tell whether the target is met often enough."""
        ends = self.tried.iloc[[0, -1]]
        return [
            float(row["value"])
            for row in ends.to_dict("records")
            if row["share_low"] < self.need - 1e-12 and row["share_high"] >= self.need
        ]

    @property
    def unsure(self) -> tuple[float, float]:
        """Between which values the answer changes as far as so few draws can tell: there the share's 95 % interval
        holds the share asked for. The bounds where they decide nothing."""
        value, tried = self.tried["value"], self.tried
        met, missed = tried["share_low"] >= self.need, tried["share_high"] < self.need
        below, above = (met, missed) if self.met_at_low else (missed, met)
        low = value[below & (value <= self.before)].max() if self.before is not None else np.nan
        high = value[above & (value >= self.after)].min() if self.after is not None else np.nan
        return (float(value.min() if np.isnan(low) else low), float(value.max() if np.isnan(high) else high))


def tipping_point(subject: Subject, varied: Parameter, target: Target, share: float, bench: Bench) -> Tipping:
    """Bisection between the parameter's bounds in whole steps of its unit, on the same draws.

    Raises ScenarioError where a value between the bounds does not make a scenario.
    """
    low, high = math.ceil(varied.low), math.floor(varied.high)
    bench = bench.stages(2 + math.ceil(math.log2(max(2, high - low))))
    trials = Trials(subject, target, share, lambda value: {varied.path: varied.written(value)}, bench)
    at_low, at_high = trials.met(low), trials.met(high)
    if at_low == at_high:
        return Tipping(at_low, at_high, None, None, trials.table, share, trials.short_at(low, high))
    after = first_true(lambda value: trials.met(value) != at_low, low, high)
    return Tipping(at_low, at_high, after - 1, after, trials.table, share, trials.short_at(after - 1, after))
