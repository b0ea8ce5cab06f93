"""Alarms that never rise, that nobody listens to, or of which it is not known what came of them."""

from __future__ import annotations

from collections.abc import Iterator

from sim.engine.checks.base import Compiled, Note, check
from sim.engine.checks.never import silent
from sim.policies.triggers.alarm import AlarmStands
from sim.scenario.words.conditions import conditions

FALLS: dict[str, object] = {"alarm": "falling_cover", "name": "falls", "at": "facilities", "days": "7d", "below": "5d"}
LATE: dict[str, object] = {"alarm": "lead_time", "name": "late", "above": "10%"}


@check(
    "alarms_that_never_rise",
    remedy="Watch sites that have what the alarm looks at: stock with usual demand, orders of their own, patients; "
    "write a level above 0, and fewer days than the scenario has.",
    example={"alarms": [LATE | {"at": "maker"}]},
    quiet={"alarms": [LATE | {"at": "store"}]},
)
def alarms_that_never_rise(compiled: Compiled) -> Iterator[Note]:
    """An alarm that can never rise: those who watch see nothing of what it looks at, its level is nothing, nothing is
    announced, or it looks at more days than there are."""
    for position, alarm in enumerate(compiled.loaded.spec.alarms):
        if not compiled.is_drawn("alarms", position) and (why := silent(compiled, alarm.label)):
            yield Note(("alarms", position), f"'{alarm.label}' never rises: {why}")


@check(
    "alarms_nobody_listens_to",
    remedy="Let a decision, a reserve or a level of use wait for it (`when: {trigger: alarm, name: ...}`). An alarm "
    "that is only to be scored may stay as it is.",
    example={"alarms": [FALLS]},
    quiet={
        "alarms": [FALLS],
        "reserves.national.release": {"when": {"trigger": "alarm", "name": "falls"}, "after": "2d"},
    },
)
def alarms_nobody_listens_to(compiled: Compiled) -> Iterator[Note]:
    """An alarm that no condition of the scenario waits for: it is scored and told, and changes nothing."""
    spec = compiled.loaded.spec
    sections = {name: getattr(spec, name) for name in type(spec).model_fields}
    heard = {found.name for _, found in conditions(sections) if isinstance(found, AlarmStands)}
    for position, alarm in enumerate(spec.alarms):
        if alarm.label not in heard:
            yield Note(("alarms", position), f"nobody listens to '{alarm.label}': it is scored, and changes nothing")


@check(
    "alarms_that_cannot_be_judged",
    remedy="Make the scenario longer, or let alarms count as warnings of what comes sooner (`ahead`).",
    example={"alarms": [FALLS | {"ahead": "60d"}]},
    quiet={"alarms": [FALLS | {"ahead": "59d"}]},
)
def alarms_that_cannot_be_judged(compiled: Compiled) -> Iterator[Note]:
    """An alarm that may rise as long before a shortage (`ahead`) as the scenario lasts, so that of none it is known
    whether it was false."""
    days = compiled.plan.network.calendar.days
    for position, alarm in enumerate(compiled.loaded.spec.alarms):
        if alarm.ahead >= days and not compiled.is_drawn("alarms", position, "ahead"):
            text = f"whether '{alarm.label}' is false is known {alarm.ahead} days later, in a scenario of {days}"
            yield Note(("alarms", position, "ahead"), text)
