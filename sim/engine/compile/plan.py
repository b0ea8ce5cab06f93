"""The compiler's front door: a loaded scenario becomes a `Plan`, or every problem is told."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sim.engine.bound.impacts import in_order
from sim.engine.checks import Compiled, notes
from sim.engine.checks.base import Idle
from sim.engine.compile.demand import DemandRows
from sim.engine.compile.disruptions import bind_disruptions, refuse_too_much
from sim.engine.compile.hazards import compile_hazards
from sim.engine.compile.places.lots import compile_lots, compile_testing
from sim.engine.compile.places.making import making_wait, usual_wait
from sim.engine.compile.places.more import compile_more
from sim.engine.compile.places.network import MADE_OF, compile_network
from sim.engine.compile.places.opening import begin_steady, busy_makers, opening_stock
from sim.engine.compile.places.rooms import compile_rooms, fit_start
from sim.engine.compile.rules.alarms import bind_alarms
from sim.engine.compile.rules.behaviour import compile_behaviour
from sim.engine.compile.rules.decisions import bind_decisions
from sim.engine.compile.rules.information import bind_information
from sim.engine.compile.rules.policies import bind_allocation, bind_replenishment, bind_start, finished_targets
from sim.engine.compile.rules.pools import check_apart
from sim.engine.compile.rules.rationing import bind_rationing
from sim.engine.compile.rules.reserves import compile_reserves
from sim.engine.compile.rules.sourcing import bind_sourcing
from sim.engine.compile.rules.transfers import bind_transfers
from sim.engine.compile.rules.trust import bind_trust
from sim.engine.compile.vials import compile_vials
from sim.engine.plan import DemandEntry, DemandPlan, Plan
from sim.model.network import Network
from sim.scenario.load import Loaded, Problems
from sim.scenario.reading.memo import Same

Ground = tuple[Network, DemandRows, list[DemandEntry], tuple[Idle, ...]]
"""The network, the demand at its facilities, and the warehouses that are no source of what they might be."""


def compile_plan(loaded: Loaded, *, as_written: bool = True) -> Plan:
    """Resolve every name and amount of a scenario; raises ScenarioError with all that is wrong.

    What is hardly meant is noted of a scenario as it is written, not of one with values drawn for it.
    """
    problems = Problems(loaded.document)
    with problems.at("apart"):
        check_apart(loaded)
    problems.check()
    with problems.at():
        network, rows, entries, idle = _ground(loaded, problems)
    problems.check()
    finished = finished_targets(loaded, network, problems)
    testing = compile_testing(loaded, network, problems)
    network = replace(network, making_wait=making_wait(network, testing, finished))
    demand = _demand(network, rows, entries)
    refuse_too_much(demand, network, (), problems)
    problems.check()
    rules = bind_replenishment(loaded, network, problems)
    allocation = bind_allocation(loaded, network, problems)
    reserves = compile_reserves(loaded, network, problems)
    busy = busy_makers(loaded, network)
    start = bind_start(loaded, network, rules, finished, busy, problems)
    lots, reserves = compile_lots(loaded, network, reserves, problems)
    start, opening = begin_steady(loaded, network, testing, start, finished, busy)
    rooms = compile_rooms(loaded, network, problems)
    with problems.at():
        start = fit_start(start, reserves, rooms, network)
    opening = replace(opening, stock=opening_stock(loaded, network, lots, testing, start, problems))
    written = tuple(bind_disruptions(loaded, network, problems).values())
    impacts = in_order(written)
    hazards = compile_hazards(loaded, network, impacts, problems)
    refuse_too_much(demand, network, impacts, problems)
    behaviour = compile_behaviour(loaded, network, demand, problems)
    more = compile_more(loaded, network, problems)
    sourcing = bind_sourcing(loaded, network, problems)
    transfers = bind_transfers(loaded, network, problems)
    information = bind_information(loaded, network, problems)
    trust = bind_trust(loaded, network, information, problems)
    troubles = [*(impact.cause for impact in impacts), *loaded.spec.hazards]
    decisions = bind_decisions(loaded, network, reserves, behaviour, demand, troubles, information, problems)
    alarms = bind_alarms(loaded, network, demand, problems)
    behaviour = replace(behaviour, rationing=bind_rationing(loaded, network, problems))
    problems.check()
    plan = Plan(
        network, loaded.spec.seed, demand, rules, allocation, finished, reserves, start, impacts,
        lots, testing, rooms, hazards, behaviour, opening, usual_wait(network, testing, finished, rules),
        sourcing, more, decisions, compile_vials(loaded, network, demand), transfers, information, alarms, trust,
    )  # fmt: skip
    if as_written:
        loaded.notes.extend(notes(Compiled(loaded, plan, written, idle)))
    return plan


def _ground(loaded: Loaded, problems: Problems) -> Ground:
    """The network and its demand; those of the memo where all that they are made of is the same."""

    def make() -> Ground:
        made = compile_network(loaded, problems)
        problems.check()
        return made

    made_of = [getattr(loaded.spec, section) for section in MADE_OF]
    sites = loaded.sites
    columns = [(name, Same(values)) for kind in (sites.numbers, sites.texts) for name, values in sorted(kind.items())]
    series = [(position, Same(read)) for position, read in (*loaded.series.items(), *loaded.seen.items())]
    ground: Ground = loaded.memo.once(
        "network", (made_of, Same(sites.frame), columns, series, loaded.replication), make
    )
    return ground


def _demand(network: Network, rows: DemandRows, entries: list[DemandEntry]) -> DemandPlan:
    lookup = np.full((len(network.sites), len(network.products)), -1, dtype=np.int64)
    lookup[network.cell_site, network.cell_product] = np.arange(len(network.cell_site))
    cell = lookup[rows.site, rows.product]
    order = np.argsort(cell)
    sites, products = network.sites["name"].to_numpy(), network.products["name"].to_numpy()
    pairs = zip(rows.site[order], rows.product[order], strict=True)
    names = tuple(f"demand/{sites[s]}/{products[p]}" for s, p in pairs)
    return DemandPlan(
        cell[order], rows.site[order], rows.entry[order], rows.mean[order], rows.backorder[order], rows.patience[order],
        tuple(entries), names,
    )  # fmt: skip
