"""Goods that are under way when a run begins."""

from __future__ import annotations

import numpy as np

from sim.engine.state.state import State
from sim.engine.timetable import Timetable, route_of
from sim.model.goods.shipments import Phase


def put_under_way(state: State, flow: np.ndarray, units: np.ndarray, days_ago: np.ndarray, now: float,
                  lot: np.ndarray) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
    """Shipments that left before the first day, as far along as mean times and waits take them; they count as ordered.

    All of shape (n,); returns their rows and the lanes on which they are.
    """
    network, table = state.plan.network, state.shipments
    routes, buyer, route = network.routes, network.flow_buyer[flow], network.flow_route[flow]
    for array in (state.in_transit, state.on_order):
        np.add.at(array, buyer, units)
    rows = table.add(flow, units, now - days_ago, lot)
    scheduled = np.asarray((routes.lost > 0).any(axis=1))[route]
    _along(state, rows[~scheduled], days_ago[~scheduled].astype(float), now)
    if scheduled.any():
        timetable = Timetable(network.lanes, network.lane_table, network.gates)
        for number in np.unique(route[scheduled]).tolist():
            mine = (route == number).nonzero()[0]
            _by_timetable(state, timetable, number, rows[mine], days_ago[mine].astype(float), now)
    return rows, routes.lane[route, table.columns["leg"][rows]]


def _along(state: State, rows: np.ndarray, elapsed: np.ndarray, now: float) -> None:
    """Put shipments where they are on routes without rounds and hours on the way."""
    network, columns = state.plan.network, state.shipments.columns
    routes, route = network.routes, network.flow_route[columns["flow"][rows]]
    port = np.array([g.stay for g in network.gates])
    mean = network.lane_table.mean
    placed = np.zeros(len(rows), dtype=bool)
    for leg in range(routes.lane.shape[1]):
        here = (~placed & (routes.legs[route] > leg)).nonzero()[0]
        gate, usual = routes.gate[route[here], leg], mean[routes.lane[route[here], leg]]
        stay = usual + np.where(gate >= 0, port[gate] if len(port) else 0.0, 0.0)
        last = routes.legs[route[here]] == leg + 1
        found = (elapsed[here] <= usual) | (elapsed[here] < stay) | last
        mine, rest, length = rows[here[found]], elapsed[here[found]], usual[found]
        clearing = (rest > length) & ~last[found]
        columns["leg"][mine] = leg
        columns["departed"][mine], columns["length"][mine] = now - rest, length
        columns["phase"][mine] = np.where(clearing, Phase.CLEARING, Phase.TRAVELLING)
        columns["time"][mine] = np.maximum(now, now - rest + np.where(clearing, stay[found], length))
        placed[here[found]] = True
        elapsed[here[~found]] -= stay[~found]


def _by_timetable(
    state: State, timetable: Timetable, route: int, rows: np.ndarray, days_ago: np.ndarray, now: float
) -> None:
    """The same on a route on which goods wait for rounds or hours."""
    network, columns = state.plan.network, state.shipments.columns
    path, gates = route_of(network, route)
    legs = timetable.in_mean_time(path, gates, now - days_ago)
    placed = np.zeros(len(rows), dtype=bool)
    for number, leg in enumerate(legs):
        last = number + 1 == len(legs)
        cleared = leg.came if last else leg.came + network.gates[gates[number]].stay
        leaves = leg.came if last else legs[number + 1].left
        here = ~placed & ((now <= leg.came) | (now < leaves) | last)
        at = rows[here]
        columns["leg"][at] = number
        columns["departed"][at], columns["length"][at] = leg.left[here], (leg.reached - leg.left)[here]
        ashore = (leg.came[here] < now) & (not last)
        columns["phase"][at] = np.where(ashore, Phase.CLEARING, Phase.TRAVELLING)
        columns["time"][at] = np.maximum(now, np.where(ashore, cleared[here], leg.came[here]))
        placed |= here
