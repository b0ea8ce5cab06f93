"""What a study's rows say: each strategy by itself, paired differences, which is best, and regret over scenarios.

Every function takes the rows of a study as a table (columns of `sim.study.run.task.ROWS`) and gives a table.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from sim.metrics.resilience import conditional_value_at_risk, value_at_risk
from sim.study.design.measures import ALL, Measure
from sim.study.infer.intervals import Interval, holm, interval, next_below
from sim.study.infer.ranking import Selection, kim_nelson, probability_best
from sim.study.infer.spread import enough

SAME = "no difference at all"
UNDETECTED = "no detectable difference"
UNKNOWN = "too few replications to say"
COLUMN = ["scenario", "measure", "breakdown", "group"]


def blocks(rows: pd.DataFrame, strategies: Sequence[str]) -> Iterator[tuple[tuple[str, ...], pd.DataFrame]]:
    """((scenario, measure, breakdown, group), values) in the order of the rows; values are replications x strategies.

    A replication that lacks some strategy's row, or a figure that is not defined, is NaN.
    """
    for labels, part in rows.groupby(COLUMN, sort=False, observed=True):
        values = part.pivot(index="replication", columns="strategy", values="value")
        assert isinstance(labels, tuple)
        yield tuple(str(label) for label in labels), values.reindex(columns=list(strategies)).sort_index()


def summarise(rows: pd.DataFrame, strategies: Sequence[str], confidence: float, tail: float) -> pd.DataFrame:
    """One row per scenario, measure, group and strategy: mean with its interval, spread, twin, and the tail.

    `var` is the level that outcomes stay on the good side of with probability `tail`, `cvar` the mean beyond it (losses
    are high values, or low ones where higher is better); NaN from draws of which not even one lies there.
    """
    twins = rows.groupby([*COLUMN, "strategy"], sort=False, observed=True)["twin"].mean()
    found = []
    for labels, values in blocks(rows, strategies):
        sign = -1.0 if Measure(labels[1], labels[2]).better == "higher" else 1.0
        for name in strategies:
            x = values[name].dropna().to_numpy()
            i = interval(x, confidence, bca=False)
            entry = dict(zip(COLUMN, labels, strict=True)) | {
                "strategy": name, "n": i.n, "left_out": len(values) - i.n, "mean": i.mean, "low": i.low, "high": i.high,
                "method": i.method, "sd": i.sd, "twin_mean": twins.get((*labels, name), np.nan),
                "var": sign * value_at_risk(sign * x, tail) if reaches(i.n, tail) else np.nan,
                "cvar": sign * conditional_value_at_risk(sign * x, tail) if reaches(i.n, tail) else np.nan,
            }  # fmt: skip
            found.append(entry)
    return pd.DataFrame(found)


def draws_for(tail: float) -> int:
    """Fewest draws of which one lies in the tail: ten for the worst 10 %."""
    return math.ceil(1 / (1 - tail) - 1e-9)


def reaches(draws: int, tail: float) -> bool:
    """Whether so many draws have one in the tail."""
    return draws >= draws_for(tail)


def compare(
    rows: pd.DataFrame, strategies: Sequence[str], pairs: Sequence[tuple[str, str]], confidence: float
) -> pd.DataFrame:
    """One row per scenario, measure, group and pair of strategies: the paired difference and what may be said of it.

    `difference` is strategy minus `against`, replication by replication on the same draws. `low` and `high` are the
    headline interval (`method`), `t_low` … `bca_high` the ends of Student's and BCa; `p_holm` is adjusted for all
    comparisons of one measure and breakdown, and decides the `verdict`. `independent_ratio` is the variance of the
    difference divided by what it would be on independent draws.
    """
    found = []
    for labels, values in blocks(rows, strategies):
        for name, other in pairs:
            both = values[[name, other]].dropna()
            i = interval((both[name] - both[other]).to_numpy(), confidence)
            low, high = _possible(Measure(labels[1], labels[2]), i.low, i.high)
            apart = float(both[name].var(ddof=1) + both[other].var(ddof=1)) if i.n > 1 else np.nan
            found.append(
                dict(zip(COLUMN, labels, strict=True))
                | {"strategy": name, "against": other, "n": i.n, "left_out": len(values) - i.n}
                | {"mean": both[name].mean(), "against_mean": both[other].mean(), "difference": i.mean}
                | {"low": low, "high": high, "method": i.method, "t_low": i.t[0], "t_high": i.t[1]}
                | {"bca_low": i.bca[0], "bca_high": i.bca[1], "sd": i.sd, "skewness": i.skewness, "p": i.p}
                | {"independent_ratio": i.sd**2 / apart if apart else np.nan}
            )
    table = pd.DataFrame(found)
    if table.empty:
        return table
    table["p_holm"] = table.groupby(["measure", "breakdown"], sort=False)["p"].transform(lambda p: holm(p.to_numpy()))
    table["verdict"] = [
        _verdict(*row, confidence) for row in zip(table["difference"], table["method"], table["p_holm"], strict=True)
    ]
    return table


def _possible(measure: Measure, low: float, high: float) -> tuple[float, float]:
    """The part of an interval that the mean of a difference can lie in: shares differ by no more than all."""
    if measure.unit != "share" or not measure.better:
        return low, high
    return max(low, -1.0), min(high, 1.0)


def _verdict(difference: float, method: str, p: float, confidence: float) -> str:
    if np.isnan(p):
        return UNKNOWN
    if difference == 0 and method == "exact":
        return SAME
    if p > 1 - confidence + 1e-12:
        return UNDETECTED
    return "higher" if difference > 0 else "lower"


def half_widths(
    rows: pd.DataFrame, measure: Measure, strategies: Sequence[str], pairs: Sequence[tuple[str, str]], confidence: float
) -> list[tuple[Interval, float]]:
    """(interval, mean of the strategy compared with) of every comparison of a measure; without pairs, of every mean."""
    chosen = rows[(rows["measure"] == measure.name) & (rows["breakdown"] == measure.breakdown)]
    found = []
    for _, values in blocks(chosen, strategies):
        for name, other in pairs or [(name, name) for name in strategies]:
            both = values[[name, other]].dropna() if name != other else values[[name]].dropna()
            x = both[name] - both[other] if name != other else both[name]
            found.append((interval(x.to_numpy(), confidence, bca=False), float(both[other].mean())))
    return found


def rank(rows: pd.DataFrame, strategies: Sequence[str]) -> pd.DataFrame:
    """One row per scenario, measure in all and strategy: mean, probability of being best, regret.

    Only measures of which more or less is better. `regret` is how much worse the mean is than that of the best strategy
    in the same scenario; replications that lack a figure of any strategy are left out for all.
    """
    found = []
    for labels, values in blocks(rows[rows["breakdown"] == ALL], strategies):
        sign = {"higher": 1.0, "lower": -1.0}.get(Measure(labels[1]).better)
        complete = values.dropna().to_numpy()
        if sign is None or not len(complete):
            continue
        mean, chance = complete.mean(axis=0), probability_best(sign * complete)
        regret = (sign * mean).max() - sign * mean
        for position, name in enumerate(strategies):
            found.append(
                {"scenario": labels[0], "measure": labels[1], "strategy": name, "n": len(complete)}
                | {"mean": mean[position], "probability_best": chance[position], "regret": regret[position]}
            )
    return pd.DataFrame(found)


def minimax_regret(ranks: pd.DataFrame) -> pd.DataFrame:
    """One row per measure and strategy: the largest regret over scenarios, and which has the smallest (`chosen`)."""
    if ranks.empty:
        return pd.DataFrame(columns=["measure", "strategy", "largest_regret", "in_scenario", "chosen"])
    worst = ranks.loc[ranks.groupby(["measure", "strategy"], sort=False)["regret"].idxmax()]
    table = worst[["measure", "strategy", "regret", "scenario"]].reset_index(drop=True)
    table.columns = pd.Index(["measure", "strategy", "largest_regret", "in_scenario"])
    table["chosen"] = table["largest_regret"] == table.groupby("measure")["largest_regret"].transform("min")
    return table


def select_best(
    rows: pd.DataFrame, measure: Measure, strategies: Sequence[str], indifference: float, confidence: float, first: int
) -> dict[str, Selection]:
    """Scenario -> what Kim and Nelson's procedure came to, on replications with a figure for every strategy."""
    chosen = rows[(rows["measure"] == measure.name) & (rows["breakdown"] == measure.breakdown)]
    sign = 1.0 if measure.better == "higher" else -1.0
    return {
        labels[0]: kim_nelson(sign * values.dropna().to_numpy(), indifference, confidence, first)
        for labels, values in blocks(chosen, strategies)
    }


OF_FAN = ("unmet", "twin_unmet", "served", "stock")
"""Figures of each day that a fan is made of."""
FAN = (0.0, 0.1, 0.25, 0.5, 0.75, 0.9, 1.0)
"""Probabilities that the next draw lies below its lines; 0 and 1 are the lowest and the highest draw."""


def fan(days: pd.DataFrame, quantiles: Sequence[float] = FAN) -> pd.DataFrame:
    """Quantiles over replications of each day's figures: one row per scenario, strategy, product, day, quantile.

    `days` has the columns of `sim.study.run.task.DAYS`; the figures are in units, or units a day. The p-quantile of n
    draws is the one in place (n + 1) p, between two neighbours in proportion: the next draw lies below it with
    probability p, which is not so of the plain one; NaN where there are too few draws for it. Those for 0 and 1 are the
    lowest and the highest.
    """
    found = []
    for labels, rows in days.groupby(["scenario", "strategy", "product"], sort=False, observed=True):
        assert isinstance(labels, tuple)
        lines = {}
        for name in OF_FAN:
            values = rows.pivot(index="day", columns="replication", values=name)
            line = next_below(values.to_numpy(dtype=float), quantiles)
            few = [0 < p < 1 and not enough(values.shape[1], abs(2 * p - 1)) for p in quantiles]
            line[:, few] = np.nan
            lines[name] = line.ravel()
        count = len(values.index)
        table = pd.DataFrame(dict(zip(("scenario", "strategy", "product"), labels, strict=True)), index=range(count))
        table = table.assign(day=values.index.to_numpy()).loc[np.repeat(np.arange(count), len(quantiles))]
        found.append(table.assign(quantile=np.tile(np.array(quantiles), count), **lines))
    columns = ["scenario", "strategy", "product", "day", "quantile", *OF_FAN]
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=columns)
