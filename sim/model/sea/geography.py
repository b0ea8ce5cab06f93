"""Sea voyages between ports: their length, the passages on the way, and the way round each passage.

Distances are those of the sea-lane graph of the searoute library. Voyages that are often needed are kept in
`data/sea-voyages.csv`, so that the library is loaded only for others;
`python -m sim.model.sea.geography CNSHA NLRTM` adds voyages to that file.
"""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import numpy as np

from sim.errors import nearest
from sim.model.network import Passage
from sim.model.sea.courses import Course, course_of, turns
from sim.model.sea.sea_network import PASSAGES, Point, SeaNetwork

CANALS = frozenset({"panama", "suez"})
"""Passages which a diverted vessel takes only if they are on its usual way or named: they need a slot."""

VOYAGES = Path(__file__).parent.parent / "data" / "sea-voyages.csv"
"""Voyages that are known without the library."""

_COLUMNS = ("origin", "destination", "may_use", "distance_nm", "from", "to", "passages", "path", "source")
_PATH_POINTS = 40
_PATH_TOLERANCE = 0.05
"""Degrees by which the simplified path may miss the full one, if 40 points allow."""

Key = tuple[str, str, str]


@dataclass(frozen=True)
class Voyage:
    """A voyage between two ports on the shortest way with every passage open.

    `distance_nm` in nautical miles; `passages` in the order in which they are reached; `path` holds at most
    40 points (longitude, latitude) in degrees, with longitudes that go on beyond 180 across the antimeridian.
    A passage whose `detour` is 0.0 and whose `remaining` is empty has no way round: vessels can only wait.
    """

    distance_nm: float
    passages: tuple[Passage, ...]
    path: tuple[Point, ...]


class SeaLanes:
    """Sea voyages by the UN/LOCODEs of their ports; from the file of known voyages, else from the library.

    Parameters
    ----------
    file
        CSV of known voyages; a file that does not exist knows none.
    """

    def __init__(self, file: Path = VOYAGES) -> None:
        self._file = file
        self._found: dict[Key, Voyage] = {}

    def voyage(self, origin: str, destination: str, may_use: frozenset[str] = frozenset()) -> Voyage:
        """The voyage between two ports.

        When a passage closes, a vessel goes round by open sea and straits. It takes a canal only if its usual
        way leads through it or `may_use` names it.

        Raises
        ------
        ValueError
            If a port or passage is unknown, or no way leads from port to port.
        """
        extra = sorted({passage_named(name) for name in may_use} & CANALS)
        key = origin, destination, " ".join(extra)
        if key not in self._found:
            known = self._known(origin, destination, extra)
            self._found[key] = known or measure(sea_network(), origin, destination, frozenset(extra))
        return self._found[key]

    def position(self, locode: str) -> tuple[float, float]:
        """(latitude, longitude) of a port in degrees; raises ValueError if the port is unknown."""
        place = _table(self._file)[1].get(locode)
        longitude, latitude = place or _port(sea_network(), locode)
        return latitude, longitude

    def _known(self, origin: str, destination: str, extra: list[str]) -> Voyage | None:
        rows = _table(self._file)[0]
        row = rows.get((origin, destination, " ".join(extra)))
        if row is not None:
            return _read(row)
        plain = rows.get((origin, destination, ""))
        voyage = _read(plain) if plain is not None else None
        # canals on the usual way are open to the vessel anyway
        return voyage if voyage and set(extra) <= {p.name for p in voyage.passages} else None


def measure(network: SeaNetwork, origin: str, destination: str, may_use: frozenset[str] = frozenset()) -> Voyage:
    """Work a voyage out on the sea-lane graph; raises ValueError as `SeaLanes.voyage` does."""
    from_, to = _port(network, origin), _port(network, destination)
    way = network.path(from_, to)
    if way is None:
        raise ValueError(f"no way by sea from {origin} to {destination}")
    barred = CANALS - way.passages - may_use
    course = course_of(way)
    passages = [_around(network, course, name, to, barred) for name in way.passages]
    return Voyage(
        round(way.length_nm, 1),
        tuple(sorted(passages, key=lambda p: (p.fraction, p.name))),
        simplified(way.points, _PATH_POINTS),
    )


def _around(network: SeaNetwork, course: Course, name: str, destination: Point, barred: frozenset[str]) -> Passage:
    """What closing one passage does to vessels at the start and at points on the way to it."""
    closed = barred | {name}
    reached = course.mark(name)
    fraction = round(reached / course.end, 6)
    detour = network.onward(course.points[0], destination, closed)
    found = () if detour is None else turns(network, course, (0.0, reached), destination, closed)
    if detour is None or not found:
        return Passage(name, fraction, 0.0, ())
    return Passage(name, fraction, round(max(1.0, detour.length_nm / course.end), 6), found)


def simplified(points: Sequence[Point], most: int) -> tuple[Point, ...]:
    """At most `most` points of a line: its ends, then always the point that the line so far misses most."""
    line = np.array(points)
    kept = [0, len(line) - 1]
    while len(kept) < min(most, len(line)):
        worst = (_PATH_TOLERANCE, -1)
        for i, j in pairwise(kept):
            if j - i > 1:
                worst = max(worst, _worst(line, i, j))
        if worst[1] < 0:
            break
        kept = sorted([*kept, worst[1]])
    return tuple((round(float(x), 3), round(float(y), 3)) for x, y in line[kept])


def _worst(line: np.ndarray, i: int, j: int) -> tuple[float, int]:
    """The point between two kept ones that lies farthest off the chord, and how far in degrees."""
    chord = line[j] - line[i]
    inner = line[i + 1 : j] - line[i]
    along = np.clip(inner @ chord / max(float(chord @ chord), 1e-12), 0.0, 1.0)
    misses = np.hypot(*(inner - along[:, None] * chord).T)
    return float(misses.max()), i + 1 + int(misses.argmax())


def passage_named(name: str) -> str:
    """The passage meant by a name of ours or of the library."""
    if name in PASSAGES:
        return name
    for ours, (theirs, _) in PASSAGES.items():
        if theirs == name:
            return ours
    raise ValueError(f"unknown passage '{name}'; expected one of {', '.join(PASSAGES)}{_hint(name, PASSAGES)}")


def _port(network: SeaNetwork, locode: str) -> Point:
    if locode not in network.ports:
        raise ValueError(f"unknown port '{locode}'; expected the UN/LOCODE of a sea port{_hint(locode, network.ports)}")
    return network.ports[locode]


def _hint(name: str, valid: Iterable[str]) -> str:
    near = nearest(name, valid)
    return f"; did you mean '{near}'?" if near else ""


@lru_cache(maxsize=1)
def sea_network() -> SeaNetwork:
    """The sea-lane graph, loaded once."""
    return SeaNetwork()


@lru_cache(maxsize=8)
def _table(file: Path) -> tuple[dict[Key, dict[str, str]], dict[str, Point]]:
    """Rows of a file of voyages by their key, and the places of their ports."""
    if not file.is_file():
        return {}, {}
    with file.open(encoding="utf-8", newline="") as stream:
        rows = {(row["origin"], row["destination"], row["may_use"]): row for row in csv.DictReader(stream)}
    places: dict[str, Point] = {}
    for row in rows.values():
        for port, place in ((row["origin"], row["from"]), (row["destination"], row["to"])):
            longitude, latitude = place.split()
            places[port] = (float(longitude), float(latitude))
    return rows, places


def _read(row: dict[str, str]) -> Voyage:
    passages = tuple(
        Passage(name, fraction, detour, tuple((share, rest) for share, rest in turns))
        for name, fraction, detour, turns in json.loads(row["passages"])
    )
    return Voyage(float(row["distance_nm"]), passages, tuple((x, y) for x, y in json.loads(row["path"])))


def _written(network: SeaNetwork, key: Key, voyage: Voyage) -> dict[str, str]:
    def compact(value: object) -> str:
        return json.dumps(value, separators=(",", ":"))

    def place(port: str) -> str:
        longitude, latitude = network.ports[port]
        return f"{longitude:g} {latitude:g}"

    passages = [(p.name, p.fraction, p.detour, p.remaining) for p in voyage.passages]
    cells = (
        *key,
        f"{voyage.distance_nm}",
        place(key[0]),
        place(key[1]),
        compact(passages),
        compact(voyage.path),
    )
    return dict(zip(_COLUMNS, (*cells, network.source), strict=True))


def remember(
    pairs: Iterable[tuple[str, str]], may_use: frozenset[str] = frozenset(), file: Path = VOYAGES
) -> list[Voyage]:
    """Work voyages out anew and keep them in a file of known voyages, in order of their ports.

    Raises ValueError as `SeaLanes.voyage` does; the file then stays as it was.
    """
    network = sea_network()
    extra = frozenset(passage_named(name) for name in may_use) & CANALS
    rows = dict(_table(file)[0])
    voyages = []
    for origin, destination in pairs:
        key = origin, destination, " ".join(sorted(extra))
        voyages.append(measure(network, origin, destination, extra))
        rows[key] = _written(network, key, voyages[-1])
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, _COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows[key] for key in sorted(rows))
    _table.cache_clear()
    return voyages


def main(arguments: Sequence[str]) -> int:
    """Remember the voyages between ports given in pairs: origin, destination, origin, destination, ..."""
    if not arguments or len(arguments) % 2:
        sys.stderr.write("usage: python -m sim.model.sea.geography ORIGIN DESTINATION [ORIGIN DESTINATION ...]\n")
        return 2
    pairs = list(zip(arguments[::2], arguments[1::2], strict=True))
    try:
        voyages = remember(pairs)
    except ValueError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    for (origin, destination), voyage in zip(pairs, voyages, strict=True):
        names = ", ".join(f"{p.name} x{p.detour:.2f}" for p in voyage.passages)
        sys.stdout.write(f"{origin} > {destination}: {voyage.distance_nm:,.0f} nm ({names or 'no passage'})\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
