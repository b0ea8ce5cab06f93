"""The replay of 2022 held against what American shops lacked: `python docs/formula_fit.py [NAME=VALUE ...]`.

Observed values stand in scenarios/data/formula-observed.csv and are read here only; the scenario does not know them.
What is compared with the share of products out of stock in a week is the share of area-brand-days on which a brand's
own shelf could not serve all who had come for that brand (another brand may have served them).
"""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd
import yaml

import sim

FOLDER = Path("scenarios")
NORMAL, PLANT = 6.0, 20.0
"""Usual share out of stock (5 to 7 %), and what the plant makes of usual use (assumed), both in percent."""
FIRST, LAST = pd.Timestamp("2022-06-01"), pd.Timestamp("2022-08-01")
"""Months of the shortage for which purchases are compared; May, in which families bought ahead, is left out."""


def weekly(run: sim.Run) -> pd.Series:
    """Percent of area-brand-days short of the brand itself, by the Sunday that ends the week."""
    mine = run.daily[run.daily["kind"] == "facility"]
    short = (mine["unmet"] + mine["substituted"] > 0).groupby(pd.to_datetime(mine["date"])).mean()
    return 100 * short.resample("W-SUN").mean()


def sales(run: sim.Run) -> tuple[float, float]:
    """Purchases in the shortage against usual use, in percent of it; and brand B's share of them, in percent."""
    areas = pd.read_csv(FOLDER / "data" / "formula-areas.csv")
    usual = areas[["a_daily", "b_daily", "c_daily"]].to_numpy().sum() * (LAST - FIRST).days
    dates = pd.to_datetime(run.daily["date"])
    mine = run.daily[(run.daily["kind"] == "facility") & (dates >= FIRST) & (dates < LAST)]
    bought = (mine["served"] + mine["stood_in"]).groupby(mine["product"].astype(str)).sum()
    return 100 * (bought.sum() / usual - 1), 100 * bought["brand-b"] / bought.sum()


def main(*settings: str) -> None:
    """Print observed and modelled shares side by side, and how far off the model and three simple guesses are."""
    overrides = {name: yaml.safe_load(value) for name, value in (setting.split("=", 1) for setting in settings)}
    run = sim.run(
        FOLDER / "crises" / "formula-2022.yaml", strategy="none", overrides=overrides, twin=False, detail="none"
    )
    table = pd.read_csv(FOLDER / "data" / "formula-observed.csv", parse_dates=["week_ending"], index_col="week_ending")
    observed, model = table["observed"], weekly(run).reindex(table.index)
    print(f"{'week ending':<14}{'observed':>10}{'model':>9}")
    for day in table.index:
        print(f"{day:%Y-%m-%d}    {observed[day]:>8.1f} %{model[day]:>7.1f} %")
    later = observed.iloc[1:]
    print("\nmean distance from the observed, May to October, in percentage points")
    print(f"{'model':<40}{(model - later).abs().mean():>6.1f}")
    print(f"{'model and the usual share':<40}{(model + NORMAL - later).abs().mean():>6.1f}")
    print(f"{'the last observation again':<40}{(observed.shift() - later).abs().mean():>6.1f}")
    print(f"{'the usual share':<40}{(NORMAL - later).abs().mean():>6.1f}")
    print(f"{'the usual share and the plant':<40}{(NORMAL + PLANT - later).abs().mean():>6.1f}")
    less, share = sales(run)
    print(f"\npurchases against usual use, June and July: {less:+.1f} %; brand B's share of them: {share:.0f} %")


if __name__ == "__main__":
    main(*sys.argv[1:])
