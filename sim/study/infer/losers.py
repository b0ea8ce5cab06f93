"""Who would be better off under another strategy: every group, under every strategy against every other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np
import pandas as pd

from sim.study.design.measures import LINE, Measure
from sim.study.infer.compare import SAME, UNDETECTED, UNKNOWN, blocks
from sim.study.infer.intervals import holm, interval

WORSE, BETTER = "worse", "better"
ORDER = ("priority", "party", "country", "region", "setting", "product")
"""In which groups are told."""
COLUMNS = [
    "scenario", "measure", "breakdown", "group", "strategy", "other", "mean", "other_mean", "worse_by", "low", "high",
    "n", "p_holm", "verdict",
]  # fmt: skip


def losses(rows: pd.DataFrame, measure: Measure, strategies: Sequence[str], confidence: float) -> pd.DataFrame:
    """One row per scenario, group (or all together) and ordered pair of strategies.

    `worse_by` is how much worse the group fares under `strategy` than under `other`, replication by replication on the
    same draws, with its interval `low` … `high`; `verdict` counts all pairs and groups of a breakdown (Holm).
    Breakdowns of which there is one group only are left out, but for priorities.
    """
    sign = -1.0 if measure.better == "higher" else 1.0
    mine = rows[(rows["measure"] == measure.name) & (rows["breakdown"] != LINE)]
    groups = mine.groupby("breakdown", observed=True)["group"].nunique()
    told = [name for name, count in groups.items() if count > 1 or name in ("all", "priority")]
    found = [
        row for labels, values in blocks(mine[mine["breakdown"].isin(told)], strategies)
        for row in _pairs(labels, values, strategies, sign, confidence)
    ]  # fmt: skip
    if not found:
        return pd.DataFrame(columns=COLUMNS)
    table = pd.DataFrame(found)
    table["p_holm"] = table.groupby("breakdown", sort=False)["p"].transform(lambda p: holm(p.to_numpy()))
    table["verdict"] = [
        _verdict(*row, confidence) for row in zip(table["worse_by"], table["exact"], table["p_holm"], strict=True)
    ]
    mirrored = table.rename(
        columns={"strategy": "other", "other": "strategy", "mean": "other_mean", "other_mean": "mean"}
    )
    mirrored["worse_by"] = -table["worse_by"] + 0.0
    mirrored["low"], mirrored["high"] = -table["high"] + 0.0, -table["low"] + 0.0
    mirrored["verdict"] = table["verdict"].replace({WORSE: BETTER, BETTER: WORSE})
    both = pd.concat([table, mirrored])[COLUMNS]
    order = {name: position for position, name in enumerate(strategies)}
    places = both[["scenario", "breakdown", "group"]].drop_duplicates(ignore_index=True).reset_index()
    keys = both.merge(places, on=["scenario", "breakdown", "group"], sort=False)["index"].to_numpy()
    by = np.lexsort((both["other"].map(order), both["strategy"].map(order), keys))
    return both.iloc[by].reset_index(drop=True)


def _pairs(
    labels: tuple[str, ...], values: pd.DataFrame, strategies: Sequence[str], sign: float, confidence: float
) -> Iterator[dict[str, object]]:
    scenario, measure, breakdown, group = labels
    for name, other in combinations(strategies, 2):
        both = values[[name, other]].dropna()
        i = interval(sign * (both[name] - both[other]).to_numpy(), confidence, bca=False)
        yield {
            "scenario": scenario, "measure": measure, "breakdown": breakdown, "group": group, "strategy": name,
            "other": other, "mean": float(both[name].mean()), "other_mean": float(both[other].mean()),
            "worse_by": i.mean, "low": i.low, "high": i.high, "n": i.n, "p": i.p, "exact": i.method == "exact",
        }  # fmt: skip


def _verdict(worse_by: float, exact: bool, p: float, confidence: float) -> str:
    if np.isnan(p):
        return UNKNOWN
    if worse_by == 0 and exact:
        return SAME
    if p > 1 - confidence + 1e-12:
        return UNDETECTED
    return WORSE if worse_by > 0 else BETTER


def better_off(table: pd.DataFrame, scenario: str, strategy: str) -> pd.DataFrame:
    """The groups that fare detectably worse under a strategy than under another: of each the other under which it
    fares best. Priorities come first, the most important before the others; then countries, regions, …, those that
    lose most before the others."""
    mine = table[(table["scenario"] == scenario) & (table["strategy"] == strategy) & (table["breakdown"] != "all")]
    worse = mine[mine["verdict"] == WORSE].sort_values("worse_by", ascending=False, kind="stable")
    worst = worse.drop_duplicates(["breakdown", "group"])
    rank = worst["breakdown"].map({name: place for place, name in enumerate(ORDER)})
    first = worst["group"].where(worst["breakdown"] == "priority", "")
    return (
        worst.assign(rank=rank, first=first)
        .sort_values(["rank", "first"], kind="stable")[COLUMNS]
        .reset_index(drop=True)
    )
