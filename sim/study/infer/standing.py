"""Which strategy is best, and which cannot be told apart from it: a tie, a difference that does not matter, or too few
draws."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from sim.study.design.measures import ALL, Measure
from sim.study.infer.compare import blocks
from sim.study.infer.intervals import interval

LEADS, TIES, INSIDE = "leads", "ties in every draw", "within the indifference"
UNSURE, BEHIND = "not told apart", "behind"
"""How a strategy stands to the one with the best mean."""


def standings(
    rows: pd.DataFrame, measure: Measure, strategies: Sequence[str], indifference: float, confidence: float
) -> pd.DataFrame:
    """One row per scenario and strategy: how it stands to the one with the best mean of a measure in all.

    `behind` is how much worse it is, replication by replication on the same draws, between `low` and `high`: intervals
    that all hold at once with the confidence asked for (Bonferroni). A strategy is `behind` only where its interval
    lies beyond the indifference; otherwise it is `together` with the leader, which is best where no other is.
    """
    sign = -1.0 if measure.better == "higher" else 1.0
    each = 1 - (1 - confidence) / max(1, len(strategies) - 1)
    mine = rows[(rows["measure"] == measure.name) & (rows["breakdown"] == ALL)]
    found = []
    for labels, values in blocks(mine, strategies):
        complete = values.dropna()
        if complete.empty:
            continue
        leader = (sign * complete.mean()).idxmin()
        for name in strategies:
            x = sign * (complete[name] - complete[leader]).to_numpy()
            i = interval(x, each, bca=False)
            how = LEADS if name == leader else _how(x, i.low, i.high, indifference)
            found.append(
                {"scenario": labels[0], "measure": measure.name, "strategy": name, "n": len(complete)}
                | {"mean": float(complete[name].mean()), "behind": i.mean, "low": i.low, "high": i.high}
                | {"how": how, "together": how != BEHIND}
            )
    columns = ["scenario", "measure", "strategy", "n", "mean", "behind", "low", "high", "how", "together"]
    return pd.DataFrame(found, columns=columns)


def nearest_to_best(values: np.ndarray, indifference: float, confidence: float) -> np.ndarray:
    """Which strategies nothing is told to be better than; `values` (strategies, replications), lower is better."""
    complete = values[:, ~np.isnan(values).any(axis=0)]
    each = 1 - (1 - confidence) / max(1, len(values) - 1)
    gaps = complete - complete[complete.mean(axis=1).argmin()]
    lows = [interval(gap, each, bca=False).low for gap in gaps]
    return np.array([not low > indifference for low in lows])


def _how(behind: np.ndarray, low: float, high: float, indifference: float) -> str:
    if (behind == 0).all():
        return TIES
    if low > indifference:
        return BEHIND
    return INSIDE if high <= indifference else UNSURE
