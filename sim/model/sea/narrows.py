"""Which passages vessels between two ports may come to, whatever is closed: quick, since it is asked of many lanes.

The sea-lane graph is searched once, for the distances between the ends of passages. What is left is a graph of some
fifty points, in which a shortest way with any passages closed takes a fraction of a millisecond.
"""

from __future__ import annotations

from collections import deque

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from sim.model.sea.sea_network import Point, SeaNetwork

_NO_DISTANCE = 1e-6
"""Kilometres between two ends that are one place; 0 would be no way."""


class Narrows:
    """The ends of all passages and how far they are from each other by sea."""

    def __init__(self, network: SeaNetwork) -> None:
        self._network = network
        edges = network.edges()
        sea = [(u, v, length) for u, v, length, name in edges if name is None]
        start, end, length = (np.array(column) for column in zip(*sea, strict=True))
        nodes = max(max(u, v) for u, v, _, _ in edges) + 1
        self._sea = csr_array((np.maximum(length, _NO_DISTANCE), (start, end)), shape=(nodes, nodes))
        through = [(u, v, length, name) for u, v, length, name in edges if name is not None]
        self._ends = np.unique([(u, v) for u, v, _, _ in through])
        place = {node: k for k, node in enumerate(self._ends.tolist())}
        self._through = [(place[u], place[v], length, name) for u, v, length, name in through]
        self._between = self._from(self._ends)[:, self._ends]

    def met(self, origin: Point, destination: Point, barred: frozenset[str]) -> frozenset[str]:
        """Passages on the shortest way from port to port with `barred` ones closed, and any set of others."""
        ports = np.array([self._network.node(origin), self._network.node(destination)])
        reach = self._from(ports)
        k = len(self._ends)
        sea = np.full((k + 2, k + 2), np.inf)
        sea[:k, :k], sea[k:, :k], sea[:k, k:], sea[k:, k:] = (
            self._between, reach[:, self._ends], reach[:, self._ends].T, reach[:, ports]
        )  # fmt: skip
        found: set[str] = set()
        open_, seen = deque([barred]), {barred}
        while open_:
            closed = open_.popleft()
            names = self._names(sea, closed)
            found |= names
            further = {closed | {name} for name in names} - seen
            seen |= further
            open_.extend(further)
        return frozenset(found)

    def _names(self, sea: np.ndarray, closed: frozenset[str]) -> set[str]:
        """Passages on the shortest way between the last two points; none where there is no way."""
        length, name_of = sea.copy(), dict[tuple[int, int], str]()
        for u, v, through, name in self._through:
            if name not in closed and through < length[u, v]:
                length[u, v] = length[v, u] = max(through, _NO_DISTANCE)
                name_of[u, v] = name_of[v, u] = name
        at, origin = len(sea) - 1, len(sea) - 2
        before = dijkstra(length, indices=np.array([origin]), return_predecessors=True)[1][0]
        names = set()
        while at != origin and before[at] >= 0:
            if (step := (int(before[at]), at)) in name_of:
                names.add(name_of[step])
            at = int(before[at])
        return names

    def _from(self, nodes: np.ndarray) -> np.ndarray:
        """Distances by sea, through no passage, from some nodes to all; infinite where there is no way."""
        return np.asarray(dijkstra(self._sea, directed=False, indices=nodes))
