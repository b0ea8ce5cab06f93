"""Options beside the first of them, figure by figure: what is better, worse, the same, or cannot be told apart."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from sim.study.design.measures import MONEY, Measure
from sim.study.infer.compare import SAME, compare

BETTER, WORSE, HIGHER, LOWER = "better", "worse", "higher", "lower"
ALIKE, APART = "the same", "cannot be told apart"
UNKNOWN = "not measured in both"
ONE_DRAW = 1


def side_by_side(rows: pd.DataFrame, options: Sequence[str], confidence: float = 0.95) -> pd.DataFrame:
    """One row per measure, group and option after the first: both means, their difference, and what may be said of it.

    `rows` are those of a study of one scenario, options in the place of strategies. `difference` is the option's figure
    less the first one's, on the same draws. `verdict` says what the difference is to those who are served: `BETTER` or
    `WORSE`, `HIGHER` or `LOWER` where neither is (a sum is neither: goods that never come cost nothing), `ALIKE` where
    no draw differs, `APART` where the draws do not tell. `low` and `high` are the interval of the mean difference, `n`
    the draws; of one draw there is no interval, and its verdict is of that draw alone. `more` and `fewer`: draws in
    which the figure is higher and lower.
    """
    pairs = [(option, options[0]) for option in options[1:]]
    table = compare(rows, options, pairs, confidence).drop(columns="scenario")
    drawn = rows.drop_duplicates(["measure", "breakdown", "group", "replication", "strategy"])
    values = drawn.set_index(["measure", "breakdown", "group", "replication", "strategy"])["value"].unstack()
    draws = dict(iter(values.groupby(level=[0, 1, 2], sort=False)))
    verdicts, more, fewer = [], [], []
    for row in table.to_dict("records"):
        here = draws[row["measure"], row["breakdown"], row["group"]]
        difference = (here[row["strategy"]] - here[row["against"]]).dropna()
        more.append(int((difference > 0).sum()))
        fewer.append(int((difference < 0).sum()))
        measure = Measure(str(row["measure"]), str(row["breakdown"]))
        better = "" if measure.name in MONEY else measure.better
        verdicts.append(_verdict(str(row["verdict"]), len(difference), float(row["difference"]), better))
    columns = ["measure", "breakdown", "group", "strategy", "against", "n", "against_mean", "mean", "difference", "low",
               "high"]  # fmt: skip
    table = table[columns].assign(more=more, fewer=fewer, verdict=verdicts)
    alone = table["n"] <= ONE_DRAW
    table.loc[alone, ["low", "high"]] = float("nan")
    return table


def _verdict(told: str, draws: int, difference: float, better: str) -> str:
    if not draws or difference != difference:
        return UNKNOWN
    if told == SAME or (draws == ONE_DRAW and difference == 0):
        return ALIKE
    if draws > ONE_DRAW and told not in (HIGHER, LOWER):
        return APART
    way = HIGHER if difference > 0 else LOWER
    return way if not better else BETTER if way == better else WORSE
