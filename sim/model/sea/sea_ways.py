"""Ways over the sea-lane network: shortest with any set of passages closed, worked out when a vessel needs one.

What one closed passage does to a known voyage is in the file of voyages. Ways round several, and where else a way
round leads, take the sea-lane graph, which is loaded for the first of them; every way is worked out once a process.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, cached_property

import numpy as np

from sim.model.network import Passage
from sim.model.sea.courses import Course, course_of, onward, turned, turns
from sim.model.sea.geography import CANALS, Voyage, passage_named, sea_network
from sim.model.sea.narrows import Narrows
from sim.model.sea.sea_network import PASSAGES, Point, SeaNetwork
from sim.model.sea.ways import Way


class Chart:
    """The sea between two ports: the open course, and which passages vessels between them never use."""

    def __init__(self, origin: str, destination: str, may_use: frozenset[str]) -> None:
        self.network: SeaNetwork = sea_network()
        self.destination: Point = self.network.ports[destination]
        path = self.network.path(self.network.ports[origin], self.destination)
        assert path is not None  # the lane's voyage goes that way
        self.course = course_of(path)
        self.barred = CANALS - path.passages - may_use
        self._ports = self.network.ports[origin], self.destination
        self._turns: dict[tuple[frozenset[str], str, str], tuple[tuple[float, float], ...]] = {}

    @cached_property
    def met(self) -> frozenset[str]:
        """Passages that vessels from the port come to with some set of them closed."""
        return narrows().met(*self._ports, self.barred)

    def onward(
        self, course: Course, sailed: float, between: tuple[float, float], closed: frozenset[str]
    ) -> tuple[float, Course] | None:
        """(nautical miles left, course) of the shortest way on from a place on a course, or None."""
        found = onward(self.network, course, sailed, between, self.destination, closed | self.barred)
        return None if found is None else (found.rest, turned(course, found, sailed + found.rest, closed))

    def from_port(self, closed: frozenset[str]) -> Course | None:
        """The shortest course from the port when these are closed, or None."""
        path = self.network.onward(self.course.points[0], self.destination, closed | self.barred)
        return None if path is None else course_of(path)

    def turns(self, closed: frozenset[str], before: str, behind: str) -> tuple[tuple[float, float], ...]:
        """What is left for vessels of the open voyage that turn off between two closed passages."""
        key = closed, before, behind
        if key not in self._turns:
            between = self.course.mark(behind) if behind else 0.0, self.course.mark(before)
            self._turns[key] = turns(self.network, self.course, between, self.destination, closed | self.barred)
        return self._turns[key]


@cache
def narrows() -> Narrows:
    """The passages of the sea-lane graph, measured once."""
    return Narrows(sea_network())


@cache
def chart(origin: str, destination: str, may_use: frozenset[str]) -> Chart:
    """The sea between two ports, looked at once."""
    return Chart(origin, destination, may_use)


class SeaWay(Way):
    """A way between two ports; `sea` is (origin, destination, canals that may be used besides those on the usual way).

    `known` are the passages of the usual way with what closing each of them alone does.
    """

    def __init__(self, sea: tuple[str, str, frozenset[str]], known: tuple[Passage, ...]) -> None:
        self._sea, self._known = sea, known
        self.avoids = frozenset[str]()

    def __repr__(self) -> str:
        origin, destination, may_use = self._sea
        return (
            f"{type(self).__name__}({origin}, {destination}, {sorted(may_use)}, {sorted(self.avoids)}, {self.length!r})"
        )

    @property
    def length(self) -> float:
        return 1.0

    @property
    def usable(self) -> frozenset[str]:
        usual = {passage.name for passage in self._known}
        return frozenset(PASSAGES) - (CANALS - usual - self._sea[2])

    @property
    def passages(self) -> Sequence[tuple[str, float]]:
        return [(passage.name, passage.fraction) for passage in self._known]

    @property
    def chart(self) -> Chart:
        """The sea of this way."""
        return chart(*self._sea)

    def course(self) -> Course:
        """Where this way leads."""
        return self.chart.course

    def turn(self, sailed: float, closed: frozenset[str]) -> Way | None:
        closed &= self.usable
        rest = self._rest(sailed, closed)
        return None if rest is None else TurnedWay(self, sailed, closed, rest, self._sea, self._known)

    def _rest(self, sailed: float, closed: frozenset[str]) -> float | None:
        """What is left from a place on this way, as a multiple of the usual voyage."""
        before = self.ahead(sailed, closed)[0][0]
        if closed == {before}:
            alone = next(passage for passage in self._known if passage.name == before)
            if not alone.remaining:
                return None
            table, from_port = alone.remaining, alone.detour
        elif sailed <= 0:
            course = self.chart.from_port(closed)
            return None if course is None else course.end / self.chart.course.end
        else:
            behind = [name for name, at in self.passages if name in closed and at < sailed]
            table = self.chart.turns(closed, before, behind[-1] if behind else "")
            if not table:
                return None
            from_port = table[0][1]
        shares, left = np.array(table).T
        return from_port if sailed <= 0 else float(np.interp(sailed, shares, left))

    def may_meet(self, passage: str) -> bool:
        return passage in self.usable and bool(self._known) and passage in self.chart.met


class TurnedWay(SeaWay):
    """The way of a vessel that turned off another; where it leads is looked up if something asks for it."""

    def __init__(
        self,
        parent: SeaWay,
        sailed: float,
        closed: frozenset[str],
        rest: float,
        sea: tuple[str, str, frozenset[str]],
        known: tuple[Passage, ...],
    ) -> None:
        super().__init__(sea, known)
        self._parent, self._sailed, self.avoids = parent, sailed, closed
        # none is shorter than the usual way, whatever is lost between two points of a table
        self._length = max(1.0, sailed + rest)

    def __repr__(self) -> str:
        return f"{super().__repr__()} from {self._sailed!r} of {self._parent!r}"

    @property
    def length(self) -> float:
        return self._length

    @property
    def passages(self) -> Sequence[tuple[str, float]]:
        usual = self.chart.course.end
        return [(name, mark / usual) for name, mark in self._course.passages]

    def course(self) -> Course:
        return self._course

    @cached_property
    def _course(self) -> Course:
        parent, usual = self._parent, self.chart.course.end
        end = self.length * usual
        found = _between(parent, self._sailed, self.avoids)
        assert found is not None  # there is a way, or there would be no such vessel
        return Course(found[1].points, found[1].marks + (end - found[1].end), found[1].names)

    def _rest(self, sailed: float, closed: frozenset[str]) -> float | None:
        found = _between(self, sailed, closed)
        return None if found is None else found[0] / self.chart.course.end


def _between(way: SeaWay, sailed: float, closed: frozenset[str]) -> tuple[float, Course] | None:
    """(nautical miles left, course) of the shortest way on from a place on a way, with passages closed."""
    usual, course = way.chart.course.end, way.course()
    marks = [mark for name, mark in course.passages if name in closed]
    here = sailed * usual
    behind = [mark for mark in marks if mark < here - 1e-6 * usual]
    before = [mark for mark in marks if mark >= here - 1e-6 * usual]
    between = behind[-1] if behind else -np.inf, before[0] if before else np.inf
    return way.chart.onward(course, here, between, closed)


def sea_way(origin: str, destination: str, may_use: frozenset[str], voyage: Voyage) -> SeaWay | None:
    """The usual way of a lane between two ports; None where no passage is on it."""
    canals = frozenset(passage_named(name) for name in may_use) & CANALS
    return SeaWay((origin, destination, canals), voyage.passages) if voyage.passages else None
