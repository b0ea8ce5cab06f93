"""Policies bound to the network: who orders by which rule, who shares by which rule, what is there at the start."""

from __future__ import annotations

import numpy as np

from sim.engine.plan import BoundRule, Start
from sim.errors import PlaceError, placed
from sim.model.network import Network
from sim.policies.allocation.base import Allocation
from sim.policies.allocation.proportional import Proportional
from sim.policies.replenishment.max_min import MaxMin
from sim.scenario.load import Loaded, Problems


def _described(network: Network, cell: int) -> str:
    site, product = network.cell_site[cell], network.cell_product[cell]
    return f"'{network.products['name'].iat[product]}' at '{network.sites['name'].iat[site]}'"


def bind_replenishment(loaded: Loaded, network: Network, problems: Problems) -> tuple[BoundRule, ...]:
    """One rule for each cell that orders; a cell with none or two is a problem."""
    orders = np.zeros(len(network.cell_site), dtype=bool)
    orders[network.flow_buyer] = True
    owner = np.full(len(orders), -1)
    bound = []
    for position, entry in enumerate(loaded.spec.replenishment):
        with problems.at("replenishment", position):
            cells = network.select_cells(entry.at, entry.products)
            cells = cells[orders[cells]]
            if not len(cells):
                raise PlaceError(("at",), "none of these sites orders any of these products")
            if (twice := cells[owner[cells] >= 0]).size:
                first = int(owner[twice[0]]) + 1
                what = _described(network, int(twice[0]))
                raise PlaceError(("at",), f"replenishment entry {first} holds for {what} already")
            owner[cells] = position
            bound.append(BoundRule(cells, entry.bind(network, cells), int(entry.review), int(entry.first_review)))
    if not problems.found and (lacking := np.flatnonzero(orders & (owner < 0))).size:
        with problems.at("replenishment"):
            more = f" (and {len(lacking) - 1} more)" if len(lacking) > 1 else ""
            what = _described(network, int(lacking[0])) + more
            raise PlaceError((), f"no replenishment policy for {what}", None, "an entry whose 'at' includes it")
    return tuple(bound)


def bind_allocation(loaded: Loaded, network: Network, problems: Problems) -> tuple[tuple[Allocation, ...], np.ndarray]:
    """Rules, and the position of each cell's rule; proportional where the scenario names none."""
    rules: list[Allocation] = [Proportional(rule="proportional")]
    index = np.zeros(len(network.cell_site), dtype=np.int64)
    for position, entry in enumerate(loaded.spec.allocation):
        with problems.at("allocation", position):
            cells = network.select_cells(entry.at, entry.products)
            if not np.isin(cells, network.flow_source).any():
                raise PlaceError(("at",), "none of these sites supplies any of these products to another")
            if (twice := cells[index[cells] > 0]).size:
                what = _described(network, int(twice[0]))
                raise PlaceError(("at",), f"allocation entry {index[twice[0]]} holds for {what} already")
            index[cells] = position + 1
            rules.append(entry)
    return tuple(rules), index


def finished_targets(loaded: Loaded, network: Network, problems: Problems) -> np.ndarray:
    """Finished stock that each supplier cell keeps, in units; zero elsewhere."""
    target = np.zeros(len(network.cell_site), dtype=np.int64)
    for supplier, spec in loaded.spec.suppliers.items():
        for product, makes in spec.makes.items():
            with problems.at("suppliers", supplier, "makes", product, "finished_stock"):
                cells = network.select_cells(supplier, [product])
                target[cells] = network.units(makes.finished_stock, cells)
    return target


def plan_bounds(loaded: Loaded, network: Network) -> tuple[np.ndarray, np.ndarray]:
    """Planned minimum and maximum of max-min cells, in units; -1 where the policy plans none."""
    low = np.full(len(network.cell_site), -1, dtype=np.int64)
    high = low.copy()
    for entry in loaded.spec.replenishment:
        if isinstance(entry, MaxMin) and entry.minimum is not None:
            cells = network.select_cells(entry.at, entry.products)
            low[cells] = network.units(entry.minimum, cells)
            high[cells] = network.units(entry.maximum, cells)
    return low, high


def bind_start(
    loaded: Loaded,
    network: Network,
    rules: tuple[BoundRule, ...],
    finished: np.ndarray,
    busy: np.ndarray,
    problems: Problems,
) -> Start:
    """Stock at the start: as given, else each cell's order-up-to position with its lead time's worth under way, and in
    the making at the makers of which all orders are open then (`busy`, a mask over cells)."""
    cells = len(network.cell_site)
    target = np.full(cells, -1, dtype=np.int64)
    for bound in rules:
        target[bound.cells] = bound.rule.target
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
    lead = np.maximum(1, np.ceil(network.routes.under_way[network.flow_route] - 1e-9)).astype(np.int64)
    lead[~steady[network.flow_buyer]] = 0
    every, first = _rounds(network)
    for day in range(1, int(lead.max(initial=0)) + 1):
        left = (-network.calendar.warm_up - day - first) % every == 0
        mine = np.flatnonzero((lead >= day) & left)
        usual, last, since = network.flow_usual[mine], day + every[mine] - 1 + making[mine], day - 1 + making[mine]
        sent = (np.floor(usual * last + 1e-9) - np.floor(usual * since + 1e-9)).astype(np.int64)
        flows.append(mine[sent > 0])
        units.append(sent[sent > 0])
        ago.append(np.full(int((sent > 0).sum()), day))
    none = np.zeros(0, dtype=np.int64)
    return np.concatenate([none, *flows]), np.concatenate([none, *units]), np.concatenate([none, *ago])


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
