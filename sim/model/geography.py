"""Voyages between ports: distance, passages on the way, and what closing a passage does to them.

Shipped scenarios find all of it in a table (`scenarios/data/sea-routes.csv`); the sea-lane network is opened only for
what the table lacks.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from sim.errors import nearest
from sim.model.network import Passage
from sim.model.sea_lanes import CANALS, GeographyError, Port, SeaNetwork, Trace, passage_names, simplify

CACHE = Path(__file__).resolve().parents[2] / "scenarios" / "data" / "sea-routes.csv"
PORTS = "ports.csv"
STEP = 0.05
"""Share of the voyage between the points at which a diversion under way is worked out."""
COLUMNS = ("origin", "destination", "closed", "may_use", "distance_nm", "passages", "remaining", "path", "source")
NONE: frozenset[str] = frozenset()

Pairs = tuple[tuple[float, float], ...]
Key = tuple[str, str, frozenset[str], frozenset[str]]


@dataclass(frozen=True)
class SeaRoute:
    """A way between two ports (UN/LOCODE) with some passages closed.

    `distance_nm` is infinite where no way is left. `passages` are (name, fraction of the voyage) in order.
    `remaining` is for vessels that set out on the open route and learn of the closure under way: (fraction of the
    open voyage sailed, nautical miles left), up to the closed passage. `path` is (longitude, latitude) in degrees,
    unwrapped and simplified for a map.
    """

    origin: str
    destination: str
    closed: frozenset[str]
    distance_nm: float
    passages: tuple[tuple[str, float], ...]
    may_use: frozenset[str] = NONE
    remaining: Pairs = ()
    path: Pairs = ()
    source: str = ""


@dataclass(frozen=True)
class Voyage:
    """What a lane needs: the open route, and for each passage on it the way round."""

    distance_nm: float
    passages: tuple[Passage, ...]
    path: Pairs


class SeaLanes:
    """Sea routes by UN/LOCODE, from a table of known routes or else from the sea-lane network.

    A canal (Suez, Panama) is used on a diversion only if the open route uses it or `may_use` names it: carriers kept
    off Suez went round the Cape, not through Panama, though that is shorter between Shanghai and Rotterdam.
    """

    def __init__(self, cache: Path | None = None) -> None:
        self._cache = CACHE if cache is None else cache
        self._routes: dict[Key, SeaRoute] = {}
        self._traces: dict[Key, Trace] = {}
        self._ports: dict[str, Port] = {}
        self._network = SeaNetwork()
        self._load()

    def voyage(self, origin: str, destination: str, may_use: Iterable[str] = NONE) -> Voyage:
        """The open route between two ports, with the detour of each passage on it.

        Raises
        ------
        GeographyError
            Unknown port or passage, or no way by sea.
        """
        extra = passage_names(may_use)
        opened = self.route(origin, destination)
        passages = []
        for name, fraction in opened.passages:
            shut = self._find(opened.origin, opened.destination, frozenset({name}), extra)
            rest = tuple((at, left / opened.distance_nm) for at, left in shut.remaining)
            detour = shut.distance_nm / opened.distance_nm
            passages.append(Passage(name, fraction, detour, rest))
        return Voyage(opened.distance_nm, tuple(passages), opened.path)

    def route(
        self, origin: str, destination: str, closed: Iterable[str] = NONE, may_use: Iterable[str] = NONE
    ) -> SeaRoute:
        """The shortest route a vessel of this lane would take with some passages closed.

        Raises
        ------
        GeographyError
            Unknown port or passage, one port twice, or no way by sea.
        """
        found = self._find(*self._pair(origin, destination), passage_names(closed), passage_names(may_use))
        if not math.isfinite(found.distance_nm):
            shut = f" with {', '.join(sorted(found.closed))} closed" if found.closed else ""
            raise GeographyError(f"no way by sea from {found.origin} to {found.destination}{shut}")
        return found

    def remaining(
        self, origin: str, destination: str, fraction: float, closed: Iterable[str], may_use: Iterable[str] = NONE
    ) -> float:
        """Nautical miles left for a vessel on the open route when passages close.

        Parameters
        ----------
        fraction
            Share of the open voyage sailed, 0 to 1. Past the last closed passage the rest of the open voyage is left.

        Returns
        -------
        float
            Nautical miles, interpolated between the points worked out; infinite where no way is left.
        """
        shut = passage_names(closed)
        opened = self.route(origin, destination)
        ahead = {name for name, at in opened.passages if name in shut and at >= fraction}
        if not ahead:
            return (1.0 - fraction) * opened.distance_nm
        found = self._find(opened.origin, opened.destination, shut, passage_names(may_use))
        at, left = np.array(found.remaining).T
        return float(np.interp(fraction, at, left)) if np.isfinite(left).all() else math.inf

    def position(self, locode: str) -> tuple[float, float]:
        """Latitude and longitude of a port in degrees."""
        port = self._port(locode)
        return port.latitude, port.longitude

    def save(self, path: Path | None = None) -> None:
        """Write all routes known so far, and a table of their ports beside them."""
        target = self._cache if path is None else path
        with target.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(COLUMNS)
            for key in sorted(self._routes, key=lambda k: (k[0], k[1], sorted(k[2]), sorted(k[3]))):
                writer.writerow(_row(self._routes[key]))
        used = sorted({code for key in self._routes for code in key[:2]})
        with target.with_name(PORTS).open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(("locode", "name", "lat", "lon"))
            for code in used:
                port = self._port(code)
                writer.writerow((code, port.name, f"{port.latitude:.5f}", f"{port.longitude:.5f}"))

    def _load(self) -> None:
        if not self._cache.is_file():
            return
        with self._cache.open(newline="", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                route = _parsed(row)
                self._routes[route.origin, route.destination, route.closed, route.may_use] = route
        with self._cache.with_name(PORTS).open(newline="", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                self._ports[row["locode"]] = Port(row["locode"], row["name"], float(row["lat"]), float(row["lon"]))

    def _pair(self, origin: str, destination: str) -> tuple[str, str]:
        first, second = self._port(origin).locode, self._port(destination).locode
        if first == second:
            raise GeographyError(f"a sea route from {first} to itself")
        return first, second

    def _port(self, locode: str) -> Port:
        code = locode.replace(" ", "").upper()
        if code not in self._ports:
            known = self._network.ports()
            if code not in known:
                alike = nearest(code, known)
                hint = f"; did you mean '{alike}' ({known[alike].name})?" if alike else ""
                raise GeographyError(f"unknown seaport '{locode}': expected a UN/LOCODE such as NLRTM{hint}")
            port = known[code]  # kept as the table keeps it
            self._ports[code] = replace(port, latitude=round(port.latitude, 5), longitude=round(port.longitude, 5))
        return self._ports[code]

    def _find(self, origin: str, destination: str, closed: frozenset[str], may_use: frozenset[str]) -> SeaRoute:
        if not closed:
            may_use = NONE
        key = (origin, destination, closed, may_use)
        if key not in self._routes:
            opened = None if not closed else self._find(origin, destination, NONE, NONE)
            if opened is not None and not closed & {name for name, _ in opened.passages}:
                return replace(opened, closed=closed)
            self._routes[key] = self._compute(key, opened)
        return self._routes[key]

    def _compute(self, key: Key, opened: SeaRoute | None) -> SeaRoute:
        origin, destination, closed, may_use = key
        barred = closed
        if opened is not None:
            barred |= CANALS - {name for name, _ in opened.passages} - may_use
        trace = self._trace(origin, destination, barred)
        length = math.inf if trace is None else round(trace.length, 1)
        return SeaRoute(
            origin,
            destination,
            closed,
            length,
            () if trace is None else tuple((name, round(at / trace.length, 4)) for name, at in trace.passages),
            may_use,
            () if opened is None else self._left(opened, closed, barred),
            () if trace is None else simplify(trace.path),
            self._network.source(),
        )

    def _trace(self, origin: str, destination: str, closed: frozenset[str]) -> Trace | None:
        key = (origin, destination, closed, NONE)
        if key not in self._traces:
            ends = [(self._port(code).longitude, self._port(code).latitude) for code in (origin, destination)]
            found = self._network.trace(ends[0], ends[1], closed)
            if found is None:
                return None
            self._traces[key] = found
        return self._traces[key]

    def _left(self, opened: SeaRoute, closed: frozenset[str], barred: frozenset[str]) -> Pairs:
        """Nautical miles left from points of the open route up to the last closed passage on it."""
        trace = self._trace(opened.origin, opened.destination, NONE)
        assert trace is not None
        last = max(at for name, at in opened.passages if name in closed)
        points = [round(k * STEP, 4) for k in range(int(last / STEP) + 1) if k * STEP < last] + [last]
        left = [self._network.remaining(trace, at * trace.length, barred) for at in points]
        return tuple((at, round(rest, 1)) for at, rest in zip(points, left, strict=True))


def _row(route: SeaRoute) -> list[str]:
    return [
        route.origin,
        route.destination,
        ";".join(sorted(route.closed)),
        ";".join(sorted(route.may_use)),
        f"{route.distance_nm:.1f}",
        ";".join(f"{name}:{at:.4f}" for name, at in route.passages),
        _pairs_text(route.remaining, 4, 1),
        _pairs_text(route.path, 2, 2),
        route.source,
    ]


def _pairs_text(pairs: Pairs, first: int, second: int) -> str:
    return ";".join(f"{a:.{first}f}:{b:.{second}f}" for a, b in pairs)


def _pairs(text: str) -> Pairs:
    return tuple((float(a), float(b)) for a, b in (item.split(":") for item in text.split(";") if item))


def _names(text: str) -> frozenset[str]:
    return frozenset(name for name in text.split(";") if name)


def _parsed(row: dict[str, str]) -> SeaRoute:
    crossed = [item.split(":") for item in row["passages"].split(";") if item]
    return SeaRoute(
        row["origin"],
        row["destination"],
        _names(row["closed"]),
        float(row["distance_nm"]),
        tuple((name, float(at)) for name, at in crossed),
        _names(row["may_use"]),
        _pairs(row["remaining"]),
        _pairs(row["path"]),
        row["source"],
    )
