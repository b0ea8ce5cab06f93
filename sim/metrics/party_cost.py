"""What each party bears: goods that its sites use, its stock, its part of reserves, journeys to it, what is short."""

from __future__ import annotations

import numpy as np

from sim.engine.bound.contributions import contributed
from sim.engine.plan import ReservePlan
from sim.engine.run import Outcome
from sim.metrics.cost import WRITE_OFFS, YEAR, Rates, reserve_rate
from sim.metrics.decided import cost_of_decisions
from sim.model.network import Network

USED = ("served", "served_late", "stood_in", *WRITE_OFFS)
"""What goods at a site end as."""


def costs_of_parties(outcome: Outcome, rates: Rates) -> dict[str, float]:
    """Party -> currency that it bears; of a pool what all who are in it do.

    Goods are paid for by who uses them, whoever bought them or gave them: units that its sites handed out or lost, at
    the usual purchase cost. Added are the holding of stock at its own warehouses and facilities; its part of what
    holding reserves costs, by contributions where they have claims, else by who owns the holder; the journeys that end
    at its sites; its own decisions; and units short at the cost of shortage, if there is one. What is nobody's is in no
    party's cost, and purchase differs from that of `costs` by what is in stock and by prices that rise: these do not
    add up to the whole.
    """
    plan, network = outcome.plan, outcome.plan.network
    names = list(network.parties.by_name)
    owner = _owners(network)
    each = _at_sites(outcome, rates, owner, len(names))
    for reserve, unit_days in zip(plan.reserves, outcome.record.reserve_days, strict=True):
        holder = owner[network.cell_site[reserve.holder]]
        each += _of_reserve(network, reserve, unit_days, reserve_rate(plan, reserve, rates), holder, names)
    for k, name in enumerate(names):
        each[k] += cost_of_decisions(outcome, name) or 0.0
    own = dict(zip(names, each.tolist(), strict=True))
    return {name: sum(own[one] for one in names if one in network.parties.owners(name)) for name in names}


def _owners(network: Network) -> np.ndarray:
    """The position of each site's party, that of nobody after all parties."""
    found = np.full(len(network.sites), len(network.parties.by_name))
    for k, party in enumerate(network.parties.by_name.values()):
        found[party.sites] = k
    return found


def _at_sites(outcome: Outcome, rates: Rates, owner: np.ndarray, parties: int) -> np.ndarray:
    """Goods used, stock, journeys and what is short, of each party; shape (parties,)."""
    network, record = outcome.plan.network, outcome.record
    price = network.products["cost"].to_numpy(dtype=float)[network.cell_product]
    held = network.cell_kind != "supplier"
    used = np.sum([record.sums[name] for name in USED], axis=0)
    of_cells = held * price * (used + record.sums["on_hand"] * rates.holding_rate / YEAR)
    of_cells += record.sums["unmet"] * rates.shortage_cost
    found = np.bincount(owner[network.cell_site], of_cells, parties + 1)
    journeys = [units * lane.cost for units, lane in zip(record.lane_units, network.lanes, strict=True)]
    if outcome.freight is not None:
        for k, lane in enumerate(network.lanes):
            journeys[k] += float(outcome.freight.loads[k]) * (lane.load_cost or 0.0)
    ends = np.array([lane.destination for lane in network.lanes], dtype=np.int64)
    return np.asarray((found + np.bincount(owner[ends], journeys, parties + 1))[:parties])


def _of_reserve(
    network: Network, reserve: ReservePlan, unit_days: np.ndarray, rate: np.ndarray, owner: np.ndarray, names: list[str]
) -> np.ndarray:
    """What holding a reserve costs each party; over holders `rate` is a unit's in a year, `owner` whose they are."""
    cost = unit_days * rate / YEAR
    found = np.zeros(len(names) + 1)
    if reserve.claims is None:
        np.add.at(found, owner, cost)
        return found[:-1]
    bound, units = reserve.claims, contributed(network, reserve)
    place = np.array([names.index(name) if name else len(names) for name in bound.parties])
    for product, paid in enumerate(units):
        if paid.any():
            np.add.at(found, place, cost[bound.of_holder == product].sum() * paid / paid.sum())
    return found[:-1]
