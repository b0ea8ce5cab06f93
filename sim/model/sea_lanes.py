"""The sea-lane network behind one narrow wrapper, names of passages, and the geometry of a path at sea.

Positions along a path are (longitude, latitude) in degrees, unwrapped so that no step jumps across the antimeridian.
The library is loaded on first use only: it takes seconds and some 100 MB.
"""

from __future__ import annotations

import math
import threading
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sim.errors import nearest

Point = tuple[float, float]
Path = tuple[Point, ...]

EARTH_RADIUS_NM = 6371.0088 / 1.852
"""Mean radius of the Earth (IUGG) in nautical miles."""


@dataclass(frozen=True)
class KnownPassage:
    """A strait, canal or cape: the network's own label, a point of it, and how near a path must come (nm)."""

    label: str
    longitude: float
    latitude: float
    tolerance_nm: float = 60.0


PASSAGES: dict[str, KnownPassage] = {
    "bab_el_mandeb": KnownPassage("babalmandab", 43.35, 12.60),
    "bering": KnownPassage("bering", -169.0, 65.7, 120.0),
    "bosporus": KnownPassage("bosporus", 29.06, 41.11),
    "cape_horn": KnownPassage("chili", -68.9, -54.5, 420.0),
    "dardanelles": KnownPassage("dardanelles", 26.4, 40.2),
    "gibraltar": KnownPassage("gibraltar", -5.6, 35.95),
    "good_hope": KnownPassage("south_africa", 20.0, -34.9, 950.0),
    "hormuz": KnownPassage("ormuz", 56.5, 26.5),
    "malacca": KnownPassage("malacca", 100.4, 3.4),
    "panama": KnownPassage("panama", -79.7, 9.1),
    "suez": KnownPassage("suez", 32.5, 30.3),
    "sunda": KnownPassage("sunda", 105.8, -5.93),
}
"""Passages that can be closed. The Northwest Passage is not among them: it is always closed."""

CANALS = frozenset({"panama", "suez"})
"""Passages a vessel does not use on a diversion unless they lie on its usual way or are named for the lane."""

ALIASES = {known.label: name for name, known in PASSAGES.items()} | {
    "bab_al_mandab": "bab_el_mandeb",
    "bab_al_mandeb": "bab_el_mandeb",
    "bab_el_mandab": "bab_el_mandeb",
    "mandeb": "bab_el_mandeb",
    "bosphorus": "bosporus",
    "horn": "cape_horn",
    "magellan": "cape_horn",
    "cape_of_good_hope": "good_hope",
    "cape": "good_hope",
}

ALWAYS_CLOSED = "northwest"


class GeographyError(ValueError):
    """A port, passage or way that the sea-lane network does not have; the message is fit for the user."""


def passage_name(text: str) -> str:
    """Name of a passage, whatever spelling of it was used.

    Raises
    ------
    GeographyError
        The passage is unknown; the message lists those known and the nearest of them.
    """
    plain = text.strip().lower().replace(" ", "_").replace("-", "_")
    short = plain.removeprefix("strait_of_").removesuffix("_strait").removesuffix("_canal")
    for candidate in (plain, short):
        if candidate in PASSAGES:
            return candidate
        if candidate in ALIASES:
            return ALIASES[candidate]
    alike = nearest(short, [*PASSAGES, *ALIASES])
    hint = f"; did you mean '{ALIASES.get(alike, alike)}'?" if alike else ""
    raise GeographyError(f"unknown passage '{text}': expected one of {', '.join(sorted(PASSAGES))}{hint}")


def passage_names(texts: Iterable[str]) -> frozenset[str]:
    """Names of several passages."""
    return frozenset(passage_name(text) for text in texts)


def distance_nm(a: Point, b: Point) -> float:
    """Great-circle distance in nautical miles (haversine formula on a sphere)."""
    height, width = math.radians(b[1] - a[1]), math.radians(b[0] - a[0])
    scale = math.cos(math.radians(a[1])) * math.cos(math.radians(b[1]))
    chord = math.sin(height / 2) ** 2 + scale * math.sin(width / 2) ** 2
    return 2 * EARTH_RADIUS_NM * math.asin(min(1.0, math.sqrt(chord)))


def unwrap(points: Iterable[Point]) -> Path:
    """The same points with longitudes moved by whole turns, so that each is within 180 degrees of the one before."""
    found: list[Point] = []
    for longitude, latitude in points:
        if found:
            longitude += 360.0 * round((found[-1][0] - longitude) / 360.0)
        found.append((longitude, latitude))
    return tuple(found)


def sailed(path: Path) -> list[float]:
    """Nautical miles from the start to each point of a path."""
    total = [0.0]
    for a, b in zip(path, path[1:], strict=False):
        total.append(total[-1] + distance_nm(a, b))
    return total


def between(a: Point, b: Point, share: float) -> Point:
    """The point at a share of the way from a to b, straight in degrees."""
    return a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1])


def closest(path: Path, point: Point) -> tuple[float, float]:
    """Where a path comes closest to a point: nautical miles from its start, and from the point."""
    along = sailed(path)
    best = (0.0, math.inf)
    for k, (a, b) in enumerate(zip(path, path[1:], strict=False)):
        target = unwrap((a, point))[1]
        shrink = math.cos(math.radians(target[1]))
        across, up = (b[0] - a[0]) * shrink, b[1] - a[1]
        length = across**2 + up**2
        dot = (target[0] - a[0]) * shrink * across + (target[1] - a[1]) * up
        share = min(1.0, max(0.0, dot / length)) if length else 0.0
        off = distance_nm(between(a, b, share), target)
        if off < best[1]:
            best = (along[k] + share * (along[k + 1] - along[k]), off)
    return best


def simplify(path: Path, most: int = 40) -> Path:
    """A path of at most `most` points for a map (Ramer-Douglas-Peucker in degrees, tolerance as needed)."""
    tolerance, found = 0.02, path
    while len(found) > most:
        found = _thin(path, tolerance)
        tolerance *= 1.25
    return tuple((round(x, 2), round(y, 2)) for x, y in found)


def _thin(path: Path, tolerance: float) -> Path:
    if len(path) < 3:
        return path
    (ax, ay), (bx, by) = path[0], path[-1]
    length = math.hypot(bx - ax, by - ay)
    offs = [
        abs((bx - ax) * (ay - y) - (ax - x) * (by - ay)) / length if length else math.hypot(x - ax, y - ay)
        for x, y in path[1:-1]
    ]
    far = max(range(len(offs)), key=offs.__getitem__) + 1
    if offs[far - 1] <= tolerance:
        return path[0], path[-1]
    return _thin(path[: far + 1], tolerance)[:-1] + _thin(path[far:], tolerance)


@dataclass(frozen=True)
class Port:
    """A seaport: UN/LOCODE, name and position in degrees."""

    locode: str
    name: str
    latitude: float
    longitude: float


@dataclass(frozen=True)
class Trace:
    """A shortest way on the network, from port to port: points, and the passages it crosses by position along it."""

    path: Path
    passages: tuple[tuple[str, float], ...]

    @property
    def length(self) -> float:
        """Nautical miles."""
        return sailed(self.path)[-1]


class SeaNetwork:
    """The library's network of sea lanes. A way that does not exist is None, never of length 0."""

    _lock = threading.Lock()  # the library keeps the closed passages on the one network of the process

    def __init__(self) -> None:
        self._rest: dict[tuple[Point, Point, frozenset[str]], float] = {}

    @staticmethod
    @lru_cache(maxsize=1)
    def _library() -> Any:
        import searoute

        return searoute

    @staticmethod
    def source() -> str:
        """The library and its version, for the record."""
        return f"searoute {SeaNetwork._library().__version__} sea-lane network"

    @lru_cache(maxsize=1)  # noqa: B019 - one network lives as long as the process needs it
    def ports(self) -> dict[str, Port]:
        """All ports by UN/LOCODE; of several entries with one code, the first terminal counts."""
        found: dict[str, Port] = {}
        terminal: set[str] = set()
        for (longitude, latitude), data in self._library().setup_P("networkx").nodes(data=True):
            code = str(data["port"])
            if code not in found or (data.get("t") and code not in terminal):
                found[code] = Port(code, str(data["name"]), float(latitude), float(longitude))
                if data.get("t"):
                    terminal.add(code)
        return found

    def _query(self, a: Point, b: Point, closed: frozenset[str]) -> tuple[Path, set[str]] | None:
        labels = [ALWAYS_CLOSED, *sorted(PASSAGES[name].label for name in closed)]
        with self._lock, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # no way: said by the caller
            feature = self._library().searoute(
                list(a), list(b), units="naut", restrictions=labels, return_passages=True
            )
        points = [(float(x), float(y)) for x, y, *_ in feature["geometry"]["coordinates"]]
        if not points:
            return None
        crossed = set(feature["properties"]["traversed_passages"])
        return tuple(points), {name for name, known in PASSAGES.items() if known.label in crossed}

    def trace(self, a: Point, b: Point, closed: frozenset[str]) -> Trace | None:
        """Shortest way between two positions with some passages closed, or None where there is none.

        The legs between each position and the network's nearest point are part of it.
        """
        found = self._query(a, b, closed)
        if found is None:
            return None
        path = unwrap((a, *found[0], b))
        total = sailed(path)[-1]
        crossed = []
        for name, known in PASSAGES.items():
            along, off = closest(path, (known.longitude, known.latitude))
            # the network does not report the Dardanelles although it knows them
            if name in found[1] or (name == "dardanelles" and off < 5.0 and 0 < along < total):
                if off > known.tolerance_nm:
                    raise GeographyError(f"passage '{name}' is crossed {off:.0f} nm from where it is known to be")
                crossed.append((name, along))
        return Trace(path, tuple(sorted(crossed, key=lambda item: item[1])))

    def _from_node(self, node: Point, to: Point, closed: frozenset[str]) -> float:
        """Nautical miles from a point of the network to a port, infinite where there is no way."""
        key = (node, to, closed)
        if key not in self._rest:
            self._rest[key] = math.inf
            for turn in (0.0, -360.0, 360.0):  # the network's own longitudes run beyond 180 degrees
                found = self._query((node[0] + turn, node[1]), to, closed)
                if found is not None and distance_nm(found[0][0], node) < 0.1:
                    self._rest[key] = sailed(unwrap((*found[0], to)))[-1]
                    break
        return self._rest[key]

    def remaining(self, trace: Trace, at: float, closed: frozenset[str]) -> float:
        """Nautical miles still to sail for a vessel `at` nm along its way when `closed` passages close ahead.

        The vessel goes on to the network's next point or turns back to the last one with a way, whichever is
        shorter. Infinite where there is no way.
        """
        along, to = sailed(trace.path), trace.path[-1]
        behind = max(k for k, done in enumerate(along) if done <= at + 1e-6)
        best = math.inf
        if behind == 0:  # still between the port and the network
            return self._from_node(trace.path[1], to, closed) + abs(along[1] - at)
        last = len(along) - 2
        ahead = behind + 1
        if ahead <= last and self._open(trace.path[behind], trace.path[ahead], closed):
            best = along[ahead] - at + self._from_node(trace.path[ahead], to, closed)
        elif ahead > last:
            return along[-1] - at
        for k in range(behind, 0, -1):
            rest = self._from_node(trace.path[k], to, closed)
            if math.isfinite(rest):
                return min(best, at - along[k] + rest)
        return best

    def _open(self, a: Point, b: Point, closed: frozenset[str]) -> bool:
        """Whether the network's step from a to b can be sailed."""
        return self._from_node(a, b, closed) <= distance_nm(a, b) + 0.1
