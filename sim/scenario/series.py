"""Recorded demand from a CSV file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from sim.scenario.spec import Scenario
from sim.scenario.tables import read_table


def read_series(
    path: Path, product: str, sites: pd.DataFrame, spec: Scenario
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Day numbers, site positions and units of one product from columns date, site, product, units.

    Raises ScenarioError for bad cells, unknown sites or products, two rows for one day, or no row for `product`.
    """
    csv = read_table(path, ["date", "site", "product", "units"])
    names = {str(name): position for position, name in enumerate(sites["name"])}
    facilities = {str(n) for n, kind in zip(sites["name"], sites["kind"], strict=True) if kind == "facility"}
    dates = csv.dates("date")
    where = csv.texts("site", valid=facilities)
    what = csv.texts("product", valid=set(spec.products))
    units = csv.whole("units", None, 0)
    csv.check()
    mine = np.array([name == product for name in what])
    if not mine.any():
        csv.problems.append(csv.problem(0, "product", "no row is for the product that reads this series", product))
    days = (dates - np.datetime64(spec.start, "D")).astype(np.int64)
    rows = pd.DataFrame({"day": days, "site": where, "product": what})
    for row in np.flatnonzero(rows.duplicated().to_numpy())[:20]:
        csv.problems.append(csv.problem(int(row), "date", "a second row for the same date, site and product"))
    csv.check()
    if not ((days[mine] >= -spec.warm_up) & (days[mine] < (spec.end - spec.start).days)).any():
        expected = f"days from {spec.start} on, or in its warm-up, and before {spec.end}"
        message = f"no row for '{product}' falls into the scenario"
        csv.problems.append(csv.problem(int(np.flatnonzero(mine)[0]), "date", message, None, expected))
    csv.check()
    position = np.array([names[name] for name in where], dtype=np.int64)
    return days[mine], position[mine], units[mine]
