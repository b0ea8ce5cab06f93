"""Recorded demand, and other series, from tables."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd

from sim.errors import PlaceError, one_of_few
from sim.model.countries import country_code, nearest_code
from sim.model.need.censored import completed
from sim.model.need.demand.empirical import Empirical
from sim.scenario.reading.tables import Table
from sim.scenario.words.spec import Scenario


def read_series(
    csv: Table, product: str, sites: pd.DataFrame, spec: Scenario, stockouts: str | None = None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Day numbers, site positions and units of one product from columns date, site, product, units.

    With `stockouts`, a column that marks days on which stock ran out, units are issues, and demand is worked out from
    them (`sim.model.need.censored.completed`), site by site over the days from its first to its last row.

    Raises ScenarioError for bad cells, unknown sites or products, two rows for one day, or no row for `product`.
    """
    names = {str(name): position for position, name in enumerate(sites["name"])}
    facilities = {str(n) for n, kind in zip(sites["name"], sites["kind"], strict=True) if kind == "facility"}
    dates = csv.dates("date")
    where = csv.texts("site", valid=facilities)
    what = csv.texts("product", valid=set(spec.products))
    units = csv.whole("units", None, 0)
    out = csv.whole(stockouts, None, 0, 1) if stockouts is not None else np.zeros(len(csv), dtype=np.int64)
    csv.check()
    mine = np.array([name == product for name in what])
    if not mine.any():
        csv.problems.append(csv.problem(0, "product", "no row is for the product that reads this series", product))
    days = (dates - np.datetime64(spec.start, "D")).astype(np.int64)
    keys = pd.DataFrame({"day": days, "site": where, "product": what})
    for row in np.flatnonzero(keys.duplicated().to_numpy())[:20]:
        csv.problems.append(csv.problem(int(row), "date", "a second row for the same date, site and product"))
    csv.check()
    if not ((days[mine] >= -spec.warm_up) & (days[mine] < (spec.until - spec.start).days)).any():
        expected = f"days from {spec.start} on, or in its warm-up, and before {spec.until}"
        message = f"no row for '{product}' falls into the scenario"
        csv.problems.append(csv.problem(int(np.flatnonzero(mine)[0]), "date", message, None, expected))
    csv.check()
    position = np.array([names[name] for name in where], dtype=np.int64)
    days, position, units, out = days[mine], position[mine], units[mine], out[mine]
    order = np.lexsort((days, position))
    with_stockouts = []
    for rows in np.split(order, np.flatnonzero(np.diff(position[order])) + 1):
        if out[rows].all() and len(rows) == np.ptp(days[rows]) + 1:
            name = sites["name"].iat[position[rows[0]]]
            message = f"'{name}' was out of stock on every day, which tells nothing of its demand"
            csv.problems.append(csv.problem(int(np.flatnonzero(mine)[rows.min()]), str(stockouts), message))
        elif out[rows].any():
            with_stockouts.append(rows)
    csv.check()
    if not with_stockouts:
        return days, position, units
    kept = np.ones(len(days), dtype=bool)
    kept[np.concatenate(with_stockouts)] = False
    known = _demand(days, position, units, out, with_stockouts)
    return (
        np.concatenate([days[kept], known[0]]),
        np.concatenate([position[kept], known[1]]),
        np.concatenate([units[kept], known[2]]),
    )


def _demand(
    days: np.ndarray, position: np.ndarray, units: np.ndarray, out: np.ndarray, sites: list[np.ndarray]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Days, site positions and units of demand, from the issues and marks of stockouts in the rows of each of some
    sites, in order of day; days not listed had no issues."""
    first = np.array([days[rows[0]] for rows in sites])
    length = np.array([days[rows[-1]] for rows in sites]) - first + 1
    site = np.repeat(np.arange(len(sites)), length)
    day = np.arange(len(site)) - np.repeat(np.cumsum(length) - length - first, length)
    listed = np.concatenate(sites)
    at = days[listed] + np.repeat(np.cumsum(length) - length - first, [len(rows) for rows in sites])
    issued, censored = np.zeros((2, len(site)), dtype=np.int64)
    issued[at], censored[at] = units[listed], out[listed]
    found = completed(issued, censored > 0, site)
    some = np.flatnonzero(found)
    return day[some], position[[rows[0] for rows in sites]][site[some]], found[some]


def _place(places: set[str], text: str) -> str:
    """The place that a cell names, a country by two capitals; raises PlaceError for one that the scenario has not."""
    if text in places:
        return text
    if (code := country_code(text)) in places:
        return str(code)
    error = PlaceError(
        (), "unknown place", text, one_of_few(places, "a site, region or country of the scenario"), places
    )
    if error.nearest is None and (code := nearest_code(text)) in places:
        error.nearest = code
    raise error


def read_columns(csv: Table, columns: dict[str, str], sites: pd.DataFrame) -> dict[str, np.ndarray]:
    """The columns of a table, each by what it holds: `date`, `place` (site, region or country), `number` (at least 0).

    Raises ScenarioError for bad cells, unknown places, and two rows that differ in numbers only.
    """
    places = {str(name) for column in ("name", "region", "country") for name in sites[column] if name}
    found = {}
    for column, holds in columns.items():
        if holds == "date":
            found[column] = csv.dates(column)
        elif holds == "place":
            found[column] = np.array(csv.values(column, partial(_place, places), None, ""))
        else:
            found[column] = csv.numbers(column, None, 0)
    csv.check()
    keys = [column for column, holds in columns.items() if holds != "number"]
    for row in np.flatnonzero(pd.DataFrame({key: found[key] for key in keys}).duplicated().to_numpy())[:20]:
        csv.problems.append(csv.problem(int(row), keys[0], f"a second row for the same {' and '.join(keys)}"))
    csv.check()
    return found


def read_values(csv: Table, kind: Empirical) -> Empirical:
    """A distribution with the values of its table; raises ScenarioError for bad cells, and where all are 0."""
    units = csv.whole(kind.column, None, 0)
    csv.check()
    if not units.any():
        csv.problems.append(csv.problem(0, kind.column, "all values are 0", None, "one at least above 0"))
    csv.check()
    return kind.with_values(units.tolist())
