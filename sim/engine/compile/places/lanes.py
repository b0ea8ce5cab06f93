"""Lanes: one of the scenario's entries may stand for a lane to each of many sites."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING, get_args

import numpy as np

from sim.errors import PlaceError, placed
from sim.model.amounts import Column
from sim.model.chance.distributions import Times, parse_times
from sim.model.effects import Effect
from sim.model.network import NEVER, Calendar, Lane, Passage
from sim.model.sea.ways import TypedWay
from sim.model.selection import select
from sim.model.vocabulary import QuantityName
from sim.scenario.load import Problems
from sim.scenario.sites import SiteTable
from sim.scenario.words.network_spec import Hours, LaneSeason, LaneSpec
from sim.units import LONGEST

if TYPE_CHECKING:
    from sim.model.sea.geography import SeaLanes

KNOT = 24.0
"""Nautical miles that one knot makes in a day."""


MODES = get_args(LaneSpec.model_fields["mode"].annotation)
"""As the language lists them."""


class _Geography:
    """What lanes need to know about places; the sea-lane network is opened only for the first sea lane."""

    def __init__(self, sites: SiteTable, locodes: dict[str, str | None]) -> None:
        self.names = {str(name): position for position, name in enumerate(sites.frame["name"])}
        self.name_of = [str(name) for name in sites.frame["name"]]
        self.locodes = locodes
        self._sea: SeaLanes | None = None

    @property
    def sea(self) -> SeaLanes:
        if self._sea is None:
            from sim.model.sea.geography import SeaLanes

            self._sea = SeaLanes()
        return self._sea

    def locode(self, site: int) -> str:
        code = self.locodes.get(self.name_of[site])
        if code is None:
            message = f"a sea lane with speed needs a locode at both ports; '{self.name_of[site]}' has none"
            raise PlaceError(("speed",), message)
        return code


def compile_lanes(
    specs: list[LaneSpec],
    sites: SiteTable,
    locodes: dict[str, str | None],
    calendar: Calendar,
    problems: Problems,
) -> tuple[tuple[Lane, ...], tuple[Effect, ...]]:
    """All lanes, in order of name, and their seasons; two lanes of one mode between the same sites are a problem.

    Of lanes of several modes the one whose mode comes first in `MODES` is called `from > to`, wherever it stands, and
    each of the others bears its mode besides.
    """
    places = _Geography(sites, locodes)
    lanes: dict[str, Lane] = {}
    seasons: dict[str, list[LaneSeason]] = {}
    twins: set[tuple[int, int, str]] = set()
    for position, spec in enumerate(specs):
        with problems.at("lanes", position):
            for lane in _expand(spec, sites, places):
                if lane.times.mean > LONGEST:
                    raise PlaceError((), f"the journey takes {lane.times.mean:,.0f} days", lane.name, "at most 100y")
                if (lane.origin, lane.destination, lane.mode) in twins:
                    raise PlaceError((), f"a second {lane.mode} lane between the same sites", lane.name)
                twins.add((lane.origin, lane.destination, lane.mode))
                name, known = lane.name, lanes.get(lane.name)
                if known is not None and MODES.index(lane.mode) < MODES.index(known.mode):
                    other = f"{name} ({known.mode})"
                    lanes[other], seasons[other] = replace(known, name=other), seasons[name]
                elif known is not None:
                    name = f"{name} ({lane.mode})"
                cold_capacity = NEVER if spec.cold_capacity is None else spec.cold_capacity
                lanes[name] = replace(lane, name=name, entry=position, cold=spec.cold, cold_capacity=cold_capacity)
                seasons[name] = spec.season
    names = sorted(lanes)
    yearly = [e for k, name in enumerate(names) for season in seasons[name] for e in _every_year(season, k, calendar)]
    return tuple(lanes[name] for name in names), tuple(yearly)


def _every_year(season: LaneSeason, lane: int, calendar: Calendar) -> list[Effect]:
    """A lane's season in each of the years that are simulated."""
    quantity: QuantityName = "lane.open" if season.closed else "lane.factor"
    value = 0.0 if season.closed else season.factor
    effects = []
    for year in range(calendar.date(-calendar.warm_up).year - 1, calendar.date(calendar.days).year + 1):
        start = calendar.day(_in_year(season.from_, year))
        end = calendar.day(_in_year(season.until, year + (season.until < season.from_)))
        if end > -calendar.warm_up and start < calendar.days:
            effects.append(Effect(quantity, np.array([lane]), "multiply", ((start, value),), end, "season"))
    return effects


def _in_year(yearly: tuple[int, int], year: int) -> dt.date:
    try:
        return dt.date(year, *yearly)
    except ValueError:  # 29 February
        return dt.date(year, 3, 1)


def _expand(spec: LaneSpec, sites: SiteTable, places: _Geography) -> list[Lane]:
    """The lanes of an entry: from each of its sources to each of its destinations."""
    if not isinstance(spec.from_, list):
        return _from_one(spec, spec.from_, sites, places)
    lanes: list[Lane] = []
    for position, source in enumerate(spec.from_):
        if source in spec.from_[:position]:
            raise PlaceError(("from", position), "this site stands twice", source, "every site once")
        if source not in places.names:
            raise PlaceError(("from", position), "unknown site", source, "a site of this scenario", places.names)
        lanes += _from_one(spec, source, sites, places)
    return lanes


def _from_one(spec: LaneSpec, source: str | Column, sites: SiteTable, places: _Geography) -> list[Lane]:
    with placed("to"):
        destinations = _destinations(spec, sites, places)
    if isinstance(source, Column):
        if source.name not in sites.texts:
            raise PlaceError(("from",), "no table of sites has this column", source.name, None, sites.texts)
        origins = [str(name) for name in sites.texts[source.name][destinations]]
    else:
        origins = [source] * len(destinations)
    for name in dict.fromkeys(origins):
        if name not in places.names:
            where = _where(sites, destinations[origins.index(name)]) if isinstance(source, Column) else ""
            raise PlaceError(("from",), f"unknown site{where}", name, "a site of this scenario", places.names)
    from_ = np.array([places.names[name] for name in origins], dtype=np.int64)
    with placed("cost"):
        cost = _amounts(spec.cost, destinations, sites)
    of_site = spec.time if isinstance(spec.time, Column) else spec.days
    if of_site is not None:
        with placed("days" if spec.time is None else "time"):
            days = _amounts(of_site, destinations, sites)
    lanes: list[Lane] = []
    for k, (origin, destination) in enumerate(zip(from_.tolist(), destinations.tolist(), strict=True)):
        if origin == destination:
            raise PlaceError(("to",), "a lane from a site to itself", places.name_of[origin])
        name = f"{places.name_of[origin]} > {places.name_of[destination]}"
        capacity = NEVER if spec.capacity is None else spec.capacity
        if spec.speed is not None:
            lane = _sea_lane(spec, name, origin, destination, float(cost[k]), capacity, places)
        else:
            times = spec.time if isinstance(spec.time, Times) else spread_times(float(days[k]), spec.spread)
            lane = Lane(name, origin, destination, spec.mode, times, float(cost[k]), capacity)
            lane = _typed_passages(spec, lane)
        lane = replace(lane, departs=_hours(spec.departs), arrives=_hours(spec.arrives))
        lane = _freight(spec, lane)
        if spec.vehicles is not None:
            lane = replace(lane, vehicle=spec.vehicles.carries, vehicles=spec.vehicles.number)
        before = [x for x in lanes if x.origin == origin] if spec.round is not None else []
        lanes.append(_stop(spec, lane, before))
    return lanes


def _freight(spec: LaneSpec, lane: Lane) -> Lane:
    """The lane with what is paid whole, its length, and carriers that are verified."""
    if spec.loads is not None:
        load = NEVER if spec.loads.carries is None else spec.loads.carries
        lane = replace(lane, load=load, load_cost=spec.loads.cost, load_of=spec.loads.of)
    if spec.verified is not None:
        times, cost = lane.times.narrowed(spec.verified.spread), lane.cost + spec.verified.cost
        lane = replace(lane, times=times, cost=cost)
    return replace(lane, km=spec.km, grams=spec.emissions)


def _destinations(spec: LaneSpec, sites: SiteTable, places: _Geography) -> np.ndarray:
    """Positions in order of name; those of a round in the order in which they are listed by name."""
    found = select(spec.to, sites.frame)
    listed = spec.to if spec.round is not None and isinstance(spec.to, list) else []
    names = [name for name in listed if isinstance(name, str) and name in places.names]
    if listed and len(names) == len(listed):
        return np.array([places.names[name] for name in dict.fromkeys(names)], dtype=np.int64)
    return found


def _hours(hours: Hours | None) -> tuple[float, float] | None:
    return None if hours is None else (hours.from_, hours.until)


def _stop(spec: LaneSpec, lane: Lane, before: list[Lane]) -> Lane:
    """The lane as a stop of the round that made the stops `before` it."""
    if spec.round is None:
        return lane
    return replace(
        lane,
        times=lane.times.after(len(before) * spec.round.next),
        capacity=NEVER if spec.round.carries is None else spec.round.carries,
        vehicle=NEVER if spec.round.carries is None else spec.round.carries,
        every=int(spec.round.every),
        first=int(spec.round.first),
        round=before[0].round if before else f"{lane.name} and on",
    )


def _amounts(amount: float | Column, positions: np.ndarray, sites: SiteTable) -> np.ndarray:
    if not isinstance(amount, Column):
        return np.full(len(positions), amount)
    if amount.name not in sites.numbers:
        raise PlaceError((), "no table of sites has this column", amount.name, None, sites.numbers)
    values = sites.numbers[amount.name][positions]
    if np.isnan(values).any():
        first = positions[np.isnan(values)][0]
        message = f"column '{amount.name}' has no value for '{sites.frame['name'].to_numpy()[first]}'"
        raise PlaceError((), message + _where(sites, first), amount.name)
    return values


def _where(sites: SiteTable, site: int) -> str:
    """Where a site of a table is written, in brackets."""
    return f" ({sites.written[site]})" if sites.written[site] else ""


def spread_times(mean: float, spread: float) -> Times:
    """A certain time of `mean` days, or a lognormal one whose sd is `spread` times the mean."""
    if spread == 0 or mean == 0:
        return Times(f"{mean:g}d", mean)
    return parse_times(f"lognormal({mean:.6f}d, {mean * spread:.6f}d)")


def _typed_passages(spec: LaneSpec, lane: Lane) -> Lane:
    """A lane whose time is given, with its passages: each detour comes on top of the voyage."""
    if not spec.passages:
        return lane
    mean, found = lane.times.mean, []
    for name, fraction in spec.passages.items():
        longer = 1 + spec.detour[name] / mean if mean else 1.0
        found.append(Passage(name, fraction, longer, ((0.0, longer), (fraction, longer - fraction))))
    found.sort(key=lambda passage: (passage.fraction, passage.name))
    stops = tuple((p.name, p.fraction, spec.detour[p.name] / (mean or 1.0)) for p in found)
    return replace(lane, passages=tuple(found), way=TypedWay(stops, float(mean > 0)))


def _sea_lane(
    spec: LaneSpec, name: str, origin: int, destination: int, cost: float, capacity: float, places: _Geography
) -> Lane:
    from sim.model.sea.sea_ways import sea_way

    may_use = frozenset(spec.may_use)
    try:
        ends = places.locode(origin), places.locode(destination)
        voyage = places.sea.voyage(*ends, may_use)
    except ValueError as error:
        raise PlaceError(("to",), f"lane '{name}': {error}") from None
    assert spec.speed is not None
    times = spread_times(voyage.distance_nm / (spec.speed * KNOT), spec.spread)
    way = sea_way(*ends, may_use, voyage)
    return Lane(
        name, origin, destination, spec.mode, times, cost, capacity, voyage.passages, voyage.distance_nm, voyage.path,
        way=way,
    )  # fmt: skip
