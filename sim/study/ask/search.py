"""The smallest reserve that meets a service target."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import pandas as pd

from sim.metrics.cost import first_fill
from sim.study.infer.threshold import ShortPoint, Target, Trials, first_true
from sim.study.run.bench import Bench, Subject


@dataclass(frozen=True)
class Smallest:
    """`days` of the members' usual demand, or None where even the largest size tried does not meet the target.

    `tried` has a row for each size: value (days), share of replications that meet the target, means, and `first_cost`:
    what setting the reserve up costs. `monotone`: whether more was never worse among the sizes tried.
    """

    days: int | None
    tried: pd.DataFrame = field(repr=False)
    monotone: bool
    short: tuple[ShortPoint, ...] = ()
    """sizes that decide the answer, of which too many draws are still short at the end"""


def size_of(reserve: str, days: float) -> dict[str, str]:
    """The override that gives a reserve a size in days of its members' usual demand."""
    return {f"reserves.{reserve}.size": f"{days:g}d"}


def smallest_reserve(subject: Subject, reserve: str, target: Target, share: float, most: int, bench: Bench) -> Smallest:
    """Bisection over whole days from 0 to `most`, on the same draws.

    Raises ScenarioError where the scenario has no such reserve.
    """
    bench = bench.stages(2 + math.ceil(math.log2(max(2, most))))
    trials = Trials(subject, target, share, lambda days: size_of(reserve, days), bench)
    if trials.met(0):
        found: int | None = 0
    elif not trials.met(most):
        found = None
    else:
        found = first_true(trials.met, 0, most)
    table = trials.table
    per_day = cost_per_day(subject, reserve)
    table["first_cost"] = table["value"] * per_day
    deciding = [most] if found is None else [size for size in (found - 1, found) if size >= 0]
    return Smallest(found, table, trials.monotone(rising=True), trials.short_at(*deciding))


def cost_per_day(subject: Subject, reserve: str) -> float:
    """What a day's worth of a reserve costs to set up, in the scenario's currency."""
    hundred, none = (first_fill(subject.changed(size_of(reserve, days)).plan) for days in (100, 0))
    return (hundred - none) / 100
