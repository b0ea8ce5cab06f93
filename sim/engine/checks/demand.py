"""Demand that never comes."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sim.engine.checks.base import Compiled, Note, check, few

MORE = {"at": "clinic-c", "product": "oxytocin", "per_day": 1}


@check(
    "demand_that_never_comes",
    remedy="Give the entry dates within the scenario and a mean above 0, or leave it out.",
    example={"demand": [MORE | {"from": "2024-03-01"}]},
    quiet={"demand": [MORE | {"from": "2024-02-29"}]},
)
def demand_that_never_comes(compiled: Compiled) -> Iterator[Note]:
    """An entry of demand of which no day is among those that count, or whose mean is nothing: its sites have no fill
    rate, and levels in days are 0 units."""
    plan = compiled.plan
    calendar = plan.network.calendar
    for position, entry in enumerate(plan.demand.entries):
        place = ("demand", position)
        mine = plan.demand.entry == position
        shown = f"demand for '{compiled.loaded.spec.demand[position].product}'"
        if entry.first >= calendar.days:
            last = calendar.date(calendar.days - 1)
            yield Note((*place, "from"), f"this {shown} begins after the last day of the scenario ({last})")
        elif entry.over <= 0:
            yield Note((*place, "until"), f"this {shown} is over before the first day that counts ({calendar.start})")
        elif entry.over <= entry.first:
            yield Note((*place, "until"), f"this {shown} is over as it begins")
        elif mine.any() and not plan.demand.mean[mine].any() and not _drawn(compiled, position):
            yield Note(place, f"this {shown} is 0 a day at every site")
        elif (first := _first_session(compiled, position)) >= calendar.days:
            when = f"on day {first:g}, in a scenario of {calendar.days} days"
            yield Note((*place, "sessions"), f"this {shown} has its first session {when}")
        elif mine.any() and (closed := _closed(compiled, plan.demand.site[mine])).size:
            names = few(plan.network.site_names(closed))
            yield Note((*place, "at"), f"closed on every day that counts, so without this {shown}: {names}")


def _drawn(compiled: Compiled, position: int) -> bool:
    return any(compiled.is_drawn("demand", position, key) for key in ("per_day", "per_person", "distribution"))


def _first_session(compiled: Compiled, position: int) -> float:
    """The first counted day of a session; before all others where there are none."""
    sessions = compiled.loaded.spec.demand[position].sessions
    return -np.inf if sessions is None else float(sessions.first % sessions.every)


def _closed(compiled: Compiled, sites: np.ndarray) -> np.ndarray:
    """Those of some sites that are open on no counted day."""
    spans = compiled.plan.network.spans
    if spans is None:
        return np.zeros(0, dtype=np.int64)
    return sites[spans.days(compiled.plan.network.calendar.days)[sites] == 0]
