"""The smallest reserve that meets a service target, and the best split of a budget over several reserves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import comb

import numpy as np
import pandas as pd

from sim.metrics.cost import first_fill
from sim.study.bench import Bench, Subject
from sim.study.intervals import interval
from sim.study.measures import COST, Measure
from sim.study.threshold import Target, Trials, first_true

MOST_SPLITS = 400


@dataclass(frozen=True)
class Smallest:
    """`days` of the members' usual demand, or None where even the largest size tried does not meet the target.

    `tried` has a row for each size: value (days), share of replications that meet the target, means, and `first_cost`:
    what setting the reserve up costs. `monotone`: whether more was never worse among the sizes tried.
    """

    days: int | None
    tried: pd.DataFrame
    monotone: bool


def size_of(reserve: str, days: float) -> dict[str, str]:
    """The override that gives a reserve a size in days of its members' usual demand."""
    return {f"reserves.{reserve}.size": f"{days:g}d"}


def smallest_reserve(subject: Subject, reserve: str, target: Target, share: float, most: int, bench: Bench) -> Smallest:
    """Bisection over whole days from 0 to `most`, on the same draws.

    Raises ScenarioError where the scenario has no such reserve.
    """
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
    return Smallest(found, table, trials.monotone(rising=True))


def cost_per_day(subject: Subject, reserve: str) -> float:
    """What a day's worth of a reserve costs to set up, in the scenario's currency."""
    hundred, none = (first_fill(subject.changed(size_of(reserve, days)).plan) for days in (100, 0))
    return (hundred - none) / 100


def splits(parts: int, shares: int) -> Iterator[tuple[int, ...]]:
    """Every way to give `parts` equal parts to so many shares."""
    if shares == 1:
        yield (parts,)
        return
    for mine in range(parts + 1):
        for rest in splits(parts - mine, shares - 1):
            yield (mine, *rest)


def best_split(
    subject: Subject, reserves: Sequence[str], budget: float, parts: int, measure: Measure, bench: Bench
) -> pd.DataFrame:
    """Every split of a budget for first purchase over reserves, in `parts` equal parts; the best mean first.

    One row per split: a column of days for each reserve, mean of the measure with its interval, mean cost, and
    `behind`: how much worse than the best, with its interval on the same draws. Every other reserve stays as it is.
    Raises ValueError where there are too many splits, or a measure has no better side.
    """
    number = comb(parts + len(reserves) - 1, parts)
    if number > MOST_SPLITS:
        raise ValueError(f"{number} splits are too many (at most {MOST_SPLITS}); take fewer parts or reserves")
    if not measure.better:
        raise ValueError(f"neither more nor less of '{measure.name}' is better")
    price = [cost_per_day(subject, name) for name in reserves]
    chosen = list(splits(parts, len(reserves)))
    days = np.array(chosen) * (budget / parts) / np.array(price)
    cases = []
    for row in days:
        settings = {
            path: value for name, d in zip(reserves, row, strict=True) for path, value in size_of(name, d).items()
        }
        cases.append(subject.changed(settings).case([measure, Measure(COST)]))
    cases = [replace(case, labels=(*case.labels[:2], str(k))) for k, case in enumerate(cases)]
    harm, cost = bench.values(cases, measure), bench.values(cases, Measure(COST))
    sign = 1 if measure.better == "lower" else -1
    order = np.argsort(sign * harm.mean(axis=1), kind="stable")
    rows = []
    for k in order.tolist():
        mean, behind = interval(harm[k], bca=False), interval(sign * (harm[k] - harm[order[0]]), bca=False)
        rows.append(
            {f"days of {name}": float(d) for name, d in zip(reserves, days[k], strict=True)}
            | {measure.name: mean.mean, "low": mean.low, "high": mean.high, COST: float(cost[k].mean())}
            | {"behind": behind.mean, "behind_low": behind.low, "behind_high": behind.high}
        )
    return pd.DataFrame(rows)
