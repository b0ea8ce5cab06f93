"""What is announced to close on the way, lanes, ports or passages, and when what is ordered comes to it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from sim.model.effects import Effect, Impact
from sim.model.network import Network
from sim.model.vocabulary import QUANTITIES, QuantityName

WAYS: frozenset[QuantityName] = frozenset({
    "lane.open", "gate.handling", "passage.diverted", "passage.open", "passage.traffic", "passage.capacity",
})  # fmt: skip
"""The quantities that say what is open on the way."""

SAME_DAY = 1e-9
"""Days by which a sum of mean times may miss a day."""


class Closure(NamedTuple):
    """What is announced to close on the way, or to let less pass, from a day on; `begins` is, over flows, the first day
    on which what is ordered would come to it too late."""

    effects: tuple[Effect, ...]
    begins: np.ndarray
    start: float


def closure_of(network: Network, impact: Impact) -> Closure | None:
    """What a disruption that is announced ahead closes on the way; None where it closes nothing there."""
    effects = tuple(e for e in impact.effects if e.quantity in WAYS and e.start > impact.announced)
    if not effects:
        return None
    start = min(effect.start for effect in effects)
    first = tuple(effect for effect in effects if effect.start == start)
    begins = np.maximum(impact.announced, np.ceil(start - days_until(network, first) - SAME_DAY))
    return Closure(first, np.minimum(begins, start), start)


def days_until(network: Network, effects: Sequence[Effect]) -> np.ndarray:
    """Mean days from an order until its goods come to the first of what some effects on `WAYS` limit; over flows,
    infinite where they never do."""
    begins, ends = _legs(network)
    found = np.full(begins.shape, np.inf)
    for effect in effects:
        rows = QUANTITIES[effect.quantity].rows
        if rows == "gates":
            here = np.isin(network.flow_gates, effect.rows)
            found[here] = np.minimum(found[here], ends[here])
        elif rows == "lanes":
            here = np.isin(network.flow_lanes, effect.rows)
            found[here] = np.minimum(found[here], begins[here])
        else:
            at = _fractions(network, {network.passages[row] for row in effect.rows.tolist()})
            on = at[network.flow_lanes]
            here = (network.flow_lanes >= 0) & np.isfinite(on)
            found[here] = np.minimum(found[here], (begins + np.where(here, on, 0.0) * _sailed(network))[here])
    return np.asarray(found.min(axis=1)) if found.size else np.full(len(network.flow_buyer), np.inf)


def _legs(network: Network) -> tuple[np.ndarray, np.ndarray]:
    """Mean days from an order until its goods set out on each leg, and until they are at its end; (flows, legs)."""
    routes, route = network.routes, network.flow_route
    stays = np.array([*(gate.stay for gate in network.gates), 0.0])[network.flow_gates]
    waits = network.making_wait[network.flow_source] + (routes.lead_time - routes.under_way)[route]
    ends = waits[:, None] + np.cumsum(_sailed(network) + routes.lost[route] + stays, axis=1) - stays
    return ends - _sailed(network), ends


def _sailed(network: Network) -> np.ndarray:
    """Mean days on each leg; (flows, legs), nothing where there is none."""
    times = np.array([*(lane.times.mean for lane in network.lanes), 0.0])
    return np.asarray(times[network.flow_lanes])


def _fractions(network: Network, names: set[str]) -> np.ndarray:
    """How far along each lane the first of some passages is; infinite where none is on it; over lanes and one more."""
    found = np.full(len(network.lanes) + 1, np.inf)
    for number, lane in enumerate(network.lanes):
        found[number] = min((p.fraction for p in lane.passages if {p.name, p.of} & names), default=np.inf)
    return found
