"""Reviews, declarations and announcements that do not come within the scenario."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import BaseModel

from sim.engine.checks.base import Compiled, Note, check
from sim.engine.checks.never import heard
from sim.policies.replenishment.base import Replenishment
from sim.policies.reserves.reserve import Release
from sim.policies.triggers.announced import Announced
from sim.policies.triggers.base import Trigger
from sim.policies.triggers.declared import Declared
from sim.scenario.reading.document import Place

SECTIONS = ("suppliers", "sourcing", "buying_ahead", "rationing", "use_levels", "reserves")
"""Sections in which conditions may stand."""


def _release(**when: object) -> dict[str, object]:
    return {"reserves.national.release": {"when": when, "after": "2d"}}


@check(
    "reviews_outside_the_span",
    remedy="Review more often, or earlier; or make the scenario longer.",
    example={"replenishment.1.review": "60d"},
    quiet={"replenishment.1.review": "30d"},
)
def reviews_outside_the_span(compiled: Compiled) -> Iterator[Note]:
    """A replenishment policy with no review within the scenario, or a single one: nothing, or next to nothing, is
    ordered by it."""
    calendar = compiled.plan.network.calendar
    for position, entry in enumerate(compiled.loaded.spec.replenishment):
        place = ("replenishment", position)
        begins = 0.0 if entry.from_ is None else float(calendar.day(entry.from_))
        if begins >= calendar.days or compiled.is_drawn(*place):
            continue  # a policy of a date after the last day is told where it is bound
        if (first := begins + entry.first_review) >= calendar.days:
            text = f"the first review by this policy is on day {first:g}, in a scenario of {calendar.days} days"
            yield Note((*place, "first_review"), text)
        elif _single(entry, first, calendar.days):
            text = f"this policy is reviewed once within the scenario of {calendar.days} days: every {entry.review:g}"
            yield Note((*place, "review"), text)


def _single(entry: Replenishment, first: float, days: int) -> bool:
    return entry.review > 1 and first + entry.review >= days and entry.review >= days / 2


@check(
    "triggers_outside_the_span",
    remedy="Let the declaration, or the release, come within the scenario; for `announced` give some disruption a "
    "notice or `known_by: announcement`.",
    example=_release(trigger="declared", after="60d"),
    quiet=_release(trigger="declared", after="50d"),
)
def triggers_outside_the_span(compiled: Compiled) -> Iterator[Note]:
    """A declaration after the last day, an announcement where nothing is ever announced, or a reserve whose
    authorisation takes until after the last day."""
    days = compiled.plan.network.calendar.days
    for place, found in conditions(compiled):
        if compiled.is_drawn(*place):
            continue
        label = compiled.loaded.document.label(place)
        if isinstance(found, Declared) and found.after >= days:
            text = f"'{label}' is declared {found.after:g} days after the start, in a scenario of {days}"
            yield Note((*place, "after"), text)
        elif isinstance(found, Announced) and heard(compiled) >= days:
            yield Note(place, f"'{label}' is never met: no disruption of the scenario is announced within its days")
        elif isinstance(found, Release):
            since = found.when.after if isinstance(found.when, Declared) else 0.0
            if since < days <= since + found.after:
                text = f"'{label}' releases nothing until {found.after:g} days after its condition: past the last day"
                yield Note((*place, "after"), text)


def conditions(compiled: Compiled) -> Iterator[tuple[Place, BaseModel]]:
    """Every condition of the scenario's policies and everything else written in them, with its place."""
    for section in SECTIONS:
        yield from _inside(getattr(compiled.loaded.spec, section), (section,))


def _inside(value: object, place: Place) -> Iterator[tuple[Place, BaseModel]]:
    if isinstance(value, BaseModel):
        yield place, value
        if not isinstance(value, Trigger) or value.parts:
            for name, field in type(value).model_fields.items():
                yield from _inside(getattr(value, name), (*place, field.alias or name))
    elif isinstance(value, list):
        for k, child in enumerate(value):
            yield from _inside(child, (*place, k))
    elif isinstance(value, dict):
        for key, child in value.items():
            yield from _inside(child, (*place, key))
