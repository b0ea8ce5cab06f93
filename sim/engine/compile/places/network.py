"""Sites, lanes and supply as one `Network`."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from sim.engine.checks.base import Idle
from sim.engine.compile.demand import DemandRows, compile_demand
from sim.engine.compile.places.bill import check_bill, compile_bill, materials_of
from sim.engine.compile.places.convoys import give_convoys
from sim.engine.compile.places.lanes import compile_lanes
from sim.engine.compile.places.ports import compile_gates
from sim.engine.compile.places.sideways import Sideways, find_sideways
from sim.engine.compile.places.supply import Path, Supply, find_supply, stocked_at_start
from sim.engine.compile.places.waits import Waits
from sim.engine.compile.vials import usual_units
from sim.engine.plan import DemandEntry
from sim.errors import PlaceError
from sim.model.effects import Effect
from sim.model.lookups import Answers
from sim.model.need.usual import add_up
from sim.model.network import NEVER, Calendar, Gate, Lane, Network, Routes, Spans
from sim.scenario.load import Loaded, Problems
from sim.scenario.reading.memo import Same
from sim.scenario.words.capacity_spec import OfUsual
from sim.scenario.words.network_spec import Product

MADE_OF = (
    "start", "end", "run_on", "warm_up", "products", "suppliers", "ports", "warehouses", "facilities", "lanes",
    "passages", "parties", "sourcing", "demand", "stock", "transfers", "seed",
)  # fmt: skip
"""Sections of a scenario that `compile_network` reads; beside them only the files that they name."""
GROUP = ["kind", "country", "region", "priority", "setting", "party", "product"]


def compile_network(
    loaded: Loaded, problems: Problems
) -> tuple[Network, DemandRows, list[DemandEntry], tuple[Idle, ...]]:
    """The network, the demand at its facilities, and the warehouses that are no source of what they might be.

    Raises ScenarioError with all that cannot be resolved.
    """
    spec = loaded.spec
    calendar = Calendar(spec.start, (spec.until - spec.start).days, int(spec.warm_up))
    products = sorted(spec.products)
    _check_makes(loaded, problems)
    check_bill(loaded, problems)
    lanes, seasons = _lanes(loaded, calendar, problems)
    rows, entries = compile_demand(loaded, calendar, products, problems)
    problems.check()
    supply = _supply(loaded, lanes, rows, products, problems)
    sideways = _sideways(loaded, lanes, supply, products, problems)
    lanes = lanes if sideways is None else sideways.lanes
    gates = _gates(loaded, problems)
    need = usual_units(loaded, products, rows, entries)
    network = _assemble(loaded, calendar, products, lanes, gates, supply, sideways, rows, need)
    _check_vehicles(network)
    network = replace(network, seasons=seasons, spans=_spans(loaded, calendar))
    return network, rows, entries, supply.idle


def _spans(loaded: Loaded, calendar: Calendar) -> Spans | None:
    """When facilities are open, as days since the start."""
    if loaded.sites.spans is None:
        return None
    opens, closes, before = loaded.sites.spans
    start = np.datetime64(calendar.start, "D")
    first, over = ((date - start) / np.timedelta64(1, "D") for date in (opens, closes))
    first, over = np.where(np.isnat(opens), -NEVER, first), np.where(np.isnat(closes), NEVER, over)
    return Spans(first - before, first, over)


def _lanes(loaded: Loaded, calendar: Calendar, problems: Problems) -> tuple[tuple[Lane, ...], tuple[Effect, ...]]:
    """All lanes with their convoys, and their seasons; those of the memo where they are made of the same."""
    spec, sites = loaded.spec, loaded.sites
    locodes = {name: port.locode for name, port in spec.ports.items()}

    def make() -> tuple[tuple[Lane, ...], tuple[Effect, ...]]:
        lanes, seasons = compile_lanes(spec.lanes, sites, locodes, calendar, problems)
        lanes = give_convoys(lanes, spec.passages, problems)
        if len(problems.found) > known:
            raise _Faulty(lanes, seasons)
        return lanes, seasons

    made_of = (spec.lanes, spec.passages, locodes, calendar, Same(sites.frame), sites.values_in(spec.lanes))
    known = len(problems.found)
    try:
        made: tuple[tuple[Lane, ...], tuple[Effect, ...]] = loaded.memo.once("lanes", made_of, make)
    except _Faulty as faulty:  # not kept; what is wrong further on is told together with it
        return faulty.lanes, faulty.seasons
    return made


class _Faulty(Exception):
    """Lanes that are not all as they are written."""

    def __init__(self, lanes: tuple[Lane, ...], seasons: tuple[Effect, ...]) -> None:
        super().__init__()
        self.lanes, self.seasons = lanes, seasons


def _gates(loaded: Loaded, problems: Problems) -> tuple[Gate, ...]:
    """The sides of all ports; those of the memo where all that they are made of is the same."""
    spec, frame = loaded.spec, loaded.sites.frame

    def make() -> tuple[Gate, ...]:
        gates = compile_gates(spec.ports, spec.products, frame, problems)
        problems.check()
        return gates

    made: tuple[Gate, ...] = loaded.memo.once("gates", (spec.ports, spec.products, Same(frame)), make)
    return made


def _supply(
    loaded: Loaded, lanes: tuple[Lane, ...], rows: DemandRows, products: list[str], problems: Problems
) -> Supply:
    """The flows that serve all demand; those of the memo where all that they are made of is the same."""
    spec, sites = loaded.spec, loaded.sites
    materials = materials_of(loaded, products)

    def make() -> Supply:
        supply = find_supply(loaded, lanes, rows, products, materials, problems)
        problems.check()
        return supply

    makes = {name: list(supplier.makes) for name, supplier in spec.suppliers.items()}
    stocked = sorted(stocked_at_start(loaded, products))
    means = rows.mean.tolist() if any(entry.market for entry in spec.sourcing) else None
    made_of = (
        Same(lanes), Same(sites.frame), rows.site.tolist(), rows.product.tolist(), makes, materials, stocked,
        spec.sourcing, sites.values_in(spec.sourcing), (spec.seed, loaded.replication, means) if means else None,
    )  # fmt: skip
    made: Supply = loaded.memo.once("supply", made_of, make)
    return made


def _sideways(
    loaded: Loaded, lanes: tuple[Lane, ...], supply: Supply, products: list[str], problems: Problems
) -> Sideways | None:
    """The ways for transfers; those of the memo where all that they are made of is the same, None without transfers."""
    entries, sites = loaded.spec.transfers, loaded.sites
    if not entries:
        return None

    def make() -> Sideways:
        found = find_sideways(loaded, lanes, supply, products, problems)
        problems.check()
        return found

    cold = [loaded.spec.products[name].storage for name in products]
    made: Sideways = loaded.memo.once("sideways", (Same(lanes), Same(supply), Same(sites.frame), cold, entries), make)
    return made


def _check_makes(loaded: Loaded, problems: Problems) -> None:
    for supplier, spec in loaded.spec.suppliers.items():
        for product in spec.makes:
            if product not in loaded.spec.products:
                with problems.at("suppliers", supplier, "makes", product):
                    raise PlaceError((), "unknown product", product, None, loaded.spec.products)


def _check_vehicles(network: Network) -> None:
    """Raise PlaceError where one unit is larger than the vehicle that has to carry it."""
    size = network.products["size"].to_numpy(dtype=float)[network.cell_product[network.flow_buyer]]
    for leg in range(network.routes.lane.shape[1]):
        lane = network.routes.lane[network.flow_route, leg]
        limit = np.array([x.vehicle for x in network.lanes] + [NEVER])[lane]
        if (wrong := np.flatnonzero(size > limit)).size:
            flow = wrong[0]
            product = network.products["name"].iat[network.cell_product[network.flow_buyer[flow]]]
            message = f"a vehicle of '{network.lanes[lane[flow]].name}' carries less than one unit of '{product}'"
            raise PlaceError(("lanes",), message, limit[flow], f"at least {size[flow]:g} handling units")


def _routes(
    paths: list[tuple[int, Path]], lanes: tuple[Lane, ...], gates: tuple[Gate, ...], countries: np.ndarray
) -> Routes:
    """Arrays for (source site, lanes) pairs."""
    longest = max((len(path) for _, path in paths), default=1)
    lane = np.full((len(paths), longest), -1, dtype=np.int64)
    gate = np.full((len(paths), longest), -1, dtype=np.int64)
    border = np.full(len(paths), -1, dtype=np.int64)
    under_way, to_border, order_wait = (np.zeros(len(paths)) for _ in range(3))
    lost = np.zeros((len(paths), longest))
    waits = Waits(lanes, gates)
    gate_of = {(g.site, g.side): i for i, g in enumerate(gates)}
    for r, (source, path) in enumerate(paths):
        home = countries[source]
        for k, index in enumerate(path):
            lane[r, k] = index
            end = lanes[index].destination
            if border[r] < 0 and countries[end] != home:
                border[r], to_border[r] = k, under_way[r]
            under_way[r] += lanes[index].times.mean
            if k + 1 < len(path):
                side = "exports" if home and countries[end] == home else "imports"
                gate[r, k] = gate_of[end, side]
                under_way[r] += gates[gate[r, k]].stay
        order_wait[r] = waits.order(path)
        lost[r, : len(path)] = waits.on_the_way(path, gate[r, : len(path) - 1].tolist())
        under_way[r] += waits.convoys(path) + lost[r].sum()
        to_border[r] += lost[r, : max(0, border[r])].sum()
    legs = (lane >= 0).sum(axis=1)
    return Routes(lane, gate, legs, border, under_way + order_wait, under_way, to_border, lost)


@dataclass(frozen=True)
class _Frame:
    """What there is, without any figure: the table of cells with their groups, cells by site and product, and flows."""

    table: pd.DataFrame
    groups: pd.DataFrame
    group: np.ndarray
    lookup: np.ndarray
    routes: Routes
    buyer: np.ndarray
    source: np.ndarray
    route: np.ndarray
    share: np.ndarray
    urgent: np.ndarray
    sideways: np.ndarray
    answers: Answers


def _frame(
    frame: pd.DataFrame,
    products: list[str],
    lanes: tuple[Lane, ...],
    gates: tuple[Gate, ...],
    supply: Supply,
    sideways: Sideways | None,
) -> _Frame:
    cells = [(site, product) for site, wanted in supply.needs.items() for product in wanted]
    table = frame.iloc[[site for site, _ in cells]].reset_index(drop=True)
    table = table.assign(site=[s for s, _ in cells], product=[products[p] for _, p in cells])
    table["position"] = [p for _, p in cells]
    table = table.sort_values([*GROUP, "name"], ignore_index=True)
    groups = table[GROUP].drop_duplicates(ignore_index=True)
    group = table.groupby(GROUP, sort=False, dropna=False).ngroup().to_numpy(dtype=np.int64)
    site, product = table["site"].to_numpy(dtype=np.int64), table["position"].to_numpy(dtype=np.int64)
    lookup = np.full((len(frame), len(products)), -1, dtype=np.int64)
    lookup[site, product] = np.arange(len(table))

    rows = supply.rows
    path_index: dict[tuple[int, Path], int] = {}
    for _, source, _, path, *_ in rows:
        path_index.setdefault((source, path), len(path_index))
    for path in () if sideways is None else sideways.paths:
        path_index.setdefault((lanes[path[0]].origin, path), len(path_index))
    routes = _routes(list(path_index), lanes, gates, frame["country"].to_numpy())
    buyer = np.array([lookup[b, p] for b, _, p, *_ in rows], dtype=np.int64)
    source_ = np.array([lookup[s, p] for _, s, p, *_ in rows], dtype=np.int64)
    route = np.array([path_index[s, path] for _, s, _, path, *_ in rows], dtype=np.int64)
    share = np.array([v for *_, v, _ in rows])
    urgent = np.array([only for *_, only in rows], dtype=bool)
    order = np.lexsort((urgent, site[buyer], source_))
    found = buyer[order], source_[order], route[order], share[order], urgent[order]
    ways, entry = [column[:0] for column in found], np.zeros(0, dtype=np.int64)
    if sideways is not None:
        *ways, entry = _ways(sideways, lookup, lanes, path_index)
    flows = [np.concatenate(columns) for columns in zip(found, ways, strict=True)]
    buyer, source_, route, share, urgent = flows
    return _Frame(table, groups, group, lookup, routes, buyer, source_, route, share, urgent, entry, Answers())


def _ways(
    sideways: Sideways, lookup: np.ndarray, lanes: tuple[Lane, ...], path_index: dict[tuple[int, Path], int]
) -> tuple[np.ndarray, ...]:
    """The columns of flows for transfers, and the entry of each; in order of their source, then the buyer's site."""
    buyer = lookup[sideways.taker, sideways.product]
    source = lookup[sideways.giver, sideways.product]
    of_path = np.array([path_index[lanes[path[0]].origin, path] for path in sideways.paths], dtype=np.int64)
    order = np.lexsort((sideways.taker, source))
    none = np.zeros(len(order), dtype=bool)
    return buyer[order], source[order], of_path[sideways.path][order], none.astype(float), none, sideways.entry[order]


def _assemble(
    loaded: Loaded,
    calendar: Calendar,
    products: list[str],
    lanes: tuple[Lane, ...],
    gates: tuple[Gate, ...],
    supply: Supply,
    sideways: Sideways | None,
    demand: DemandRows,
    usual_need: np.ndarray,
) -> Network:
    frame = loaded.sites.frame
    made_of = (Same(frame), products, Same(lanes), Same(gates), Same(supply), Same(sideways))
    there: _Frame = loaded.memo.once("frame", made_of, lambda: _frame(frame, products, lanes, gates, supply, sideways))
    table, buyer, source_, share = there.table, there.buyer, there.source, there.share
    site, product = table["site"].to_numpy(dtype=np.int64), table["position"].to_numpy(dtype=np.int64)
    bill = compile_bill(loaded, there.lookup, products)
    orders = slice(0, len(buyer) - len(there.sideways))
    bought, sold = np.concatenate([buyer[orders], bill.product]), np.concatenate([source_[orders], bill.material])
    level = _levels(bought, sold, len(table))
    need = np.zeros(len(table))
    need[there.lookup[demand.site, demand.product]] = usual_need
    usual, mean = add_up(need, level, buyer, source_, share, bill)
    ramp_up = np.zeros(len(frame))
    capacity = np.full(len(table), NEVER)
    names = table["name"].tolist()
    for cell in np.flatnonzero((table["kind"] == "supplier").to_numpy()).tolist():
        supplier = loaded.spec.suppliers[str(names[cell])]
        ramp_up[site[cell]] = supplier.ramp_up
        makes = supplier.makes.get(products[product[cell]])
        if makes is not None and makes.capacity is not None:
            output = float(mean[cell] / bill.good[cell])
            capacity[cell] = makes.capacity.share * output if isinstance(makes.capacity, OfUsual) else makes.capacity
    return Network(
        calendar, frame, _product_table(loaded.spec.products), site, product, there.group, there.groups, mean, level,
        lanes, gates, there.routes, buyer, source_, there.route, share, usual, capacity, ramp_up, loaded.sites.numbers,
        bill, np.zeros(len(table)), there.urgent, covers=loaded.sites.covers, parties=loaded.sites.parties,
        sideways=there.sideways, answers=there.answers,
    )  # fmt: skip


def _product_table(products: dict[str, Product]) -> pd.DataFrame:
    return pd.DataFrame(
        [{"name": name} | products[name].model_dump(exclude={"substitutes"}) for name in sorted(products)]
    )


def _levels(buyer: np.ndarray, source: np.ndarray, cells: int) -> np.ndarray:
    """0 for cells that feed nobody, else one more than the highest buyer; raises PlaceError for a circle."""
    level = np.zeros(cells, dtype=np.int64)
    for _ in range(cells + 1):
        above = level.copy()
        np.maximum.at(above, source, level[buyer] + 1)
        if (above == level).all():
            return level
        level = above
    raise PlaceError(("sourcing",), "warehouses supply each other in a circle", None, "a chain that ends at suppliers")
