"""A run day by day, for a film of it: what stood open, what lay where, who went without, what happened and was decided.

Figures are of midnights: `day` is the next day to be lived, and all that is told is of before. The film is for
afterwards: it shows what was, and not what anybody was told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import numpy as np

from sim.begun import Begun
from sim.tabletop.course import Course
from sim.tabletop.looking import in_force
from sim.tabletop.moves import Place, Turn
from sim.tabletop.session import NOTHING, SCRIPTED, Session
from sim.tabletop.ways import STATES, places_of, ways

LOOKS_BACK = 7
"""Days over which it is told how much of a hundred was not there."""
T = TypeVar("T")
Said = tuple[int, str, str]
"""A day, of what kind it is (inject, decision, trouble), and what happened, in words."""


@dataclass(frozen=True)
class Path:
    """One path through the story, a frame each midnight: the states of links and places as digits (0: closed, 1:
    slower, 2: open), how much of a hundred was not there, units on hand by place and product, units in reserves and
    units not there since the start by product; and what happened."""

    name: str
    links: list[str]
    spots: list[str]
    short: list[list[int | None]]
    stock: list[list[int]]
    reserve: list[list[int]]
    unmet: list[list[int]]
    said: list[Said]


@dataclass(frozen=True)
class Footage:
    """Paths with the same places, links and goods. `days` are the midnights of the frames; `use` is the usual use a day
    of what lies where, in the order of `shelves`: (place, product) by their positions."""

    days: list[int]
    places: list[dict[str, Any]]
    links: list[dict[str, Any]]
    products: list[str]
    shelves: list[tuple[int, int]]
    use: list[float]
    paths: list[Path]


def of_session(session: Session) -> Footage:
    """The path taken, then nothing done, the scripted policy and other branches, each as far as it was played."""
    place, table = session.place, session.table
    idle = [Turn(turn.day, turn.fired) for turn in place.turns]
    told = _told(session, place)
    fired = [said for said in told if said[1] == "inject"]
    walks = [(session.branch, Course(table), list(place.turns), told), (NOTHING, Course(table), idle, fired)]
    if table.exercise.scripted is not None:
        walks.append((SCRIPTED, Course(table, table.exercise.scripted), idle, fired))
    for name in session.branches:
        if name != session.branch:
            other = session.branch_place(name)
            walks.append((name, Course(table), list(other.turns), _told(session, other)))
    return _together([(name, _by_day(course, turns), said) for name, course, turns, said in walks])


def of_runs(runs: Mapping[str, Begun]) -> Footage:
    """Runs that have begun, by their names, lived to the end; the first has the places and links of all."""

    def lived(begun: Begun) -> Iterator[Begun]:
        begun.until(0)
        yield begun
        while begun.day < begun.running.plan.network.calendar.days:
            yield begun.until(begun.day + 1)

    return _together([(name, lived(begun), []) for name, begun in runs.items()])


def _told(session: Session, place: Place) -> list[Said]:
    """Injects that were fired, and decisions that counted, each on the day on which its turn began."""
    table, days = session.table, [turn.day for turn in place.turns]
    found: list[Said] = [
        (turn.day, "inject", f"Inject {number}: {table.by_number[number].title}")
        for turn in place.turns
        for number in turn.fired
    ]
    for one in place.choices:
        if not one.withdrawn and one.turn < place.turn:
            because = f" “{one.reason}”" if one.reason else ""
            found.append((days[one.turn - 1], "decision", f"{table.title(one.role)}: {one.decision}.{because}"))
    return found


def _by_day(course: Course, turns: Sequence[Turn]) -> Iterator[Begun]:
    """The run of these turns at every midnight, in one go."""
    begun = course.at(turns[:1])
    yield begun
    for turn, following in zip(turns, [*turns[1:], None], strict=True):
        if turn.day:
            course.fire(begun, turn.fired)
        if following is None:
            return
        course.choose(begun, turn.chosen)
        while begun.day < following.day:
            yield begun.until(begun.day + 1)


def _together(walks: Sequence[tuple[str, Iterator[Begun], list[Said]]]) -> Footage:
    """Each walk filmed; places, links and goods are those of the first."""
    cameras, paths = [], []
    for name, nights, said in walks:
        camera = None
        for begun in nights:
            camera = camera or _Camera(begun)
            camera.shoot(begun)
        assert camera is not None
        cameras.append(camera)
        paths.append(camera.path(name, said))
    first = cameras[0]
    days = max((camera.days for camera in cameras), key=len)
    return Footage(days, first.places, first.links, first.products, first.shelves, first.use, paths)


class _Camera:
    """What is taken of one run, midnight by midnight."""

    def __init__(self, begun: Begun) -> None:
        network = begun.running.plan.network
        seen = ways(begun, 0)
        self.places = [{key: one[key] for key in ("name", "kind", "layer")} for one in seen["places"]]
        self.links = [{key: one[key] for key in ("from", "to", "mode", "used")} for one in seen["links"]]
        self.products = [str(name) for name in network.products["name"]]
        self.days: list[int] = []
        self._states: list[tuple[str, str, list[int | None]]] = []
        of, kinds = places_of(network), network.sites["kind"].to_numpy()[network.cell_site]
        at = {place: k for k, place in enumerate(dict.fromkeys(of))}
        cells = np.flatnonzero((kinds != "supplier") & (network.cell_mean > 0))
        keys = [(at[of[network.cell_site[cell]]], int(network.cell_product[cell])) for cell in cells.tolist()]
        self.shelves = sorted(set(keys))
        row = {key: k for k, key in enumerate(self.shelves)}
        self._cells, self._rows = cells, np.array([row[key] for key in keys], dtype=np.int64)
        self._stock: list[list[int]] = []
        self.use = [round(some, 2) for some in self._summed(network.cell_mean)]
        self._force: dict[int, set[str]] = {}
        self._last: Begun = begun

    def _summed(self, amounts: np.ndarray) -> list[float]:
        return np.bincount(self._rows, weights=amounts[self._cells], minlength=len(self.shelves)).tolist()

    def shoot(self, begun: Begun) -> None:
        """Take a frame."""
        seen = ways(begun, max(0, begun.day - LOOKS_BACK))
        digits = ["".join(str(STATES.index(one["state"])) for one in seen[what]) for what in ("links", "places")]
        self._states.append((digits[0], digits[1], [one["short"] for one in seen["places"]]))
        self._stock.append([int(some) for some in self._summed(begun.running.world.state.on_hand)])
        self._force[begun.day] = {row["decision"] for row in in_force(begun)}
        self.days.append(begun.day)
        self._last = begun

    def path(self, name: str, said: list[Said]) -> Path:
        """All that was taken."""
        links, spots, short = zip(*self._states, strict=True)
        told = sorted([*said, *self._troubles(), *self._decisions()], key=lambda one: one[0])
        reserve, unmet = self._daily("reserve", False), self._daily("unmet", True)
        return Path(name, list(links), list(spots), list(short), self._stock, reserve, unmet, told)

    def _daily(self, figure: str, since_start: bool) -> list[list[int]]:
        """Units by product at each midnight: of the evening before, or all since the start."""
        groups = self._last.running.plan.network.groups
        daily = self._last.running.world.recorder.so_far[figure][: max(0, self._last.day)]
        of_users = (groups["kind"] == "facility").to_numpy() if since_start else np.ones(len(groups), dtype=bool)
        names = groups["product"].astype(str).to_numpy()
        columns = [daily[:, of_users & (names == name)].sum(axis=1) for name in self.products]
        by_product = np.column_stack(columns) if columns else np.zeros((len(daily), 0))
        if since_start:
            by_product = np.cumsum(by_product, axis=0)
        nothing = by_product[:1] * (0 if since_start else 1) if len(by_product) else np.zeros((1, len(columns)))
        every = np.vstack([nothing, by_product]).astype(np.int64)
        return [every[day].tolist() for day in self.days]

    def _troubles(self) -> Iterator[Said]:
        """What went wrong in the days that were lived, and when it was over; injects are told as injects."""
        last = self.days[-1]
        for impact in self._last.running.impacts:
            if impact.decided or impact.cause.startswith("inject "):
                continue
            moments: list[tuple[float, str]] = [(impact.start, "begins"), (impact.end, "is over")]
            for day, word in moments:
                if np.isfinite(day) and 0 <= day <= last:
                    yield int(day), "trouble", f"{impact.cause}: {word}."

    def _decisions(self) -> Iterator[Said]:
        """Since when decisions were in force, and until when."""
        before: set[str] = set()
        for day, now in self._force.items():
            yield from ((day, "decision", f"In force: {name}.") for name in sorted(now - before))
            yield from ((day, "decision", f"No longer in force: {name}.") for name in sorted(before - now))
            before = now


def thinned(footage: Footage, fits: Callable[[Footage], bool]) -> Footage:
    """A footage with only every second, fourth, … frame, as many as fit; the last is always there."""
    step, found = 1, footage
    while not fits(found) and step < len(footage.days):
        step *= 2
        found = _every(footage, step)
    return found


def _every(footage: Footage, step: int) -> Footage:
    def some(frames: list[T]) -> list[T]:
        return [frame for k, frame in enumerate(frames) if k % step == 0 or k == len(frames) - 1]

    paths = [
        replace(
            one, links=some(one.links), spots=some(one.spots), short=some(one.short), stock=some(one.stock),
            reserve=some(one.reserve), unmet=some(one.unmet),
        )
        for one in footage.paths
    ]  # fmt: skip
    return replace(footage, days=some(footage.days), paths=paths)
