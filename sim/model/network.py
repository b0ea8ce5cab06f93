"""The network as arrays: what the engine runs on and what disruptions and policies refer to.

A *cell* is a site and a product that belong together (the site makes, keeps or uses the product); a *flow* is a buyer
cell and the source cell it orders from, along a route. State is kept in flat arrays over cells and flows, so that
a sparse network costs no more than it holds. Sites and products are in order of name, which makes a result
independent of the order of the file.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sim.errors import PlaceError
from sim.model.amounts import Column, Cover
from sim.model.chance.distributions import Times
from sim.model.effects import Effect
from sim.model.goods.bill import Bill
from sim.model.lane_table import LaneTable, lane_table
from sim.model.lookups import Answers, Lookups
from sim.model.need.usual import adding_up
from sim.model.parties import NO_PARTIES, Parties
from sim.model.sea.ways import Way
from sim.model.vocabulary import QUANTITIES, QuantityName, Rows
from sim.units import EXACT

if TYPE_CHECKING:  # it is imported where it is needed
    from scipy.sparse import csr_array

CLASSES = ("vital", "essential", "necessary")
"""Classes of importance of products (VEN), the most important first."""
NEVER = np.inf


@dataclass(frozen=True)
class Calendar:
    """Days since the start; day 0 is `start`, warm-up days are negative."""

    start: dt.date
    days: int
    warm_up: int

    def day(self, date: dt.date) -> float:
        """The day number of a date at 00:00."""
        return float((date - self.start).days)

    def date(self, day: float) -> dt.date:
        """The calendar date of a day number."""
        return self.start + dt.timedelta(days=int(np.floor(day)))


@dataclass(frozen=True)
class Convoys:
    """When vessels may pass: at each of `at` (days into a period of `every` whole days, from day 0 on) so many `ships`.

    `traffic` are vessels that come a day; who comes less than `limit` days before a convoy does not go with it.
    """

    traffic: float
    ships: float
    at: tuple[float, ...]
    every: int
    limit: float = 0.0

    @property
    def room(self) -> float:
        """Vessels that can pass a day."""
        return self.ships * len(self.at) / self.every

    def times(self, first: float, last: float) -> np.ndarray:
        """Times of the convoys in [first, last], ascending."""
        periods = np.arange(np.floor(first / self.every), np.floor(last / self.every) + 1)
        times = (periods[:, None] * self.every + np.sort(self.at)).ravel()
        return np.asarray(times[(times >= first) & (times <= last)])


@dataclass(frozen=True)
class Passage:
    """A passage on a lane: the fraction of the voyage at which it is reached and what a detour does.

    `detour` is the voyage's length without the passage as a multiple of the open voyage; `remaining` are
    (fraction sailed, rest of the voyage as a multiple of the open voyage) for a vessel that turns off under way.
    Where the directions of a canal have convoys of their own, `of` is the canal and `name` the direction in it.
    """

    name: str
    fraction: float
    detour: float
    remaining: tuple[tuple[float, float], ...]
    convoys: Convoys | None = None
    of: str = ""

    @property
    def canal(self) -> str:
        """The canal or strait, whichever way it is passed."""
        return self.of or self.name


@dataclass(frozen=True)
class Lane:
    """One lane between two sites. `times` in days, `cost` per unit, `capacity` in handling units a day,
    `cold_capacity` the same for cold goods alone; `entry` is its place among the scenario's lanes.

    `departs` and `arrives` are the hours of the day, in days, between which that may happen; `vehicle` is what one of
    the lane's `vehicles` carries (handling units). Something leaves every `every` days from day `first`. Lanes of one
    `round` are the stops of one vehicle: they share its capacities and its delays.
    """

    name: str
    origin: int
    destination: int
    mode: str
    times: Times
    cost: float = 0.0
    capacity: float = NEVER
    passages: tuple[Passage, ...] = ()
    distance_nm: float | None = None
    path: tuple[tuple[float, float], ...] = ()
    cold: bool = False
    cold_capacity: float = NEVER
    entry: int = 0
    departs: tuple[float, float] | None = None
    arrives: tuple[float, float] | None = None
    vehicle: float = NEVER
    vehicles: int = 0
    every: int = 1
    first: int = 0
    round: str = ""
    way: Way | None = None
    """the usual way of its vessels, where passages are on it"""
    load: float = NEVER
    """handling units in one shipment that is paid whole, for `load_cost` (None: none is); `load_of` as in `Loads`"""
    load_cost: float | None = None
    load_of: str = "all"
    km: float | None = None
    """its length, where it is written"""
    grams: float | None = None
    """CO2 equivalents emitted for a tonne over a km; None: as its mode"""


@dataclass(frozen=True)
class Hold:
    """A share of consignments is held back for some time; `products` are positions of those concerned, None for all."""

    share: float
    times: Times
    products: tuple[int, ...] | None = None


@dataclass(frozen=True)
class Gate:
    """One side of a port: what it handles a day (handling units) and how long clearance takes.

    Gates of one `pool` share their handling. Where vessels take a berth for a `berth_time`, `handling` is the number of
    berths; `yard` is the room ashore in handling units. `rank` gives each product's turn in the queue (0 first).
    """

    name: str
    site: int
    side: str
    pool: int
    handling: float
    clearance: Times
    berth_time: Times | None = None
    yard: float = NEVER
    rank: tuple[int, ...] = ()
    holds: tuple[Hold, ...] = ()

    @property
    def stay(self) -> float:
        """Mean days from berth to release, without waiting."""
        berth = 0.0 if self.berth_time is None else self.berth_time.mean
        return berth + self.clearance.mean + sum(hold.share * hold.times.mean for hold in self.holds)


@dataclass(frozen=True)
class Routes:
    """Ways from a source to a buyer through ports: (routes x legs) arrays, padded with -1.

    `lane[r, k]` is the k-th lane; `gate[r, k]` the port gate passed after it; `legs[r]` their number; `border[r]`
    the first leg that ends in another country than the source's, or -1. `lead_time[r]` are mean days from order to
    arrival, of which goods are `under_way[r]`, and `to_border[r]` until they come to that leg; the rest is the wait for
    the first lane's round. `lost[r, k]` are the
    mean days lost on a leg to hours of the day and to rounds after the first.
    """

    lane: np.ndarray
    gate: np.ndarray
    legs: np.ndarray
    border: np.ndarray
    lead_time: np.ndarray
    under_way: np.ndarray
    to_border: np.ndarray
    lost: np.ndarray


@dataclass(frozen=True)
class Spans:
    """Days from which sites order, have patients, and have none any more; over sites, infinite where they always do."""

    orders: np.ndarray
    opens: np.ndarray
    closes: np.ndarray

    def open(self, day: float | np.ndarray) -> np.ndarray:
        """Whether each site has patients on a day, or on days of shape (days, 1)."""
        return np.asarray((self.opens <= day) & (day < self.closes))

    def ordering(self, day: float) -> np.ndarray:
        """Whether each site orders on a day."""
        return np.asarray((self.orders <= day) & (day < self.closes))

    def days(self, days: int) -> np.ndarray:
        """On how many of the first so many days (from day 0) each site is open."""
        return np.maximum(0, np.minimum(self.closes, days) - np.maximum(self.opens, 0)).astype(np.int64)


@dataclass(frozen=True)
class Network(Lookups):
    """The compiled network; all index arrays are int64.

    `sites` and `products` are tables in order of name. Cells are in order of group (kind, country, region,
    priority, setting, product), then site, so that totals by group are sums over runs of cells. Flows are in order
    of source cell, then buyer. `cell_mean` and `flow_usual` are units a day in undisturbed times; `capacity` is units a
    day of supplier cells (infinite elsewhere), `ramp_up` days over sites. A material at the maker that uses it up is a
    cell too, which buys like any other; `bill` says what takes how much of it. A source may have a second flow to a
    buyer, for urgent orders. Behind all flows on which orders go stand those for transfers, as many as `sideways`:
    nobody orders on them, and they have no share and no usual units.
    """

    calendar: Calendar
    sites: pd.DataFrame
    products: pd.DataFrame
    cell_site: np.ndarray
    cell_product: np.ndarray
    cell_group: np.ndarray
    groups: pd.DataFrame
    cell_mean: np.ndarray
    cell_level: np.ndarray
    lanes: tuple[Lane, ...]
    gates: tuple[Gate, ...]
    routes: Routes
    flow_buyer: np.ndarray
    flow_source: np.ndarray
    flow_route: np.ndarray
    flow_share: np.ndarray
    flow_usual: np.ndarray
    capacity: np.ndarray
    ramp_up: np.ndarray
    columns: dict[str, np.ndarray]
    bill: Bill
    making_wait: np.ndarray
    """mean days, over cells, from an order to the evening on which a maker has what it takes made; 0 for all others"""
    flow_urgent: np.ndarray
    """whether a flow is a second way from its source, for urgent orders"""
    seasons: tuple[Effect, ...] = ()
    """what happens to lanes every year, disruptions or not"""
    spans: Spans | None = None
    """when facilities are open, None where they always are"""
    covers: frozenset[str] = frozenset()
    """those of `columns` that are days of usual demand"""
    parties: Parties = NO_PARTIES
    sideways: np.ndarray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    """of each of the last flows, which are for transfers, the entry of `transfers`; below 0 one for paying back only"""
    answers: Answers = field(default_factory=Answers, compare=False, repr=False)

    @cached_property
    def lane_table(self) -> LaneTable:
        """Lanes as columns."""
        return lane_table(self.lanes)

    @cached_property
    def passages(self) -> list[str]:
        """Names of all passages that vessels of any lane may use, in order of name.

        Directions with convoys of their own are one each.
        """
        usual = {passage.name: passage.canal for lane in self.lanes for passage in lane.passages}
        elsewhere = {name for lane in self.lanes if lane.way is not None for name in lane.way.usable}
        return sorted(usual.keys() | (elsewhere - set(usual.values())))

    @cached_property
    def undisturbed(self) -> dict[QuantityName, np.ndarray]:
        """Every named quantity as it is without disruptions; all runs share these arrays, which are read-only."""
        flows = len(self.flow_buyer)
        rows: dict[Rows, int] = {
            "cells": len(self.cell_site),
            "flows": flows,
            "stops": flows * self.routes.lane.shape[1],
            "gates": len(self.gates),
            "lanes": len(self.lanes),
            "passages": len(self.passages),
        }
        found = {name: np.full(rows[one.rows], float(one.unaffected)) for name, one in QUANTITIES.items()}
        found["gate.handling"][:] = [gate.handling for gate in self.gates]
        for number, convoys in self.convoys.items():
            found["passage.traffic"][number], found["passage.capacity"][number] = convoys.traffic, convoys.room
        for array in found.values():
            array.setflags(write=False)
        return found

    @cached_property
    def canals(self) -> dict[str, np.ndarray]:
        """The passages by what a planner may call them: a direction of a canal, or the canal with all of them."""
        index = {name: i for i, name in enumerate(self.passages)}
        rows: dict[str, set[int]] = {name: {i} for name, i in index.items()}
        for passage in (p for lane in self.lanes for p in lane.passages):
            rows.setdefault(passage.canal, set()).add(index[passage.name])
        return {name: np.array(sorted(rows[name]), dtype=np.int64) for name in sorted(rows)}

    @cached_property
    def lane_passages(self) -> list[dict[str, int]]:
        """For each lane the passages that its vessels may use, by canal, as positions: of a canal whose directions have
        convoys of their own the lane's, else the first by name."""
        index = {name: i for i, name in enumerate(self.passages)}
        found = []
        for lane in self.lanes:
            usable = sorted(lane.way.usable) if lane.way is not None else []
            own = {passage.canal: index[passage.name] for passage in lane.passages}
            found.append({name: own.get(name, int(self.canals[name][0])) for name in usable})
        return found

    @cached_property
    def used_canals(self) -> set[str]:
        """What a planner may call the passages that are on the usual way of some lane."""
        return {name for lane in self.lanes for p in lane.passages for name in (p.name, p.canal)}

    @cached_property
    def convoys(self) -> dict[int, Convoys]:
        """Convoys of the passages that have some, by position of the passage."""
        index = {name: i for i, name in enumerate(self.passages)}
        passages = [p for lane in self.lanes for p in lane.passages]
        return {index[p.name]: p.convoys for p in passages if p.convoys is not None}

    @cached_property
    def single_sources(self) -> bool:
        """Whether nobody buys a product of several sources."""
        return len(np.unique(self.flow_buyer[: self.orders])) == self.orders

    @cached_property
    def orders(self) -> int:
        """How many of the flows, the first ones, are for orders."""
        return len(self.flow_buyer) - len(self.sideways)

    @cached_property
    def on_usual_way(self) -> np.ndarray:
        """Whether a flow is one of orders on their usual way; a mask, not to be changed in place."""
        usual = ~self.flow_urgent
        usual[self.orders :] = False
        return usual

    @cached_property
    def group_product(self) -> np.ndarray:
        """Position of the product of each group."""
        index = {name: k for k, name in enumerate(self.products["name"])}
        return np.array([index[name] for name in self.groups["product"]], dtype=np.int64)

    @cached_property
    def cell_size(self) -> np.ndarray:
        """Handling units of one unit of each cell."""
        return np.asarray(self.products["size"].to_numpy(dtype=float)[self.cell_product])

    @cached_property
    def cell_cold(self) -> np.ndarray:
        """Whether each cell's product is kept cold."""
        return np.asarray((self.products["storage"] == "cold").to_numpy()[self.cell_product])

    @cached_property
    def cell_priority(self) -> np.ndarray:
        """Priority of the site of each cell, whole numbers."""
        return np.asarray(self.sites["priority"].to_numpy(dtype=np.int64)[self.cell_site])

    @cached_property
    def flow_lanes(self) -> np.ndarray:
        """Lanes of each flow in order; shape (flows, legs), -1 after its last."""
        return np.asarray(self.routes.lane[self.flow_route])

    @cached_property
    def flow_first_lane(self) -> np.ndarray:
        """Lane on which each flow sets out."""
        return np.ascontiguousarray(self.flow_lanes[:, 0])

    @cached_property
    def flow_gates(self) -> np.ndarray:
        """Gates at the end of each flow's lanes; shape (flows, legs), -1 where there is none."""
        return np.asarray(self.routes.gate[self.flow_route])

    @cached_property
    def bought_of_makers(self) -> np.ndarray:
        """Flows on which somebody buys of a supplier."""
        return np.flatnonzero(self.of_kind("supplier")[self.flow_source])

    @cached_property
    def sources(self) -> tuple[np.ndarray, np.ndarray]:
        """Cells from which something is ordered, ascending, and the first flow of each."""
        return np.unique(self.flow_source[: self.orders], return_index=True)

    @cached_property
    def needs(self) -> csr_array:
        """What a unit needed at each cell (column) comes to at each (row), materials included; see `adding_up`."""
        return self._adding_up(self.bill)

    @cached_property
    def echelons(self) -> csr_array:
        """The share of each cell (column) that belongs to the echelon of each (row); see `adding_up`."""
        return self._adding_up(None)

    def _adding_up(self, bill: Bill | None) -> csr_array:
        orders = slice(self.orders)
        flows = self.flow_buyer[orders], self.flow_source[orders], self.flow_share[orders]
        return adding_up(self.cell_level, *flows, bill)

    @cached_property
    def flow_turn(self) -> np.ndarray:
        """Who gets a single unit of room when shares are even, over flows: by the product's class of importance, the
        buyer's priority group and the larger usual demand; by name only where all these are alike."""
        importance = self.products["priority"].map({name: k for k, name in enumerate(CLASSES)}).to_numpy()
        of_flow = importance[self.cell_product[self.flow_buyer]]
        order = np.lexsort((-self.flow_usual, self.cell_priority[self.flow_buyer], of_flow))
        turn = np.empty(len(order), dtype=np.int64)
        turn[order] = np.arange(len(order))
        return turn

    @cached_property
    def makers(self) -> np.ndarray:
        """Cells whose product is made there, ascending: those of suppliers, but for the materials they buy."""
        return np.setdiff1d(np.flatnonzero(self.cell_kind == "supplier"), self.bill.bought)

    @cached_property
    def cell_lead_time(self) -> np.ndarray:
        """Mean lead time of each cell in days: its flows' lead times weighted by their shares; 0 without a source."""
        total = np.zeros(len(self.cell_site))
        np.add.at(total, self.flow_buyer, self.flow_share * self.flow_lead_time)
        return total

    def __getstate__(self) -> dict[str, object]:
        return {field.name: getattr(self, field.name) for field in fields(self)}  # the rest is worked out where needed

    @cached_property
    def flow_lead_time(self) -> np.ndarray:
        """Mean days of each flow from order to arrival: what its maker needs, and its route."""
        return np.asarray(self.making_wait[self.flow_source] + self.routes.lead_time[self.flow_route])

    def column(self, name: str, sites: np.ndarray) -> np.ndarray:
        """Values of a table's column at these sites; raises PlaceError where there is no such column or value."""
        if name not in self.columns:
            raise PlaceError((), "no table of sites has this column", name, "a numeric column", self.columns)
        values = self.columns[name][sites]
        if np.isnan(values.astype(float)).any():
            lacking = self.site_names(sites[np.isnan(values.astype(float))])
            raise PlaceError((), f"column '{name}' has no value for {lacking[0]}", name)
        return np.asarray(values, dtype=float)

    def amounts(self, amount: float | Column, sites: np.ndarray) -> np.ndarray:
        """An amount at each of these sites: a number, or the value in a column."""
        if isinstance(amount, Column):
            return self.column(amount.name, sites)
        return np.full(len(sites), float(amount))

    def units(self, amount: float | Cover | Column, cells: np.ndarray) -> np.ndarray:
        """Whole units (int64) that an amount stands for at each of these cells; days of cover use the usual demand."""
        if isinstance(amount, Column):
            values = self.column(amount.name, self.cell_site[cells])
            values = values * self.cell_mean[cells] if amount.cover or amount.name in self.covers else values
        elif isinstance(amount, Cover):
            values = amount.days * self.cell_mean[cells]
        else:
            values = np.full(len(cells), float(amount))
        return whole_units(values)


def whole_units(amounts: np.ndarray) -> np.ndarray:
    """Amounts rounded to whole units (int64); raises PlaceError where they are too many to be counted exactly."""
    if (most := amounts.max(initial=0)) > EXACT:
        raise PlaceError((), "these are more units than can be counted exactly", f"{most:.3g}", f"at most {EXACT:,}")
    return np.round(amounts).astype(np.int64)
