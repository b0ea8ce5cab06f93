"""Who holds a reserve, and how many units of each product."""

from __future__ import annotations

import numpy as np

from sim.engine.compile.rules.claims import claimed_units
from sim.errors import PlaceError, placed
from sim.model.amounts import Column
from sim.model.network import Network, whole_units
from sim.policies.allocation.base import largest_remainder
from sim.policies.allocation.weights import by_party, column_of_sites
from sim.policies.reserves.reserve import Reserve
from sim.units import EXACT

PER_UNIT = 10**6
"""Usual demand is counted in millionths of a unit when a size is split over members."""
PARTS = 10**9
"""Shares are counted in billionths when a size is split over holders."""
KINDS = ("warehouse", "facility", "supplier")


def held(network: Network, reserve: Reserve, members: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Holder cells (ascending) and units at each, for a reserve of these member cells."""
    if reserve.obligations:
        return _obliged(network, reserve, members)
    if reserve.at_members:
        return _own_parts(network, reserve, members)
    return _parts(network, reserve, members)


def _obliged(network: Network, reserve: Reserve, members: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Every site's own obligation, of products that members use."""
    used = np.unique(network.cell_product[members])
    units = np.full(len(network.cell_site), -1, dtype=np.int64)
    for position, one in enumerate(reserve.obligations):
        with placed("obligations", position):
            with placed("at"):
                sites = network.select_sites(one.at)
            with placed("products"):
                products = np.intersect1d(network.product_positions(one.products), used)
            cells = network.cells_of(sites[np.isin(network.site_kind[sites], KINDS)], products)
            if not len(cells):
                raise PlaceError(("at",), "none of these sites keeps goods that the members use", str(one.at))
            if (twice := cells[units[cells] >= 0]).size:
                site = network.site_names(network.cell_site[twice[:1]])[0]
                good = network.products["name"].iat[network.cell_product[twice[0]]]
                raise PlaceError(("at",), f"an earlier entry obliges it to keep '{good}' already", site)
            with placed("keeps"):
                units[cells] = network.units(one.keeps, cells)
    cells = np.flatnonzero(units >= 0)
    return cells, units[cells]


def _parts(network: Network, reserve: Reserve, members: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The size of each product split by the holders' shares."""
    holders, sizes = [], []
    for product in np.unique(network.cell_product[members]):
        cells, shares = _holders(network, reserve, int(product))
        order = np.argsort(cells)
        total = np.array([_total(network, reserve, members, int(product))])
        holders.append(cells[order])
        sizes.append(largest_remainder(total, np.zeros(len(cells), dtype=np.int64), shares[order]))
    by_cell = np.argsort(np.concatenate(holders))
    return np.concatenate(holders)[by_cell], np.concatenate(sizes)[by_cell]


def _holders(network: Network, reserve: Reserve, product: int) -> tuple[np.ndarray, np.ndarray]:
    """(cells that hold a product, their shares of it in billionths)."""
    names = {str(n): i for i, n in enumerate(network.sites["name"])}
    cells: list[int] = []
    shares: list[int] = []
    for name, share in reserve.shares.items():
        site = names.get(name)
        if site is None and name in network.parties.by_name:
            own = _of_party(network, name, product)
            usual = np.maximum(network.cell_mean[own], 1 / PER_UNIT)
            parts = np.round(2 * PARTS * usual / usual.sum()).astype(np.int64)
            split = largest_remainder(np.array([round(share * PARTS)]), np.zeros(len(own), dtype=np.int64), parts)
            cells, shares = [*cells, *own.tolist()], [*shares, *split.tolist()]
            continue
        if site is None or network.site_kind[site] not in KINDS:
            valid = [n for n, i in names.items() if network.site_kind[i] in KINDS] + list(network.parties.by_name)
            raise PlaceError(("held_at",), "unknown holder", name, "a warehouse, facility, supplier or party", valid)
        here = network.cells_of(np.array([site]), np.array([product]))
        if not len(here):
            what = network.products["name"].iat[product]
            raise PlaceError(("held_at",), f"'{what}' does not pass through this holder", name)
        cells, shares = [*cells, int(here[0])], [*shares, round(share * PARTS)]
    found, number = np.unique(cells, return_inverse=True)
    if len(found) < len(cells):
        twice = network.site_names(network.cell_site[found[np.bincount(number) > 1][:1]])[0]
        raise PlaceError(
            ("held_at",), "this site holds a part by itself and as one of its party's", twice, "one of both"
        )
    return np.array(cells, dtype=np.int64), np.array(shares, dtype=np.int64)


def _of_party(network: Network, name: str, product: int) -> np.ndarray:
    """Cells at which a party keeps a product that others have brought: its first stores, or where it has none its
    facilities."""
    first = first_stores(network, name, product)
    mine = network.cells_of(network.parties[name].reach, np.array([product]))
    found = first if len(first) else mine[network.cell_kind[mine] == "facility"]
    if not len(found):
        what = network.products["name"].iat[product]
        raise PlaceError(("held_at",), f"no store and no facility of this party keeps '{what}'", name)
    return found


def first_stores(network: Network, name: str, product: int) -> np.ndarray:
    """Cells of a product at a party's stores that no other store of its own supplies."""
    mine = network.cells_of(network.parties[name].reach, np.array([product]))
    stores = mine[network.cell_kind[mine] == "warehouse"]
    orders = slice(network.orders)
    inner = np.isin(network.flow_source[orders], stores) & np.isin(network.flow_buyer[orders], stores)
    return np.setdiff1d(stores, network.flow_buyer[orders][inner])


def _own_parts(network: Network, reserve: Reserve, members: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Every member cell as its own holder: the size of each product split by usual demand."""
    sizes = np.zeros(len(members), dtype=np.int64)
    weight = weights(network, reserve, members)
    for product in np.unique(network.cell_product[members]):
        mine = np.flatnonzero(network.cell_product[members] == product)
        total = np.array([_total(network, reserve, members, int(product))])
        mean = network.cell_mean[members[mine]] * weight[mine]
        usual = np.round(mean * min(PER_UNIT, EXACT / max(1.0, float(mean.sum())))).astype(np.int64)
        sizes[mine] = largest_remainder(total, np.zeros(len(mine), dtype=np.int64), usual)
    return members, sizes


def _total(network: Network, reserve: Reserve, members: np.ndarray, product: int) -> int:
    """Units of one product in the whole reserve."""
    mine = members[network.cell_product[members] == product]
    if reserve.size is None:
        with placed("claims"):
            return int(whole_units(np.array([float(claimed_units(network, reserve, members, product))]))[0])
    days = getattr(reserve.size, "days", None)
    if days is not None:
        weight = weights(network, reserve, mine)
        with placed("size"):
            return int(whole_units(np.array([days * float((network.cell_mean[mine] * weight).sum())]))[0])
    if isinstance(reserve.size, float):
        return round(reserve.size)
    with placed("size"):
        return int(network.units(reserve.size, mine).sum())


def weights(network: Network, reserve: Reserve, cells: np.ndarray) -> np.ndarray:
    """How much the usual demand of each of these cells counts in the size."""
    if reserve.weights is None:
        return np.ones(len(cells))
    with placed("weights"):
        if not isinstance(reserve.weights, Column):
            return by_party(reserve.weights, network, cells)
        found = column_of_sites(network, reserve.weights.name)[network.cell_site[cells]]
        if (lacking := ~(found >= 0)).any():
            site = network.site_names(network.cell_site[cells[lacking][:1]])[0]
            message = f"column '{reserve.weights.name}' has no value of at least 0 for '{site}'"
            raise PlaceError((), message, None, "a number for each member")
        return found
