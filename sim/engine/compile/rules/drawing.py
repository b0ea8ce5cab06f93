"""Who may draw on a reserve by which flows: those that lead from its holders towards its members."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from sim.model.network import Network


class Drawing(NamedTuple):
    """As the fields of a `ReservePlan` of these names."""

    flow: np.ndarray
    flow_holder: np.ndarray
    flow_serves: tuple[np.ndarray, ...]
    own: np.ndarray


def serving(network: Network, members: np.ndarray) -> dict[int, set[int]]:
    """Cell -> positions of the member cells that it serves, directly or through others."""
    serves: dict[int, set[int]] = {int(cell): {k} for k, cell in enumerate(members)}
    order = np.argsort(network.cell_level[network.flow_buyer[: network.orders]], kind="stable")
    for flow in order:
        below = serves.get(int(network.flow_buyer[flow]))
        if below:
            serves.setdefault(int(network.flow_source[flow]), set()).update(below)
    return serves


def drawn_on(network: Network, serves: Mapping[int, set[int]], members: np.ndarray, holders: np.ndarray) -> Drawing:
    """The flows from holder cells on which members are served (`serving`), and members that hold it themselves."""
    at = {int(cell): k for k, cell in enumerate(holders)}
    flows, flow_serves = [], []
    for flow in np.flatnonzero(np.isin(network.flow_source[: network.orders], holders)):
        reached = serves.get(int(network.flow_buyer[flow]))
        if reached is not None:
            flows.append(int(flow))
            flow_serves.append(np.array(sorted(reached), dtype=np.int64))
    position = {int(cell): k for k, cell in enumerate(members)}
    own = [(k, position[cell]) for cell, k in at.items() if cell in position]
    drawing = np.array(flows, dtype=np.int64)
    flow_holder = np.array([at[int(c)] for c in network.flow_source[drawing]], dtype=np.int64)
    return Drawing(drawing, flow_holder, tuple(flow_serves), np.array(own, dtype=np.int64).reshape(-1, 2))
