"""How much of something does as well as a strategy that has less of it: read off a ladder of strategies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from sim.study.design.measures import ALL
from sim.study.infer.intervals import BLOCK, FEWEST, RESAMPLES

COLUMNS = [
    "scenario", "strategy", "n", "mean", "days", "low", "high", "within", "ahead", "ahead_low", "ahead_high",
]  # fmt: skip


def read_off(levels: np.ndarray, means: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(the level at which a line through the rungs first comes to a value, whether it does), each of shape (n,).

    `levels` (rungs,) rise; `means` has shape (n, rungs), `values` (n,). What the line does not come to has the last
    level, or the first where the value lies on that side of the first rung.
    """
    ahead = (means[:, -1] - means[:, 0]) * (values - means[:, 0]) > 0
    found = np.where(ahead, levels[-1], levels[0]).astype(float)
    within = np.zeros(len(values), dtype=bool)
    for k in range(len(levels) - 1):
        low, high = means[:, k], means[:, k + 1]
        here = ~within & ((low - values) * (high - values) <= 0)
        share = np.divide(values - low, high - low, out=np.zeros(len(values)), where=high != low)
        found = np.where(here, levels[k] + share * (levels[k + 1] - levels[k]), found)
        within |= here
    return found, within


def worth(
    rows: pd.DataFrame, measure: str, ladder: Mapping[str, float], strategies: Sequence[str], confidence: float = 0.95
) -> pd.DataFrame:
    """One row per scenario and strategy that is no rung of the ladder; rows as in `sim.study.run.task.ROWS`.

    `days` is the level of the ladder with the same mean of the measure, between rungs in proportion, `low` and `high`
    its interval: percentiles over resamples of the draws, each with all strategies, NaN from fewer than 8. `within`:
    the ladder reaches so far; else `days` is its first or last level. `ahead`, with its interval, are the days by
    which it is ahead of the strategy that follows, NaN where none does or the ladder does not reach to both.
    """
    rungs = sorted(ladder, key=lambda name: ladder[name])
    levels = np.array([ladder[name] for name in rungs])
    others = [name for name in strategies if name not in ladder]
    mine = rows[(rows["measure"] == measure) & (rows["breakdown"] == ALL)]
    found: list[list[object]] = []
    for scenario, part in mine.groupby("scenario", sort=False, observed=True):
        table = part.pivot(index="replication", columns="strategy", values="value")
        values = table.reindex(columns=[*rungs, *others]).dropna().to_numpy(dtype=float)
        n = len(values)
        if not n:
            continue
        means = values.mean(axis=0, keepdims=True)
        first, rest = len(rungs), range(len(rungs), values.shape[1])
        told = [read_off(levels, means[:, :first], means[:, k]) for k in rest]
        resampled = _resampled(values)
        again = [read_off(levels, resampled[:, :first], resampled[:, k])[0] for k in rest]
        for k, (name, (days, within)) in enumerate(zip(others, told, strict=True)):
            ahead, ends = np.full(1, np.nan), np.full(2, np.nan)
            if k + 1 < len(told) and within[0] and told[k + 1][1][0]:
                ahead, ends = days - told[k + 1][0], _ends(again[k] - again[k + 1], confidence)
            row = [n, means[0, first + k], days[0], *_ends(again[k], confidence), bool(within[0]), ahead[0], *ends]
            found.append([str(scenario), name, *row])
    return pd.DataFrame(found, columns=COLUMNS).astype({"n": np.int64, "within": bool})


def _ends(resampled: np.ndarray, confidence: float) -> np.ndarray:
    """Percentiles of what resamples give; NaN where there are none."""
    ends = [(1 - confidence) / 2, (1 + confidence) / 2]
    return np.quantile(resampled, ends) if resampled.size else np.full(2, np.nan)


def _resampled(values: np.ndarray) -> np.ndarray:
    """Means over resamples of the draws; shape (resamples, strategies). The same values give the same ones."""
    n = len(values)
    if n < FEWEST:
        return np.zeros((0, values.shape[1]))
    generator = np.random.default_rng(n)
    parts = []
    for begin in range(0, RESAMPLES, rows := max(1, BLOCK // values.size)):
        weights = generator.multinomial(n, np.full(n, 1 / n), min(rows, RESAMPLES - begin))
        parts.append((weights[:, :, None] * values).sum(axis=1) / n)
    return np.concatenate(parts)
