"""Tipping points: how far a value may go until a target is no longer met."""

from __future__ import annotations

import math
from dataclasses import dataclass

import pandas as pd

from sim.study.bench import Bench, Subject
from sim.study.parameter import Parameter
from sim.study.threshold import Target, Trials, first_true


@dataclass(frozen=True)
class Tipping:
    """`met_at_low` and `met_at_high`: whether the target is met at the bounds. Where only one is, the answer changes
    between `before` and `after`, neighbours on the grid of whole steps. `tried` has a row for each point."""

    met_at_low: bool
    met_at_high: bool
    before: float | None
    after: float | None
    tried: pd.DataFrame


def tipping_point(subject: Subject, varied: Parameter, target: Target, share: float, bench: Bench) -> Tipping:
    """Bisection between the parameter's bounds in whole steps of its unit, on the same draws.

    Raises ScenarioError where a value between the bounds does not make a scenario.
    """
    low, high = math.ceil(varied.low), math.floor(varied.high)
    bench = bench.stages(2 + math.ceil(math.log2(max(2, high - low))))
    trials = Trials(subject, target, share, lambda value: {varied.path: varied.written(value)}, bench)
    at_low, at_high = trials.met(low), trials.met(high)
    if at_low == at_high:
        return Tipping(at_low, at_high, None, None, trials.table)
    after = first_true(lambda value: trials.met(value) != at_low, low, high)
    return Tipping(at_low, at_high, after - 1, after, trials.table)
