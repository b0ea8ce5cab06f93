"""Reserves bound to the network: holders, members and the flows that may draw on them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sim.engine.bound.in_force import ALWAYS, ReserveChange, in_turn
from sim.engine.compile.rules.claims import bind_claims, brought
from sim.engine.compile.rules.divided import divided
from sim.engine.compile.rules.drawing import drawn_on, serving
from sim.engine.compile.rules.holders import held, weights
from sim.engine.compile.rules.policies import day_in_force
from sim.engine.compile.rules.pools import taken_apart
from sim.engine.plan import ReservePlan
from sim.errors import PlaceError, placed
from sim.model.goods.lots import NEVER_EXPIRES
from sim.model.network import Network
from sim.model.selection import KINDS, Selector, Where
from sim.policies.allocation.sharing import bind
from sim.policies.reserves.reserve import Release, Reserve
from sim.scenario.load import Loaded, Problems


def compile_reserves(loaded: Loaded, network: Network, problems: Problems) -> tuple[ReservePlan, ...]:
    """Every reserve of the scenario that has a size, in order of name; of a pool that is taken apart each part."""
    plans = []
    apart, groups = taken_apart(loaded)
    for name, reserve in sorted(loaded.spec.reserves.items()):
        with problems.at("reserves", name):
            plan = _bind(name, reserve, network)
            for part in divided(network, plan, groups) if name in apart else [plan]:
                changed = replace(part, changes=_changes(part, loaded, network))
                check_rule(reserve.release, network, part.flow)
                for k, change in enumerate(reserve.changes):
                    with placed("changes", k):
                        check_rule(change.release, network, part.flow)
                if part.size.any():
                    plans.append(changed)
    return tuple(plans)


def _changes(plan: ReservePlan, loaded: Loaded, network: Network) -> tuple[ReserveChange, ...]:
    """Later settings of a reserve, or of a part of one."""
    place = "reserves", plan.part_of or plan.name, "changes"
    changes = [
        ReserveChange(plan.name, day_in_force(x.from_, loaded, network, (*place, k)), x.release, x.refill, x.size)
        for k, x in enumerate(plan.spec.changes)
    ]
    changes += [
        ReserveChange(plan.name, ALWAYS, missing=share, until=day) for share, day in brought(plan.spec, network)
    ]
    return in_turn(changes)


def check_rule(release: Release | None, network: Network, flows: np.ndarray) -> None:
    """Raise PlaceError where the rule of a release is not about those who draw on the reserve on these flows."""
    if release is not None:
        with placed("release", "rule"):
            bind(release.rule, network, flows, queue=False)


def _bind(name: str, reserve: Reserve, network: Network) -> ReservePlan:
    members, member = _members(network, reserve)
    holders, sizes = held(network, reserve, members)
    serves = serving(network, members)
    at = {int(cell): k for k, cell in enumerate(holders)}
    ways = drawn_on(network, serves, members, holders)
    reaching = {at[int(network.flow_source[flow])] for flow in ways.flow} | set(ways.own[:, 0].tolist())
    for k, cell in enumerate(holders):
        if k not in reaching and sizes[k]:
            site = str(network.sites["name"].iat[network.cell_site[cell]])
            product = network.products["name"].iat[network.cell_product[cell]]
            field = "obligations" if reserve.obligations else "held_at"
            raise PlaceError((field,), f"no member is supplied with '{product}' through this holder", site)
    plan = ReservePlan(
        name, reserve, holders, sizes, members, member, *ways,
        np.full(len(holders), NEVER_EXPIRES, dtype=np.int64), weights(network, reserve, members),
    )  # fmt: skip
    return replace(plan, claims=bind_claims(network, plan)) if reserve.claims else plan


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
