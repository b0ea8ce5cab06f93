"""Alarms bound to the network."""

from __future__ import annotations

import numpy as np

from sim.engine.bound.alarms import BoundAlarm
from sim.engine.compile.rules.decisions import party_cells, party_named, watched_of
from sim.engine.plan import DemandPlan
from sim.errors import PlaceError
from sim.model.network import Network
from sim.policies.alarms.base import Alarm
from sim.policies.forecasting.base import MOST_FIGURES
from sim.scenario.load import Loaded, Problems


def bind_alarms(loaded: Loaded, network: Network, demand: DemandPlan, problems: Problems) -> tuple[BoundAlarm, ...]:
    """All alarms of a scenario, in the order in which they stand; what is wrong goes to `problems`."""
    bound: list[BoundAlarm] = []
    labels = [alarm.label for alarm in loaded.spec.alarms]
    for position, alarm in enumerate(loaded.spec.alarms):
        with problems.at("alarms", position):
            if alarm.label in labels[:position]:
                expected = "a name of its own for each"
                raise PlaceError(("name",), "another alarm has this name", alarm.label, expected)
            bound.append(_bound(alarm, network, demand))
    return tuple(bound)


def _bound(alarm: Alarm, network: Network, demand: DemandPlan) -> BoundAlarm:
    cells = _cells(alarm, network)
    sites, products = network.cell_site[cells], network.cell_product[cells]
    together = alarm.of == "together"
    key = products if together else sites * len(network.products) + products
    _, first, unit = np.unique(key, return_index=True, return_inverse=True)
    turn = np.argsort(first)  # as the cells come, which is not always in order of their sites
    first, unit = first[turn], np.argsort(turn)[unit]
    if alarm.rows * len(first) > MOST_FIGURES:
        message = (
            f"an alarm that looks at so many days of {len(first):,} pairs of site and product keeps too many figures"
        )
        raise PlaceError((), message, f"{alarm.rows * len(first):,}", f"at most {MOST_FIGURES:,}, so fewer days")
    patients, theirs = _patients(cells, unit, len(first), network, demand)
    unit_of = np.full(len(network.cell_site), -1, dtype=np.int64)
    unit_of[cells] = unit
    return BoundAlarm(
        alarm.label, alarm, alarm.by or "", cells, unit, watched_of(cells, network),
        np.full(len(first), -1) if together else sites[first], products[first], patients, theirs, unit_of,
    )  # fmt: skip


def _cells(alarm: Alarm, network: Network) -> np.ndarray:
    """What is watched: the party's, or these sites'."""
    party = None if alarm.by is None else party_named(alarm.by, network)
    if alarm.at is None:
        assert party is not None
        return party_cells(alarm.products, party, network)
    cells = network.select_cells(alarm.at, alarm.products)
    if not len(cells):
        raise PlaceError(("at",), "none of these sites keeps any of these products", str(alarm.at))
    return np.sort(cells)


def _patients(
    cells: np.ndarray, unit: np.ndarray, units: int, network: Network, demand: DemandPlan
) -> tuple[np.ndarray, np.ndarray]:
    """(cells with patients, unit that each counts for): of every unit its own, or those whom it usually supplies."""
    own = np.isin(cells, demand.cell)
    found, theirs = cells[own], unit[own]
    if (without := ~np.isin(unit, theirs)).any():
        reach = network.needs[cells[without]][:, demand.cell].tocoo()
        some = reach.data > 0
        pairs = np.unique(np.stack([unit[without][reach.row[some]], demand.cell[reach.col[some]]]), axis=1)
        found, theirs = np.concatenate([found, pairs[1]]), np.concatenate([theirs, pairs[0]])
    return found, theirs
