"""Cost against effect: which strategies are worth considering, and what each further unit averted costs.

Incremental cost-effectiveness as in Drummond et al., Methods for the Economic Evaluation of Health Care Programmes
(4th ed. 2015, ch. 4): strategies are put in order of cost; one that another beats on both counts is dominated, one
that a mixture of two others beats is dominated by extension; along the rest the ICER is the difference in cost divided
by the difference in effect.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from sim.study.design.measures import ALL, COST, Measure

FRONTIER, DOMINATED, EXTENDED = "on the frontier", "dominated", "dominated by extension"
EFFECTS = ("units_unmet", "stockout_days")
"""Measures of which less is better, averted by spending."""


def status(cost: np.ndarray, harm: np.ndarray) -> list[str]:
    """What each strategy is, from mean cost and mean harm (lower is better for both); shape (n,) each.

    Of strategies equal on both counts all but the first are dominated.
    """
    n = len(cost)
    found = [FRONTIER] * n
    for i in range(n):
        no_worse = (cost <= cost[i]) & (harm <= harm[i])
        better = no_worse & ((cost < cost[i]) | (harm < harm[i]))
        same_before = no_worse & ~better & (np.arange(n) < i)
        if better.any() or same_before.any():
            found[i] = DOMINATED
    left = sorted((i for i in range(n) if found[i] == FRONTIER), key=lambda i: cost[i])
    hull: list[int] = []
    for i in left:  # lower left convex hull: ICERs rise along it
        while len(hull) > 1 and _icer(cost, harm, hull[-2], hull[-1]) >= _icer(cost, harm, hull[-1], i):
            found[hull.pop()] = EXTENDED
        hull.append(i)
    return found


def _icer(cost: np.ndarray, harm: np.ndarray, less: int, more: int) -> float:
    return float((cost[more] - cost[less]) / (harm[less] - harm[more]))


def frontier(rows: pd.DataFrame, strategies: Sequence[str], effects: Sequence[str] = EFFECTS) -> pd.DataFrame:
    """One row per scenario, effect and strategy, in order of cost; `rows` as in `sim.study.run.task.ROWS`.

    cost and harm are means; status as in `status`; `against` is the next cheaper strategy on the frontier, and `icer`
    the cost of each unit of harm averted beyond it (NaN for the cheapest and off the frontier). Replications that lack
    a figure of any strategy are left out for all. Empty where cost or no effect was measured.
    """
    wanted = rows[(rows["breakdown"] == ALL) & rows["measure"].isin([COST, *effects])]
    found = []
    for scenario, part in wanted.groupby("scenario", sort=False):
        table = part.pivot(index="replication", columns=["measure", "strategy"], values="value")
        measured = set(table.columns.get_level_values(0))
        for effect in effects if COST in measured else ():
            if effect not in measured:
                continue
            both = table[[COST, effect]].dropna()
            cost, harm = (both.loc[:, [(m, s) for s in strategies]].mean().to_numpy() for m in (COST, effect))
            found += _rows(str(scenario), effect, strategies, cost, harm, len(both))
    return pd.DataFrame(found)


def _rows(
    scenario: str, effect: str, strategies: Sequence[str], cost: np.ndarray, harm: np.ndarray, n: int
) -> list[dict[str, object]]:
    kinds, rows, last = status(cost, harm), [], None
    for i in sorted(range(len(cost)), key=lambda i: (cost[i], harm[i])):
        on = kinds[i] == FRONTIER
        rows.append(
            {"scenario": scenario, "effect": effect, "strategy": strategies[i], "n": n, "cost": float(cost[i])}
            | {
                "harm": float(harm[i]),
                "status": kinds[i],
                "against": strategies[last] if on and last is not None else "",
            }
            | {"icer": _icer(cost, harm, last, i) if on and last is not None else np.nan}
        )
        last = i if on else last
    return rows


def unit_of(effect: str) -> str:
    """The unit in which an effect's harm is counted."""
    return Measure(effect).unit
