"""Reserves bound to the network: holders, members and the flows that may draw on them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sim.engine.compile.policies import day_in_force
from sim.engine.in_force import ReserveChange, in_turn
from sim.engine.plan import ReservePlan
from sim.errors import PlaceError, placed
from sim.model.goods.lots import NEVER_EXPIRES
from sim.model.network import Network, whole_units
from sim.model.selection import KINDS, Selector, Where
from sim.policies.allocation.base import largest_remainder
from sim.policies.allocation.sharing import bind
from sim.policies.reserves.reserve import Release, Reserve
from sim.scenario.load import Loaded, Problems
from sim.units import EXACT

PER_UNIT = 10**6
"""Usual demand is counted in millionths of a unit when a size is split over members."""
PARTS = 10**9
"""Shares are counted in billionths when a size is split over holders."""


def compile_reserves(loaded: Loaded, network: Network, problems: Problems) -> tuple[ReservePlan, ...]:
    """Every reserve of the scenario that has a size, in order of name."""
    plans = []
    for name, reserve in sorted(loaded.spec.reserves.items()):
        with problems.at("reserves", name):
            place = "reserves", name, "changes"
            changes = [
                ReserveChange(name, day_in_force(x.from_, loaded, network, (*place, k)), x.release, x.refill)
                for k, x in enumerate(reserve.changes)
            ]
            plan = replace(_bind(name, reserve, network), changes=in_turn(changes))
            check_rule(reserve.release, network, plan.flow)
            for k, change in enumerate(reserve.changes):
                with placed("changes", k):
                    check_rule(change.release, network, plan.flow)
            if plan.size.any():
                plans.append(plan)
    return tuple(plans)


def check_rule(release: Release | None, network: Network, flows: np.ndarray) -> None:
    """Raise PlaceError where the rule of a release is not about those who draw on the reserve on these flows."""
    if release is not None:
        with placed("release", "rule"):
            bind(release.rule, network, flows, queue=False)


def _bind(name: str, reserve: Reserve, network: Network) -> ReservePlan:
    members, member = _members(network, reserve)
    holders, sizes = (_own_sizes if reserve.at_members else _sizes)(network, reserve, members)
    serves = _reach(network, members)
    at = {int(cell): k for k, cell in enumerate(holders)}
    flows, flow_serves = [], []
    for flow in np.flatnonzero(np.isin(network.flow_source[: network.orders], holders)):
        reached = serves.get(int(network.flow_buyer[flow]))
        if reached is not None:
            flows.append(int(flow))
            flow_serves.append(np.array(sorted(reached), dtype=np.int64))
    position = {int(cell): k for k, cell in enumerate(members)}
    own = [(k, position[cell]) for cell, k in at.items() if cell in position]
    reaching = {at[int(network.flow_source[flow])] for flow in flows} | {k for k, _ in own}
    for k, cell in enumerate(holders):
        if k not in reaching and sizes[k]:
            site = str(network.sites["name"].iat[network.cell_site[cell]])
            product = network.products["name"].iat[network.cell_product[cell]]
            raise PlaceError(("held_at",), f"no member is supplied with '{product}' through this holder", site)
    drawing = np.array(flows, dtype=np.int64)
    flow_holder = np.array([at[int(c)] for c in network.flow_source[drawing]], dtype=np.int64)
    pairs = np.array(own, dtype=np.int64).reshape(-1, 2)
    return ReservePlan(
        name, reserve, holders, sizes, members, member, drawing, flow_holder, tuple(flow_serves), pairs,
        np.full(len(holders), NEVER_EXPIRES, dtype=np.int64),
    )  # fmt: skip


def _members(network: Network, reserve: Reserve) -> tuple[np.ndarray, np.ndarray]:
    """Member cells (of facilities, and of materials at makers; ascending) and the member each belongs to: a word, or
    each site of a kind."""
    with placed("products"):
        products = network.product_positions(reserve.products)
    selector = reserve.members
    words: list[Selector] = [selector] if isinstance(selector, str | Where) else list(selector)
    owner = np.full(len(network.sites), -1, dtype=np.int64)
    for position, word in enumerate(words):
        with placed("members", *([] if isinstance(selector, str | Where) else [position])):
            sites = network.select_sites(word)
        sites = sites[np.isin(network.site_kind[sites], ("facility", "supplier"))]
        alone = isinstance(word, str) and (word in KINDS or word == "all")
        owner[sites] = len(words) + sites if alone else position
    cells = network.cells_of(np.flatnonzero(owner >= 0), products)
    cells = cells[(network.cell_kind[cells] == "facility") | np.isin(cells, network.bill.bought)]
    if not len(cells):
        raise PlaceError(("members",), "no facility or maker among the members uses a product of this reserve")
    return cells, owner[network.cell_site[cells]]


def _sizes(network: Network, reserve: Reserve, members: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Holder cells (ascending) and units at each: the size of each product split by the holders' shares."""
    names = {str(n): i for i, n in enumerate(network.sites["name"])}
    holders, sizes = [], []
    sites, shares = [], []
    for site, share in reserve.shares.items():
        if site not in names or network.site_kind[names[site]] not in ("warehouse", "facility", "supplier"):
            valid = [n for n, i in names.items() if network.site_kind[i] in ("warehouse", "facility", "supplier")]
            raise PlaceError(("held_at",), "unknown holder", site, "a warehouse, facility or supplier", valid)
        sites.append(names[site])
        shares.append(round(share * PARTS))
    order = np.argsort(sites)
    for product in np.unique(network.cell_product[members]):
        mine = members[network.cell_product[members] == product]
        total = _total(network, reserve, mine)
        parts = largest_remainder(
            np.array([total]), np.zeros(len(sites), dtype=np.int64), np.array(shares, dtype=np.int64)[order]
        )
        for site, units in zip(np.array(sites)[order].tolist(), parts.tolist(), strict=True):
            cells = network.cells_of(np.array([site]), np.array([product]))
            if not len(cells):
                what = network.products["name"].iat[product]
                message = f"'{what}' does not pass through this holder"
                raise PlaceError(("held_at",), message, str(network.sites["name"].iat[site]))
            holders.append(int(cells[0]))
            sizes.append(units)
    by_cell = np.argsort(holders)
    return np.array(holders, dtype=np.int64)[by_cell], np.array(sizes, dtype=np.int64)[by_cell]


def _own_sizes(network: Network, reserve: Reserve, members: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Every member cell as its own holder: the size of each product split by usual demand."""
    sizes = np.zeros(len(members), dtype=np.int64)
    for product in np.unique(network.cell_product[members]):
        mine = np.flatnonzero(network.cell_product[members] == product)
        total = np.array([_total(network, reserve, members[mine])])
        mean = network.cell_mean[members[mine]]
        usual = np.round(mean * min(PER_UNIT, EXACT / max(1.0, float(mean.sum())))).astype(np.int64)
        sizes[mine] = largest_remainder(total, np.zeros(len(mine), dtype=np.int64), usual)
    return members, sizes


def _total(network: Network, reserve: Reserve, members: np.ndarray) -> int:
    """Units of one product in the whole reserve."""
    days = getattr(reserve.size, "days", None)
    if days is not None:
        with placed("size"):
            return int(whole_units(np.array([days * float(network.cell_mean[members].sum())]))[0])
    if isinstance(reserve.size, float):
        return round(reserve.size)
    with placed("size"):
        return int(network.units(reserve.size, members).sum())


def _reach(network: Network, members: np.ndarray) -> dict[int, set[int]]:
    """Cell -> positions of the member cells that it serves, directly or through others."""
    serves: dict[int, set[int]] = {int(cell): {k} for k, cell in enumerate(members)}
    order = np.argsort(network.cell_level[network.flow_buyer[: network.orders]], kind="stable")
    for flow in order:
        below = serves.get(int(network.flow_buyer[flow]))
        if below:
            serves.setdefault(int(network.flow_source[flow]), set()).update(below)
    return serves
