"""What many draws say together: bands, how much of them is luck, and which unknown they follow.

Every function takes rows as in `sim.study.run.task.ROWS`; `again` are those of the same draws of the unknowns by other
luck, where these were run.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from sim.study.design.measures import ALL
from sim.study.infer.intervals import next_below
from sim.study.infer.variance import Share, not_knowing, ranked

BANDS = {"median": 0.5, "low_50": 0.25, "high_50": 0.75, "low_80": 0.1, "high_80": 0.9}
"""Columns of the bands, and the probability that the next draw lies below each."""
BY = ["scenario", "strategy", "measure"]
VARIANCE = [*BY, "draws", "share", "low", "high", "told"]
UNKNOWNS = [*BY, "unknown", "share", "low", "high", "told", "first"]


def bands(rows: pd.DataFrame) -> pd.DataFrame:
    """One row per measure in all: `n` draws that have it, the bands in which the next draw lies (NaN where there are
    too few for it), and the `lowest` and the `highest`."""
    found = []
    for labels, part in _by_measure(rows):
        values = part["value"].dropna().to_numpy(dtype=float)
        n = len(values)
        lines = next_below(values, list(BANDS.values())) if n else np.full(len(BANDS), np.nan)
        known = [line if enough(n, abs(2 * p - 1)) else np.nan for line, p in zip(lines, BANDS.values(), strict=True)]
        ends = (values.min(), values.max()) if n else (np.nan, np.nan)
        found.append([*labels, n, *known, *ends])
    return pd.DataFrame(found, columns=[*BY, "n", *BANDS, "lowest", "highest"])


def enough(draws: int, share: float) -> bool:
    """Whether there are draws on both sides of the band in which the next one lies with this probability: its ends are
    in places (n + 1) (1 ± share) / 2 of n."""
    return round((draws + 1) * (1 - share) / 2, 9) >= 1


def variance(rows: pd.DataFrame, again: pd.DataFrame) -> pd.DataFrame:
    """One row per measure in all that varies: the share of its variance that comes from not knowing, the rest being
    luck; NaN where so few draws give none; `told`: whether the interval is narrow enough for it to be told."""
    found = []
    for labels, values in _pairs(rows, again):
        if _differ(values):
            found.append([*labels, len(values), *_row(not_knowing(values))])
    return pd.DataFrame(found, columns=VARIANCE)


def unknowns(
    rows: pd.DataFrame, again: pd.DataFrame, levels: dict[str, pd.DataFrame], measures: Sequence[str]
) -> pd.DataFrame:
    """One row per measure and unknown, the one that matters most first: its share of the variance that comes from not
    knowing; `first` marks the one that surely matters most.

    `levels` has, by scenario, a row for each draw and a column for each unknown (see `sim.scenario.drawing.levels_of`).
    """
    found = []
    for labels, values in _pairs(rows, again):
        if labels[2] not in measures:
            continue
        of_draw = levels[labels[0]]
        known = {str(name): of_draw[name].to_numpy()[: len(values)] for name in of_draw}
        ranking = ranked(known, values.mean(axis=1))
        for name, share in ranking.shares.items():
            if not np.isnan(share.share):
                found.append([*labels, name, *_row(share), name == ranking.first])
    return pd.DataFrame(found, columns=UNKNOWNS)


def _row(share: Share) -> list[object]:
    return [share.share, share.low, share.high, share.told]


def _pairs(rows: pd.DataFrame, again: pd.DataFrame) -> Iterator[tuple[tuple[str, str, str], np.ndarray]]:
    """((scenario, strategy, measure), values) of measures in all; values have shape (draws, 2), those of a draw by one
    luck and by another, NaN where one is missing."""
    if again.empty:
        return
    other = dict(_by_measure(again))
    for labels, part in _by_measure(rows):
        if labels in other:
            one, two = (table.set_index("replication")["value"] for table in (part, other[labels]))
            numbers = np.arange(max(one.index.max(), two.index.max()) + 1)
            yield labels, np.column_stack([one.reindex(numbers), two.reindex(numbers)]).astype(float)


def _by_measure(rows: pd.DataFrame) -> Iterator[tuple[tuple[str, str, str], pd.DataFrame]]:
    for (scenario, strategy, measure), part in rows[rows["breakdown"] == ALL].groupby(BY, sort=False, observed=True):
        yield (str(scenario), str(strategy), str(measure)), part


def _differ(values: np.ndarray) -> bool:
    known = values[~np.isnan(values)]
    return bool(known.size and known.max() > known.min())
