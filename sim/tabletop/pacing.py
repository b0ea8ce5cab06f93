"""What the clock brings: when injects and turns are due, and, where it paces the exercise, what comes by itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from contextlib import suppress
from typing import TYPE_CHECKING

from sim.tabletop.clock import Due
from sim.tabletop.injects import Inject
from sim.tabletop.refusals import Refused

if TYPE_CHECKING:
    from sim.tabletop.session import Session

CLOCK = "clock"
"""By whom something is done that the clock brings by itself."""


def due(session: Session, inject: Inject) -> Due | None:
    """When an inject is due by the room's clock, or by a story that goes with it; None where that is not settled."""
    if inject.delivery is not None:
        return session.clock.due(inject.delivery)
    return None if inject.story is None else session.clock.story_reached(inject.story.day)


def bring(session: Session, now: dt.datetime) -> None:
    """Where the clock paces the exercise and runs, do what has become due by now, each at its own time."""
    tried = set[str]()
    if session.table.exercise.pace != "clock":
        return
    while session.clock.status == "running" and (found := _first(session, now, tried)) is not None:
        moment, inject = found
        numbers = [] if inject is None else [inject.number]
        if inject is None:
            session.advance("turn", moment.at, CLOCK)
            ready = session.entries[-1].what["ready"] if moment.alone else ()
            numbers = [number for number in ready if due(session, session.table.by_number[number]) is None]
        for number in numbers:
            tried.add(number)
            with suppress(Refused):  # it stays ready, and the facilitator is told why when it is fired
                session.fire(number, moment.at, CLOCK)


def _first(session: Session, now: dt.datetime, but: Collection[str]) -> tuple[Due, Inject | None] | None:
    """What comes first by now: an inject that is fired by itself, but for some, or (None) the next turn."""
    if session.over:
        return None
    table, place = session.table, session.place
    found: list[tuple[Due, int, Inject | None]] = []
    for k, one in enumerate(table.injects):
        if place.standing(one).status not in ("waiting", "ready") or one.number in but:
            continue
        moment = due(session, one)
        if moment is not None and moment.alone and moment.at <= now:
            found.append((moment, k, one))
    step = session.clock.story_reached(min(place.day + table.exercise.turn, table.days))
    if step is not None and step.at <= now:
        found.append((step, -1, None))
    if not found:
        return None
    moment, _, inject = min(found, key=lambda one: (one[0].at, one[1]))
    return moment, inject
