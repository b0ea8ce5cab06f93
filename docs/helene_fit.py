"""What was said of the Helene crisis and is no series, beside the replay: `python docs/helene_fit.py`.

The first is the providers' own word on their usual stock (Premier's survey of 7 and 8 October 2024), the second that
of the health department of 18 October, which did not say whether it meant stock or deliveries. The scenario has the
series.
"""

from __future__ import annotations

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


def figures(run: sim.Run) -> dict[str, tuple[str, str]]:
    """What was said of hospitals, and what the run says; neither is a series."""
    stock, received = by_hospital(run, "on_hand"), by_hospital(run, "received")
    before, after = received.loc["2024-09-30":"2024-10-06"], received.loc["2024-10-12":"2024-10-18"]
    more_stock = stock.loc["2024-10-18"].sum() / stock.loc["2024-10-06"].sum() - 1
    more_goods = after.sum().sum() / before.sum().sum() - 1
    low, high = (stock / usual()).loc["2024-09-26"].quantile([0.05, 0.95])
    return {
        "usual stock of IV fluid": ("15 to 22 days", f"{low:.0f} to {high:.0f}"),
        "product at hospitals against just after the storm": (
            "50 % more", f"{more_stock:+.0%} stock, {more_goods:+.0%} goods",
        ),
    }  # fmt: skip


def main() -> None:
    """Print observed and modelled figures side by side."""
    run = sim.run(FOLDER / "crises" / "helene-2024.yaml", strategy="none", twin=False, detail="none")
    print(f"{'figure':<52}{'observed':>16}  {'model'}")
    for what, (observed, ours) in figures(run).items():
        print(f"{what:<52}{observed:>16}  {ours}")


if __name__ == "__main__":
    main()
