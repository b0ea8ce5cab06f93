"""Goods that are under way when a run begins."""

from __future__ import annotations

import numpy as np

from sim.engine.state.state import State
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
    elapsed = days_ago.astype(float)
    port = np.array([g.stay for g in network.gates])
    mean = np.array([lane.times.mean for lane in network.lanes])
    placed = np.zeros(len(rows), dtype=bool)
    for leg in range(routes.lane.shape[1]):
        here = (~placed & (routes.legs[route] > leg)).nonzero()[0]
        lane, gate = routes.lane[route[here], leg], routes.gate[route[here], leg]
        usual = mean[lane] + routes.lost[route[here], leg]
        stay = usual + np.where(gate >= 0, port[gate] if len(port) else 0.0, 0.0)
        last = routes.legs[route[here]] == leg + 1
        found = (elapsed[here] <= usual) | (elapsed[here] < stay) | last
        mine, rest = here[found], elapsed[here[found]]
        length = usual[found]
        table.columns["leg"][rows[mine]] = leg
        table.columns["departed"][rows[mine]], table.columns["length"][rows[mine]] = now - rest, length
        clearing = (rest > length) & ~last[found]
        table.columns["phase"][rows[mine]] = np.where(clearing, Phase.CLEARING, Phase.TRAVELLING)
        table.columns["time"][rows[mine]] = np.maximum(now, now - rest + np.where(clearing, stay[found], length))
        placed[mine] = True
        elapsed[here[~found]] -= stay[~found]
    return rows, routes.lane[route, table.columns["leg"][rows]]
