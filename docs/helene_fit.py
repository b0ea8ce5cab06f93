"""The Helene replay held against what was observed: `python docs/helene_fit.py`.

Observed values stand in scenarios/data/helene-observed.csv and are read here only; the scenario does not know them.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd

import sim

FOLDER = Path("scenarios")
PRODUCTS = 2
"""Kinds of bag, each used at the table's rate."""


def by_hospital(run: sim.Run, column: str) -> pd.DataFrame:
    """Units of a column of the daily table over both kinds of bag; days x hospitals."""
    hospitals = run.daily[run.daily["site"].astype(str).isin(usual().index)]
    table = hospitals.assign(date=pd.to_datetime(hospitals["date"]), site=hospitals["site"].astype(str))
    return table.pivot_table(index="date", columns="site", values=column, aggfunc="sum")


def usual() -> pd.Series:
    """Bags that each hospital uses on a usual day."""
    table = pd.read_csv(FOLDER / "data" / "helene-hospitals.csv", index_col="name")
    return PRODUCTS * table["bags_daily"]


def shares(run: sim.Run) -> list[float]:
    """Percent of hospitals with at most ten days of stock, and of those that got less than half of usual need; and by
    how many percent use was above need."""
    use = usual()
    low = by_hospital(run, "on_hand").loc["2024-10-08"] / use <= 10
    half = by_hospital(run, "received").loc["2024-09-29":"2024-10-07"].sum() / (9 * use) < 0.5
    served, demand = by_hospital(run, "served").loc["2024-10-01":"2024-11-18"], by_hospital(run, "demand")
    return [100 * low.mean(), 100 * half.mean(), 100 * (served.sum().sum() / demand.loc[served.index].sum().sum() - 1)]


def figures(run: sim.Run) -> dict[str, str]:
    """What the run says for each observed figure."""
    use = usual()
    stock, received = by_hospital(run, "on_hand"), by_hospital(run, "received")
    days = stock / use
    got = received.loc["2024-09-29":"2024-10-07"].sum() / (9 * use)
    few, half, less = shares(run)
    before, after = received.loc["2024-09-30":"2024-10-06"], received.loc["2024-10-12":"2024-10-18"]
    plant = run.daily[run.daily["site"] == "north-cove"].groupby("date")["produced"].sum()
    plant.index = pd.to_datetime(plant.index)
    normal = plant.loc["2024-09-01":"2024-09-25"].mean()
    restarted = plant.loc["2024-10-01":]
    more_stock = stock.loc["2024-10-18"].sum() / stock.loc["2024-10-06"].sum() - 1
    more_goods = after.sum().sum() / before.sum().sum() - 1
    low, high = days.loc["2024-09-26"].quantile([0.05, 0.95])
    return {
        "usual stock of IV fluid": f"{low:.0f} to {high:.0f}",
        "hospitals with at most 10 days of stock": f"{few:.0f}%",
        "hospitals that got less than half of their orders": f"{half:.0f}% of usual need",
        "hospitals that speak of a shortage": f"{(got < 0.9).mean():.0%} got < 90%",
        "product at hospitals against just after the storm": f"{more_stock:+.0%} stock, {more_goods:+.0%} goods",
        "use of IV fluid": f"{less:+.1f}%",
        "first product released after the flood": f"{restarted[restarted > 0].index[0]:%Y-%m-%d}",
        "plant back at its output before the storm": f"{restarted[restarted >= normal].index[0]:%Y-%m-%d}",
    }


def main(stock_of_the_maker: str = "22d") -> None:
    """Print observed and modelled figures side by side."""
    run = sim.run(
        FOLDER / "crises" / "helene-2024.yaml",
        strategy="none",
        overrides={"replenishment.3.level": stock_of_the_maker},
        twin=False,
        detail="none",
    )
    ours = figures(run)
    print(f"{'figure':<52}{'observed':>16}  {'model'}")
    for line in pd.read_csv(FOLDER / "data" / "helene-observed.csv").itertuples():
        observed = f"{line.observed} {line.unit}" if line.unit not in ("date", "month") else line.observed
        print(f"{line.what:<52}{observed:>16}  {ours[line.what]}")


if __name__ == "__main__":
    main(*sys.argv[1:])
