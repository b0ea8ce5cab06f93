"""Demand entries as arrays over demand cells."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.engine.plan import DemandEntry
from sim.errors import PlaceError, placed
from sim.model.amounts import Column
from sim.model.need.demand import DemandKind
from sim.model.network import Calendar
from sim.model.selection import select
from sim.scenario.load import Loaded, Problems
from sim.scenario.words.demand_spec import DemandSpec

NO_PATIENCE = 0
"""Stands for unlimited patience in `DemandRows.patience`."""


@dataclass(frozen=True)
class DemandRows:
    """One row a facility and product: site, product, the entry it comes from, mean units a day while it lasts,
    whether unmet demand waits, for how many days (0: without limit)."""

    site: np.ndarray
    product: np.ndarray
    entry: np.ndarray
    mean: np.ndarray
    backorder: np.ndarray
    patience: np.ndarray


def compile_demand(
    loaded: Loaded, calendar: Calendar, products: list[str], problems: Problems
) -> tuple[DemandRows, list[DemandEntry]]:
    """All demand; two entries for one site and product are a problem."""
    frame = loaded.sites.frame
    taken: dict[tuple[int, int], int] = {}
    rows: list[tuple[np.ndarray, int, int, np.ndarray]] = []
    entries = []
    for position, spec in enumerate(loaded.spec.demand):
        kind = loaded.seen.get(position, spec.distribution)
        entries.append(_entry(spec, kind, calendar, loaded.series.get(position)))
        with problems.at("demand", position):
            if spec.product not in products:
                raise PlaceError(("product",), "unknown product", spec.product, None, products)
            with placed("at"):
                sites = select(spec.at, frame)
                if (other := sites[frame["kind"].to_numpy()[sites] != "facility"]).size:
                    name = str(frame["name"][other[0]])
                    raise PlaceError((), f"demand at a site that is no facility: '{name}'", None, "facilities")
            product = products.index(spec.product)
            for site in sites.tolist():
                if (site, product) in taken:
                    first = taken[site, product] + 1
                    message = f"demand entry {first} is for '{spec.product}' at '{frame['name'][site]}' already"
                    raise PlaceError(("at",), message)
                taken[site, product] = position
            means = _means(spec, sites, position, loaded, calendar)
            full = float(np.mean(spec.week)) if spec.per_day_is == "full_day" else 1.0
            rows.append((sites, product, position, means * full))
    sizes = [len(sites) for sites, *_ in rows]
    specs = [loaded.spec.demand[position] for _, _, position, _ in rows]
    return DemandRows(
        np.concatenate([sites for sites, *_ in rows]) if rows else np.zeros(0, dtype=np.int64),
        np.repeat([product for _, product, _, _ in rows], sizes),
        np.repeat([position for _, _, position, _ in rows], sizes),
        np.concatenate([mean for *_, mean in rows]) if rows else np.zeros(0),
        np.repeat([spec.shortage == "backorder" for spec in specs], sizes),
        np.repeat([NO_PATIENCE if spec.patience is None else int(spec.patience) for spec in specs], sizes),
    ), entries


def _entry(
    spec: DemandSpec,
    kind: DemandKind,
    calendar: Calendar,
    recorded: tuple[np.ndarray, np.ndarray, np.ndarray] | None,
) -> DemandEntry:
    peak = 0
    if spec.season is not None:
        month, day = map(int, spec.season.peak.split("-"))
        peak = int(calendar.day(calendar.start.replace(month=month, day=min(day, 28)))) + max(0, day - 28)
    first = -np.inf if spec.from_ is None else calendar.day(spec.from_)
    over = np.inf if spec.until is None else calendar.day(spec.until)
    amplitude = 0.0 if spec.season is None else spec.season.amplitude
    return DemandEntry(kind, amplitude, peak, first, over, recorded, _rhythm(spec, calendar), _holidays(spec, calendar))


def _rhythm(spec: DemandSpec, calendar: Calendar) -> tuple[float, ...]:
    """See `DemandEntry`."""
    if spec.sessions is not None:
        every, first = int(spec.sessions.every), int(spec.sessions.first)
        return tuple(float(every) if day == first % every else 0.0 for day in range(every)) if every > 1 else ()
    if not spec.weekdays:
        return ()
    week = np.roll(spec.week, -calendar.start.weekday())
    return tuple((week / week.mean()).tolist())


def _holidays(spec: DemandSpec, calendar: Calendar) -> tuple[tuple[float, float], ...]:
    if spec.holidays is None:
        return ()
    share = spec.holidays.share
    return tuple((day, share) for day in sorted({calendar.day(date) for date in spec.holidays.on}))


def _means(spec: DemandSpec, sites: np.ndarray, position: int, loaded: Loaded, calendar: Calendar) -> np.ndarray:
    frame = loaded.sites.frame
    if spec.per_person is not None:
        people = frame["population"].to_numpy(dtype=float)[sites]
        if not (people > 0).all():
            name = str(frame["name"][sites[np.argmin(people > 0)]])
            expected = "a population above 0 at every site"
            raise PlaceError(("at",), f"no population is given for '{name}'", None, expected)
        with placed("per_person"):
            return people * _of_sites(spec.per_person, sites, loaded)
    if spec.per_day is None and spec.series is None:
        return np.full(len(sites), loaded.seen.get(position, spec.distribution).mean)
    if spec.per_day is None:
        days, where, units = loaded.series[position]
        counted = (days >= -calendar.warm_up) & (days < calendar.days)
        length = calendar.days + calendar.warm_up
        return np.bincount(where[counted], units[counted], len(loaded.sites.frame))[sites] / length
    with placed("per_day"):
        return _of_sites(spec.per_day, sites, loaded)


def _of_sites(amount: float | Column, sites: np.ndarray, loaded: Loaded) -> np.ndarray:
    if not isinstance(amount, Column):
        return np.full(len(sites), amount)
    if amount.name not in loaded.sites.numbers:
        raise PlaceError((), "no table of sites has this column", amount.name, None, loaded.sites.numbers)
    return loaded.sites.numbers[amount.name][sites]
