"""How well alarms warned, over all draws."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.study.design.measures import ALARM, SCORES
from sim.study.infer.intervals import interval, ratio_interval

COLUMNS = [
    "scenario", "strategy", "alarm", "draws", "shortages", "warned", "warned_share", "warned_low", "warned_high",
    "alarms_true", "alarms_false", "true_share", "true_low", "true_high", "false_a_year", "false_low", "false_high",
    "warning", "warning_25", "warning_75",
]  # fmt: skip
COUNTS = ["draws", "shortages", "warned", "alarms_true", "alarms_false"]


def alarm_scores(rows: pd.DataFrame, confidence: float = 0.95) -> pd.DataFrame:
    """One row per scenario, strategy and alarm; rows as in `sim.study.run.task.ROWS`.

    Counts are sums over the draws; shares are of these, with intervals as `ratio_interval`. `false_a_year` is the mean
    of the draws with its interval, `warning` the median of the draws' median warning times, with the quartiles. What is
    not defined is NaN: shares of nothing, a rate in too short a run.
    """
    mine = rows[rows["breakdown"] == ALARM]
    labels = ["scenario", "strategy", "group"]
    found = [
        [*names, *_row(part.pivot(index="replication", columns="measure", values="value"), confidence)]
        for names, part in mine.groupby(labels, sort=False, observed=True)
        if isinstance(names, tuple)
    ]
    return pd.DataFrame(found, columns=COLUMNS).astype(dict.fromkeys(COUNTS, np.int64))


def _row(draws: pd.DataFrame, confidence: float) -> list[float]:
    draws = draws.reindex(columns=[measure.name for measure in SCORES]).astype(float)
    shortages, warned, true, false = (
        draws[name].to_numpy() for name in ("alarm_shortages", "shortages_warned", "alarms_true", "alarms_false")
    )
    yearly = interval(draws["false_alarms_a_year"].dropna().to_numpy(), confidence)
    times = draws["warning_time"].dropna().to_numpy()
    middle = np.quantile(times, (0.5, 0.25, 0.75)) if times.size else np.full(3, np.nan)
    return [
        len(draws), shortages.sum(), warned.sum(), *_share(warned, shortages, confidence),
        true.sum(), false.sum(), *_share(true, true + false, confidence),
        yearly.mean, max(0.0, yearly.low), yearly.high, *middle,
    ]  # fmt: skip


def _share(part: np.ndarray, whole: np.ndarray, confidence: float) -> tuple[float, float, float]:
    """(share, its interval); NaN of nothing."""
    total = whole.sum()
    return (float(part.sum() / total) if total else np.nan, *ratio_interval(part, whole, confidence))
