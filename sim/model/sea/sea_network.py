"""The sea-lane graph of the searoute library behind one small wrapper.

The library's own traps stay in here: its list of closed passages replaces the default one, it ignores names
that it does not know, a route that cannot be sailed comes back with length 0, and it is not safe in several
threads at once.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import version
from threading import Lock
from typing import Any

Point = tuple[float, float]
"""(longitude, latitude) in degrees."""

PASSAGES: dict[str, tuple[str, Point]] = {
    "bab_el_mandeb": ("babalmandab", (43.4, 12.6)),
    "bosporus": ("bosporus", (29.07, 41.12)),
    "cape_horn": ("chili", (-67.3, -56.0)),
    "gibraltar": ("gibraltar", (-5.5, 35.95)),
    "good_hope": ("south_africa", (20.0, -35.0)),
    "hormuz": ("ormuz", (56.5, 26.5)),
    "malacca": ("malacca", (100.2, 3.6)),
    "panama": ("panama", (-79.7, 9.1)),
    "suez": ("suez", (32.4, 30.4)),
    "sunda": ("sunda", (105.8, -5.94)),
}
"""Passage, its name in the library, and where it is."""

_ALWAYS_CLOSED = "northwest"
_HERE = 0.01
"""Degrees within which a point is a node of the graph."""

_lock = Lock()


@dataclass(frozen=True)
class SeaPath:
    """A shortest way by sea: length in nautical miles, points as (longitude, latitude), passages on it.

    Longitudes go on beyond 180 degrees where the way crosses the antimeridian.
    """

    length_nm: float
    points: tuple[Point, ...]
    passages: frozenset[str]


class SeaNetwork:
    """Ports and shortest ways; the library (seconds, 100 MB) is loaded with the first object."""

    def __init__(self) -> None:
        import searoute

        self._library: Any = searoute
        self.source = f"searoute {version('searoute')}"
        self.ports: dict[str, Point] = {}
        with _lock:
            for (longitude, latitude), port in searoute.setup_P().nodes(data=True):
                if port.get("port"):
                    self.ports.setdefault(port["port"], (longitude, latitude))
        self._known: dict[tuple[Point, Point, frozenset[str]], SeaPath | None] = {}

    def path(self, origin: Point, destination: Point, closed: Iterable[str] = ()) -> SeaPath | None:
        """The shortest way between the graph's nodes nearest to two points, or None where there is none.

        `closed` are names of `PASSAGES`; the Northwest Passage always is.
        """
        key = origin, destination, frozenset(closed)
        if key not in self._known:
            self._known[key] = self._find(*key)
        return self._known[key]

    def onward(self, node: Point, destination: Point, closed: Iterable[str]) -> SeaPath | None:
        """The shortest way from a point of some way to a destination, or None where there is none."""
        longitude, latitude = node
        for turned in (math.remainder(longitude, 360.0), longitude):
            way = self.path((turned, latitude), destination, closed)
            if way is None:
                continue
            off = math.remainder(way.points[0][0] - longitude, 360.0), way.points[0][1] - latitude
            if math.hypot(*off) < _HERE:
                return way
        return None

    def edges(self) -> list[tuple[int, int, float, str | None]]:
        """(node, node, kilometres, passage or None) of all the graph but what is always closed, nodes by number."""
        graph = self._library.setup_M()
        ours = {theirs: name for name, (theirs, _) in PASSAGES.items()}
        number = {node: k for k, node in enumerate(graph.nodes)}
        return [
            (number[u], number[v], float(edge["weight"]), ours.get(edge.get("passage")))
            for u, v, edge in graph.edges(data=True)
            if edge.get("passage") != _ALWAYS_CLOSED
        ]

    def node(self, point: Point) -> int:
        """Number of the graph's node that is nearest to a point."""
        graph = self._library.setup_M()
        return list(graph.nodes).index(tuple(graph.kdtree.query(list(point))))

    def _find(self, origin: Point, destination: Point, closed: frozenset[str]) -> SeaPath | None:
        restrictions = [_ALWAYS_CLOSED, *sorted(PASSAGES[name][0] for name in closed)]
        with _lock, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = self._library.searoute(
                list(origin), list(destination), units="naut", restrictions=restrictions, return_passages=True
            )
        length = float(found.properties["length"])
        if length <= 0:
            return None
        names = set(found.properties["traversed_passages"])
        points = tuple((float(x), float(y)) for x, y in found.geometry["coordinates"])
        return SeaPath(length, points, frozenset(name for name, (theirs, _) in PASSAGES.items() if theirs in names))
