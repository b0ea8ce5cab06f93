"""What stands beside the path taken: nothing done, decisions by rule, other branches, and other luck from here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import fmean

from sim.begun import Begun
from sim.errors import Problem, ScenarioError
from sim.tabletop.course import Course
from sim.tabletop.looking import unmet
from sim.tabletop.moves import Turn
from sim.tabletop.session import NOTHING, SCRIPTED, Session

MOST_DRAWS = 200


@dataclass(frozen=True)
class Ahead:
    """What would go unmet from now on if nobody did anything more: by product, in each draw of other luck; `so_far`
    what has gone unmet until now. Injects still to come are left out, and so is what was handed in this turn."""

    draws: int
    so_far: dict[str, int]
    from_now: dict[str, tuple[int, ...]]
    ends: str

    def range_of(self, product: str) -> tuple[int, float, int]:
        """(least, mean, most) units over the draws."""
        found = self.from_now[product]
        return min(found), fmean(found), max(found)


@dataclass(frozen=True)
class Line:
    """Units unmet in each turn until the day where the session stands, by product; a branch that ended before has fewer
    turns. `here` is the path taken."""

    name: str
    here: bool
    unmet: dict[str, list[int]]

    @property
    def totals(self) -> dict[str, int]:
        """Units unmet in all turns."""
        return {product: sum(units) for product, units in self.unmet.items()}


def preview(session: Session, draws: int = 10) -> Ahead:
    """If they do nothing from here: so many runs to the end with other luck after now, the same at every call.

    Raises ScenarioError for a number of draws that is none.
    """
    if isinstance(draws, bool) or not isinstance(draws, int) or not 1 <= draws <= MOST_DRAWS:
        raise ScenarioError([Problem("draws", 0, "no number of draws", str(draws), f"1 to {MOST_DRAWS}")])
    begun = session.begun
    now, last = begun.day, session.table.days
    found: dict[str, list[int]] = {}
    for luck in range(1, draws + 1):
        one = begun.fork(luck)
        one.until(last)
        for product, units in unmet(one, "product", [0, now] if 0 < now < last else [0]).items():
            later = units[-1] if 0 < now < last else 0 if now else units[0]
            found.setdefault(product, []).append(later)
    before = unmet(begun, "product", [0])
    so_far = {product: sum(before.get(product, [])) for product in found}
    ends = session.table.date(last).isoformat()
    return Ahead(draws, so_far, {product: tuple(units) for product, units in found.items()}, ends)


def compare(session: Session) -> list[Line]:
    """The path taken, doing nothing, the scripted policy where there is one, and every other branch; each met by what
    was fired on its own path, the first three by the same, all with the same luck."""
    turns = session.place.turns
    days = [turn.day for turn in turns]
    lines = [Line(session.branch, True, unmet(session.begun, "product", days))]
    idle = [replace(turn, chosen=()) for turn in turns]
    lines.append(Line(NOTHING, False, _of(Course(session.table), idle)))
    scripted = session.table.exercise.scripted
    if scripted is not None:
        lines.append(Line(SCRIPTED, False, _of(Course(session.table, scripted), idle)))
    course = Course(session.table)
    for name in session.branches:
        if name != session.branch:
            lines.append(Line(name, False, _of(course, session.branch_place(name).turns)))
    return lines


def _of(course: Course, turns: Sequence[Turn]) -> dict[str, list[int]]:
    begun: Begun = course.at(turns)
    return unmet(begun, "product", [turn.day for turn in turns])
