"""How the runs of a scenario ended: whether draws are still short on their last days, so that nothing is settled."""

from __future__ import annotations

import pandas as pd

from sim.metrics.at_end import still_short
from sim.study.design.measures import ALL, ENDING

ALLOWED = 0.05
"""Share of draws that may be short at the end of what is taken for the whole."""
COLUMNS = {
    "unmet_at_end": "unmet_in_last_days", "unmet_at_end_share": "share_of_unmet", "short_at_end": "sites_short",
    "not_over_at_end": "not_over",
}  # fmt: skip


def draws_at_end(rows: pd.DataFrame) -> pd.DataFrame:
    """One row per scenario, strategy, variant and draw: the figures of `ENDING`, and whether it is `short`.

    A draw is short where its unmet demand of the last 14 days lies clearly above what routine brings: above all that
    the twins of its scenario and strategy had unmet in any 14 days of their second half (see `sim.metrics.at_end`);
    without twins all unmet demand counts.
    """
    names = [measure.name for measure in ENDING]
    mine = rows[rows["measure"].isin(names) & (rows["breakdown"] == ALL)]
    labels = ["scenario", "strategy", "variant"]
    values = mine.pivot(index=[*labels, "replication"], columns="measure", values="value").reindex(columns=names)
    twins = mine[mine["measure"] == "routine_unmet"].groupby(labels, observed=True)["twin"].max().fillna(0.0)
    table = values.reset_index().astype(dict.fromkeys(names, float))
    routine = twins.reindex(pd.MultiIndex.from_frame(table[labels])).to_numpy()
    pairs = zip(table["unmet_at_end"], routine, strict=True)
    table["short"] = pd.Series([still_short(unmet, usual) for unmet, usual in pairs], dtype=bool)
    table.columns.name = None
    return table


def endings(rows: pd.DataFrame) -> pd.DataFrame:
    """One row per scenario, strategy and variant: `draws`, how many of them are `short` at the end, and the means.

    `unmet_in_last_days` are units unmet in the last 14 days, `share_of_unmet` their share of all unmet units,
    `sites_short` facility-product pairs short on the last day, `not_over` the most dated disruptions that were not over
    in any draw. `settled`: no more than 5 % of the draws are short.
    """
    found = []
    for labels, draws in draws_at_end(rows).groupby(["scenario", "strategy", "variant"], sort=False, observed=True):
        assert isinstance(labels, tuple)
        means = {column: float(draws[name].mean()) for name, column in COLUMNS.items()}
        means["not_over"] = float(draws["not_over_at_end"].max())
        short, count = int(draws["short"].sum()), len(draws)
        told = {"draws": count, "short": short, **means, "settled": short <= ALLOWED * count}
        found.append(dict(zip(("scenario", "strategy", "variant"), labels, strict=True)) | told)
    columns = ["scenario", "strategy", "variant", "draws", "short", *COLUMNS.values(), "settled"]
    return pd.DataFrame(found, columns=columns)


def recovered(rows: pd.DataFrame) -> bool:
    """Whether the draws have come to their end: hardly any is short, and all that is dated is over."""
    table = endings(rows)
    return bool(table["settled"].all() and not (table["not_over"] > 0).any())
