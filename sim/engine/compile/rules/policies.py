"""Policies bound to the network: who orders by which rule, who shares by which rule, what is there at the start."""

from __future__ import annotations

import datetime as dt

import numpy as np

from sim.engine.bound.echelons import own_targets
from sim.engine.bound.in_force import ALWAYS, BoundRule, BoundSharing, in_turn
from sim.engine.bound.start import Start
from sim.engine.timetable import Timetable, route_of
from sim.errors import PlaceError, placed
from sim.model.network import Network
from sim.policies.allocation.base import Allocation
from sim.policies.allocation.proportional import Proportional
from sim.policies.allocation.sharing import Sharing, bind
from sim.policies.replenishment.base import Replenishment
from sim.scenario.load import Loaded, Problems
from sim.scenario.reading.document import Place


def _described(network: Network, cell: int) -> str:
    site, product = network.cell_site[cell], network.cell_product[cell]
    return f"'{network.products['name'].iat[product]}' at '{network.sites['name'].iat[site]}'"


def bind_replenishment(loaded: Loaded, network: Network, problems: Problems) -> tuple[BoundRule, ...]:
    """One rule for each cell that orders, and those that take its place from some dates on; a cell with none, or two of
    one date, is a problem."""
    bound = replenishment_entries(loaded, network, problems).values()
    lacks = np.zeros(len(network.cell_site), dtype=bool)
    lacks[network.flow_buyer] = True
    for rule in bound:
        if rule.since == ALWAYS:
            lacks[rule.cells] = False
    if not problems.found and (lacking := np.flatnonzero(lacks)).size:
        with problems.at("replenishment"):
            more = f" (and {len(lacking) - 1} more)" if len(lacking) > 1 else ""
            what = _described(network, int(lacking[0])) + more
            entry_of = "an entry without 'from'" if any(r.since > ALWAYS for r in bound) else "an entry"
            raise PlaceError((), f"no replenishment policy for {what}", None, f"{entry_of} whose 'at' includes it")
    return in_turn(bound)


def replenishment_entries(loaded: Loaded, network: Network, problems: Problems) -> dict[int, BoundRule]:
    """Every entry bound to its cells, by its position; two for one cell from the same date on are a problem."""
    owners = Owners("replenishment", network)
    bound = {}
    for position, entry in enumerate(loaded.spec.replenishment):
        with problems.at("replenishment", position):
            since = day_in_force(entry.from_, loaded, network, ("replenishment", position))
            bound[position] = bound_rule(entry, network, since, position)
            owners.take(bound[position].cells, since, position)
    return bound


def bound_rule(entry: Replenishment, network: Network, since: int, position: int = 0) -> BoundRule:
    """An entry of `replenishment` bound to its cells, from a day on; raises PlaceError where it has none."""
    cells = network.select_cells(entry.at, entry.products)
    cells = cells[np.isin(cells, network.flow_buyer)]
    if not len(cells):
        raise PlaceError(("at",), "none of these sites orders any of these products")
    begins = 0 if since == ALWAYS else since
    rule, first = entry.bind(network, cells), begins + int(entry.first_review)
    planned, uncounted = entry.planned(network, cells), int(entry.not_counting)
    return BoundRule(cells, rule, int(entry.review), first, begins, since, uncounted, planned, position)


def bind_allocation(loaded: Loaded, network: Network, problems: Problems) -> tuple[BoundSharing, ...]:
    """The rules, in turn; the first holds for all cells, proportional, where the scenario names none."""
    everywhere = np.arange(len(network.cell_site))
    usual = BoundSharing(everywhere, Sharing(Proportional(rule="proportional")))
    return in_turn([usual, *allocation_entries(loaded, network, problems).values()])


def allocation_entries(loaded: Loaded, network: Network, problems: Problems) -> dict[int, BoundSharing]:
    """Every entry bound to its cells, by its position; two for one cell from the same date on are a problem."""
    owners = Owners("allocation", network)
    bound = {}
    for position, entry in enumerate(loaded.spec.allocation):
        with problems.at("allocation", position):
            since = day_in_force(entry.from_, loaded, network, ("allocation", position))
            bound[position] = bound_sharing(entry, network, since)
            owners.take(bound[position].cells, since, position)
    return bound


def bound_sharing(entry: Allocation, network: Network, since: int) -> BoundSharing:
    """An entry of `allocation` bound to its cells, from a day on; raises PlaceError where they supply nobody."""
    cells = network.select_cells(entry.at, entry.products)
    if not np.isin(cells, network.sources[0]).any():
        raise PlaceError(("at",), "none of these sites supplies any of these products to another")
    return BoundSharing(cells, bind(entry, network, network.flows_from(cells)), since)


def day_in_force(date: dt.date | None, loaded: Loaded, network: Network, place: Place) -> int:
    """The day from which an entry of the scenario is in force; a date after the last day is worth a note."""
    if date is None:
        return ALWAYS
    calendar = network.calendar
    day = int(calendar.day(date))
    if day >= calendar.days:
        last = calendar.date(calendar.days - 1)
        message = f"holds from {date} on, after the last day of the scenario ({last})"
        loaded.notes.append(loaded.document.problem(place, message))
    return day


class Owners:
    """Which entry of a part of the scenario holds for each cell, from each date on."""

    def __init__(self, part: str, network: Network) -> None:
        self._part, self._network = part, network
        self._found: dict[int, np.ndarray] = {}

    def of(self, since: int) -> np.ndarray:
        """The position of the entry in force from a day on, over cells; -1 where none begins then."""
        return self._found.setdefault(since, np.full(len(self._network.cell_site), -1))

    def take(self, cells: np.ndarray, since: int, position: int) -> None:
        """These cells are an entry's; raises PlaceError where another has one of them from the same day on."""
        owner = self.of(since)
        if (twice := cells[owner[cells] >= 0]).size:
            other, what = int(owner[twice[0]]) + 1, _described(self._network, int(twice[0]))
            when = "" if since == ALWAYS else f" from {self._network.calendar.date(since)} on"
            raise PlaceError(("at",), f"{self._part} entry {other} holds for {what} already{when}")
        owner[cells] = position


def finished_targets(loaded: Loaded, network: Network, problems: Problems) -> np.ndarray:
    """Finished stock that each supplier cell keeps, in units; zero elsewhere."""
    target = np.zeros(len(network.cell_site), dtype=np.int64)
    for supplier, spec in loaded.spec.suppliers.items():
        for product, makes in spec.makes.items():
            with problems.at("suppliers", supplier, "makes", product, "finished_stock"):
                cells = network.select_cells(supplier, [product])
                target[cells] = network.units(makes.finished_stock, cells)
    return target


def bind_start(
    loaded: Loaded,
    network: Network,
    rules: tuple[BoundRule, ...],
    finished: np.ndarray,
    busy: np.ndarray,
    problems: Problems,
) -> Start:
    """Stock at the start: as given, else the order-up-to position of each cell's policy without a date, with its lead
    time's worth under way, and in the making at the makers of which all orders are open then (`busy`, a mask over
    cells)."""
    cells = len(network.cell_site)
    target = own_targets(network, rules)
    given = np.full(cells, -1, dtype=np.int64)
    steady = np.ones(cells, dtype=bool)
    for position, entry in enumerate(loaded.spec.stock):
        with problems.at("stock", position):
            mine = network.select_cells(entry.at, entry.products)
            if not len(mine):
                raise PlaceError(("at",), "none of these sites keeps any of these products")
            if (given[mine] >= 0).any():
                what = _described(network, int(mine[given[mine] >= 0][0]))
                raise PlaceError(("at",), f"an earlier stock entry gives {what} already")
            with placed("on_hand"):
                given[mine] = network.units(entry.on_hand, mine)
            steady[mine] = entry.on_the_way == "steady"
    if network.spans is not None:  # a site that does not order yet has nothing, and nothing is on its way there
        idle = ~network.spans.ordering(-network.calendar.warm_up)[network.cell_site]
        given[idle & (given < 0)] = 0
        steady[idle] = False
    making = np.where(busy, network.making_wait, 0.0)[network.flow_source]
    flow, units, ago = _under_way(network, steady, making)
    unsent = _open(network, steady, making)
    total = np.zeros(cells, dtype=np.int64)
    np.add.at(total, network.flow_buyer[flow], units)
    np.add.at(total, network.flow_buyer, unsent)
    # a level below the lead time's worth cannot have all of it under way
    over = (given < 0) & (target >= 0) & (total > target)
    keep = ~over[network.flow_buyer[flow]]
    flow, units, ago = flow[keep], units[keep], ago[keep]
    unsent[over[network.flow_buyer]] = 0
    total[over] = 0
    kept = np.zeros(cells, dtype=np.int64)  # a source that keeps stock has what its customers' next rounds will take
    np.add.at(kept, network.flow_source, unsent)
    kept[(target < 0) & ~np.isfinite(network.capacity) | busy] = 0
    on_hand = np.where(given >= 0, given, np.where(target >= 0, target - total, finished) + kept)
    steadily = (steady & ~over)[network.flow_buyer]
    return Start(np.maximum(0, on_hand), flow, units, ago, unsent, given >= 0, steadily)


def _under_way(network: Network, steady: np.ndarray, making: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The usual units of each day on which goods of a flow left that are still under way, from the evening in which
    they left to the morning on which they can be used; a round takes the orders of all days since the one before it.
    What left had been ordered the days of `making` before. Fractions are carried from day to day."""
    flows, units, ago = [], [], []
    still = _still_under_way(network)
    every, first = _rounds(network)
    for day in range(1, still.shape[1] + 1):
        left = (-network.calendar.warm_up - day - first) % every == 0
        mine = np.flatnonzero(still[network.flow_route, day - 1] & left & steady[network.flow_buyer])
        usual, last, since = network.flow_usual[mine], day + every[mine] - 1 + making[mine], day - 1 + making[mine]
        sent = (np.floor(usual * last + 1e-9) - np.floor(usual * since + 1e-9)).astype(np.int64)
        flows.append(mine[sent > 0])
        units.append(sent[sent > 0])
        ago.append(np.full(int((sent > 0).sum()), day))
    none = np.zeros(0, dtype=np.int64)
    return np.concatenate([none, *flows]), np.concatenate([none, *units]), np.concatenate([none, *ago])


def _still_under_way(network: Network) -> np.ndarray:
    """Whether goods that set out on a route so many evenings before the first day (1, 2, ...) are not there by its
    morning, or come then; shape (routes, days)."""
    routes, begin = network.routes, -float(network.calendar.warm_up)
    lead = np.maximum(1, np.ceil(routes.under_way - 1e-9)).astype(np.int64)
    scheduled = np.flatnonzero((routes.lost > 0).any(axis=1))
    longest = max((lane.every for lane in network.lanes), default=1) * routes.lane.shape[1] + 2 if scheduled.size else 0
    ago = np.arange(1, int(lead.max(initial=0)) + longest + 1)
    still = ago <= lead[:, None]
    timetable = Timetable(network.lanes, network.lane_table, network.gates)
    for route in scheduled.tolist():
        path, gates = route_of(network, route)
        legs = timetable.in_mean_time(path, gates, begin - ago)
        # what hours and rounds do not explain are convoys
        more = routes.under_way[route] - routes.lost[route].sum() - _in_mean_time(network, path, gates)
        still[route] = np.maximum(np.ceil(legs[-1].came + more - 1e-9), begin - ago + 1) >= begin
    return np.asarray(still)


def _in_mean_time(network: Network, path: list[int], gates: list[int]) -> float:
    """Days that a route's journeys and ports take in the mean."""
    return sum(network.lanes[lane].times.mean for lane in path) + sum(network.gates[gate].stay for gate in gates)


def _open(network: Network, steady: np.ndarray, making: np.ndarray) -> np.ndarray:
    """The usual units ordered on each flow since its last round left, or too late to be made for it; shape (flows,)."""
    every, first = _rounds(network)
    days = (-network.calendar.warm_up - 1 - first) % every + making
    days[~steady[network.flow_buyer]] = 0
    return np.floor(network.flow_usual * days + 1e-9).astype(np.int64)


def _rounds(network: Network) -> tuple[np.ndarray, np.ndarray]:
    """Days from one round of each flow's first lane to the next, and the day of the first; shape (flows,) each."""
    lane = network.routes.lane[network.flow_route, 0]
    every = np.array([x.every for x in network.lanes], dtype=np.int64)
    first = np.array([x.first for x in network.lanes], dtype=np.int64)
    return every[lane], first[lane]
