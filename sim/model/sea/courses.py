"""Courses over the sea-lane graph: where passages lie on them, and how a vessel goes on when some are closed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sim.model.sea.sea_network import PASSAGES, Point, SeaNetwork, SeaPath

_TURNS = 6
"""Points of a voyage at which a vessel that turns off is worked out."""


@dataclass(frozen=True)
class Course:
    """Points of a way and the nautical miles sailed at each, counted from the port; `names` of passages on it."""

    points: tuple[Point, ...]
    marks: np.ndarray
    names: frozenset[str]

    @property
    def end(self) -> float:
        """Nautical miles sailed at the destination."""
        return float(self.marks[-1])

    @cached_property
    def passages(self) -> tuple[tuple[str, float], ...]:
        """(passage, nautical miles sailed when it is reached), in that order."""
        found = [(self.mark(name), name) for name in self.names]
        return tuple((name, mark) for mark, name in sorted(found))

    def mark(self, name: str) -> float:
        """Nautical miles sailed at the point that is nearest to a passage."""
        return _nearest_mark(self.points, self.marks, PASSAGES[name][1])


def course_of(path: SeaPath) -> Course:
    """A shortest way as a course that begins with it."""
    return Course(path.points, _sailed(path), path.passages)


@dataclass(frozen=True)
class Onward:
    """How a vessel goes on: `rest` nautical miles, first to point `node` of its course, then along `path`.

    `back`: it turns round for that point.
    """

    rest: float
    node: int
    path: SeaPath
    back: bool


def onward(
    network: SeaNetwork,
    course: Course,
    sailed: float,
    between: tuple[float, float],
    destination: Point,
    closed: frozenset[str],
) -> Onward | None:
    """The shortest way on for a vessel at `sailed` (nautical miles), None where there is none.

    It sails on to the next turning point or back to the last one, whichever is shorter; it cannot leave the stretch
    `between` the closed passages that it has passed and is coming to.
    """
    points, marks = course.points, course.marks
    here = max(int(np.searchsorted(marks, sailed + 1e-6, side="right")) - 1, 0)
    back = [node for node in range(here, -1, -1) if marks[node] >= between[0]]
    on = [node for node in range(here + 1, len(marks)) if marks[node] <= between[1]]

    def first(nodes: Sequence[int], back: bool) -> list[Onward]:
        for node in nodes:
            path = network.onward(points[node], destination, closed)
            if path is not None:
                return [Onward(abs(sailed - float(marks[node])) + path.length_nm, node, path, back)]
        return []

    options = first(back, True) + first(on[:1], False) or first(on[1:], False)
    return min(options, key=lambda option: option.rest, default=None)


def turned(course: Course, found: Onward, end: float, closed: frozenset[str]) -> Course:
    """The course of a vessel that goes on as found, with `end` nautical miles at the destination in all.

    It begins with the stretch on which the vessel turned, so that it may turn again before it is at the first point.
    """
    path = found.path
    marks = end - path.length_nm + _sailed(path)
    other = min(found.node + 1, len(course.marks) - 1) if found.back else max(found.node - 1, 0)
    edge = abs(float(course.marks[found.node] - course.marks[other]))
    points = (course.points[other], *path.points)
    return Course(points, np.concatenate([[marks[0] - edge], marks]), path.passages - closed)


def turns(
    network: SeaNetwork,
    course: Course,
    between: tuple[float, float],
    destination: Point,
    closed: frozenset[str],
) -> tuple[tuple[float, float], ...]:
    """(share sailed, rest as a multiple of the open voyage) for vessels that turn off an open voyage `between` two of
    the closed passages (nautical miles sailed); none where there is no way."""
    found = []
    begin, end = (round(mark / course.end, 6) for mark in between)
    for share in np.linspace(begin, end, _TURNS).tolist():
        way = onward(network, course, share * course.end, between, destination, closed)
        if way is None:
            return ()
        found.append((round(share, 6), round(way.rest / course.end, 6)))
    return tuple(found)


def _sailed(way: SeaPath) -> np.ndarray:
    """Nautical miles sailed at each point of a way (great circles, scaled to the way's length)."""
    longitude, latitude = np.radians(np.array(way.points)).T
    half = (
        np.sin(np.diff(latitude) / 2) ** 2
        + np.cos(latitude[:-1]) * np.cos(latitude[1:]) * np.sin(np.diff(longitude) / 2) ** 2
    )
    marks = np.concatenate([[0.0], np.cumsum(np.arcsin(np.sqrt(half)))])
    return np.asarray(marks * (way.length_nm / marks[-1]))


def _nearest_mark(points: Sequence[Point], marks: np.ndarray, place: Point) -> float:
    """Nautical miles sailed at the point of a way that is nearest to a place."""
    line = np.array(points)
    start, step = line[:-1], np.diff(line, axis=0)
    scale = np.array([np.cos(np.radians(place[1])), 1.0])
    best = (np.inf, 0.0)
    for turn in (-360.0, 0.0, 360.0):
        target = np.array([place[0] + turn, place[1]])
        squared = np.maximum(((step * scale) ** 2).sum(axis=1), 1e-12)
        along = np.clip((((target - start) * scale) * (step * scale)).sum(axis=1) / squared, 0.0, 1.0)
        misses = (((start + step * along[:, None] - target) * scale) ** 2).sum(axis=1)
        k = int(misses.argmin())
        best = min(best, (float(misses[k]), float(marks[k] + along[k] * (marks[k + 1] - marks[k]))))
    return best[1]
