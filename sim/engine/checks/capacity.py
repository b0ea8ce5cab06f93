"""Makers, lanes and ports that cannot take what usually comes."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sim.engine.checks.base import Compiled, Note, check, few
from sim.engine.checks.usual import on_a_mean_day
from sim.model.network import NEVER

TOLERANCE = 1e-6
"""Share by which what usually comes may be above a capacity: what sums of fractions are off."""


@check(
    "capacity_below_demand",
    remedy="Raise the capacity above mean demand, or share the demand with other sources or ways; else shortage grows "
    "without any disruption.",
    example={"suppliers.maker.makes.saline.capacity": 35},
    quiet={"suppliers.maker.makes.saline.capacity": 36},
)
def capacity_below_demand(compiled: Compiled) -> Iterator[Note]:
    """A maker, lane, round or port whose capacity is below what usual demand asks of it on a mean day."""
    usual, mean = on_a_mean_day(compiled)
    yield from _makers(compiled, mean)
    load = usual * compiled.plan.network.cell_size[compiled.plan.network.flow_buyer]
    yield from _lanes(compiled, load)
    yield from _ports(compiled, load)


def _makers(compiled: Compiled, mean: np.ndarray) -> Iterator[Note]:
    network = compiled.plan.network
    makers = network.makers
    output = mean[makers] / network.bill.good[makers]
    for k in np.flatnonzero(output > network.capacity[makers] * (1 + TOLERANCE)).tolist():
        cell, product = int(makers[k]), int(network.cell_product[makers[k]])
        place = ("suppliers", compiled.sites(makers[k : k + 1]), "makes", compiled.product(product), "capacity")
        if not compiled.is_drawn(*place):
            text = f"{place[1]} can make {network.capacity[cell]:,.4g} a day of the"
            yield Note(place, f"{text} {compiled.goods(float(output[k]), product)} that are usually needed of it")


def _over_lanes(compiled: Compiled, load: np.ndarray) -> np.ndarray:
    """Handling units a day over lanes, from those over flows."""
    lanes = compiled.plan.network.flow_lanes
    flow, leg = np.nonzero(lanes >= 0)
    return np.bincount(lanes[flow, leg], load[flow], len(compiled.plan.network.lanes))


def _lanes(compiled: Compiled, load_of_flow: np.ndarray) -> Iterator[Note]:
    network = compiled.plan.network
    if all(lane.capacity == lane.vehicle == lane.cold_capacity == NEVER for lane in network.lanes):
        return
    loads = _over_lanes(compiled, load_of_flow)
    cold = _over_lanes(compiled, load_of_flow * network.cell_cold[network.flow_buyer])
    rounds: dict[str, float] = {}
    for lane, load in zip(network.lanes, loads, strict=True):
        if lane.round:
            rounds[lane.round] = rounds.get(lane.round, 0.0) + float(load)
    found: dict[int, list[str]] = {}
    for k, lane in enumerate(network.lanes):
        if lane.round:
            able, load = lane.capacity / lane.every, rounds.pop(lane.round, 0.0)  # told once, of its first stop
        elif lane.vehicles:
            away = max(1.0, 2 * lane.times.mean)
            able, load = lane.vehicles * lane.vehicle / away, float(loads[k])
        else:
            able, load = lane.capacity, float(loads[k])
        for what, can, comes in (("", able, load), ("cold ", lane.cold_capacity, float(cold[k]))):
            if comes > can * (1 + TOLERANCE):
                told = f"{lane.name}: {can:,.4g} of {comes:,.4g} {what}handling units a day"
                found.setdefault(lane.entry, []).append(told)
    for entry, lacking in found.items():
        if not compiled.is_drawn("lanes", entry):
            yield Note(("lanes", entry), f"this lane takes less than usually goes over it ({few(lacking)})")


def _ports(compiled: Compiled, load: np.ndarray) -> Iterator[Note]:
    network = compiled.plan.network
    limited = [k for k, gate in enumerate(network.gates) if np.isfinite(gate.handling) and gate.berth_time is None]
    if not limited:
        return
    flow, leg = np.nonzero(network.flow_gates >= 0)
    comes = np.bincount(network.flow_gates[flow, leg], load[flow], len(network.gates))
    pools = {network.gates[k].pool: network.gates[k] for k in reversed(limited)}
    for pool, gate in sorted(pools.items()):
        total = sum(float(comes[k]) for k in limited if network.gates[k].pool == pool)
        place = ("ports", network.site_names(np.array([gate.site]))[0])
        if total > gate.handling * (1 + TOLERANCE) and not compiled.is_drawn(*place):
            able = f"{gate.handling:,.4g} of the {total:,.4g} handling units a day"
            yield Note(place, f"{place[1]} handles {able} that usually come")
