"""The replay of 2020 held against what American nursing homes reported: `python docs/ppe_fit.py`.

Observed values stand in scenarios/data/ppe-observed.csv and are read here only; the scenario does not know them.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

import sim

FOLDER = Path("scenarios")
WEEK = 7
"""Days of usual use in a one-week supply."""


def cover(run: sim.Run, product: str) -> pd.DataFrame:
    """Days of usual use in stock at each home (what it keeps in reserve included); days x homes."""
    usual = pd.read_csv(FOLDER / "data" / "ppe-homes.csv", index_col="name")[f"{product}_daily"]
    mine = run.daily[(run.daily["kind"] == "facility") & (run.daily["product"] == product)]
    table = mine.assign(site=mine["site"].astype(str), stock=mine["on_hand"] + mine["reserve"])
    return table.pivot(index="date", columns="site", values="stock") / usual


def figures(run: sim.Run) -> list[float]:
    """Shares of homes in percent, in the order of the file of observed figures."""
    n95, gown = cover(run, "n95"), cover(run, "gown")
    either = (n95 < WEEK) | (gown < WEEK)
    weeks = either.loc["2020-06-21":"2020-07-19"].resample("7D").min()  # every day of the week below it
    late = either.loc["2020-08-23":"2020-08-30"]
    return [100 * weeks.any().mean(), 100 * late.mean().mean(), 100 * (n95 < WEEK).loc[late.index].mean().mean()]


def main() -> None:
    """Print observed and modelled figures side by side."""
    ours = figures(sim.run(FOLDER / "crises" / "ppe-2020.yaml", strategy="none", twin=False, detail="none"))
    print(f"{'figure':<58}{'observed':>10}{'model':>9}")
    for line, value in zip(pd.read_csv(FOLDER / "data" / "ppe-observed.csv").itertuples(), ours, strict=True):
        print(f"{line.what:<58}{line.observed:>8} {line.unit}{value:>7.1f} {line.unit}")


if __name__ == "__main__":
    main()
