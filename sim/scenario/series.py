"""Recorded demand, and other series, from CSV files."""

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
    position = np.array([names[name] for name in where], dtype=np.int64)
    return days[mine], position[mine], units[mine]


def read_columns(path: Path, columns: dict[str, str], sites: pd.DataFrame) -> dict[str, np.ndarray]:
    """The columns of a file, each by what it holds: `date`, `place` (a site, region or country), `number` (at least 0).

    Raises ScenarioError for bad cells, unknown places, and two rows that differ in numbers only.
    """
    csv = read_table(path, list(columns))
    places = {str(name) for column in ("name", "region", "country") for name in sites[column] if name}
    found = {}
    for column, holds in columns.items():
        if holds == "date":
            found[column] = csv.dates(column)
        elif holds == "place":
            found[column] = np.array(csv.texts(column, valid=places))
        else:
            found[column] = csv.numbers(column, None, 0)
    csv.check()
    keys = [column for column, holds in columns.items() if holds != "number"]
    for row in np.flatnonzero(pd.DataFrame({key: found[key] for key in keys}).duplicated().to_numpy())[:20]:
        csv.problems.append(csv.problem(int(row), keys[0], f"a second row for the same {' and '.join(keys)}"))
    csv.check()
    return found
