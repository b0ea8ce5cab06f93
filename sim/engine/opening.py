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
    for number in np.unique(route).tolist():
        mine = np.flatnonzero(route == number)
        _place(state, number, rows[mine], days_ago[mine].astype(float), now)
    return rows, routes.lane[route, table.columns["leg"][rows]]


def _place(state: State, route: int, rows: np.ndarray, days_ago: np.ndarray, now: float) -> None:
    """Put shipments where they are that set out on a route so many days ago."""
    network, columns = state.plan.network, state.shipments.columns
    path, gates = route_of(network, route)
    timetable = Timetable(network.lanes, network.gates)
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
