"""Disruptions that change nothing."""

from __future__ import annotations

from collections.abc import Iterator

from sim.engine.checks.base import Compiled, Note, check
from sim.model.effects import Impact
from sim.model.network import Calendar


@check(
    "disruptions_without_effect",
    example={"disruptions": [{"kind": "stock_loss", "at": "store", "from": "2030-01-01"}]},
)
def disruptions_without_effect(compiled: Compiled) -> Iterator[Note]:
    """A disruption that begins after the last day, is over before the first, or changes nothing that is in use."""
    for position, impact in enumerate(compiled.impacts):
        if (why := _hardly_meant(impact, compiled.plan.network.calendar)) is not None:
            yield Note(("disruptions", position), f"'{impact.cause}' {why}")


def _hardly_meant(impact: Impact, calendar: Calendar) -> str | None:
    if impact.start >= calendar.days:
        return f"begins after the last day of the scenario ({calendar.date(calendar.days - 1)})"
    if impact.end < -calendar.warm_up:
        return f"is over before the first day of the scenario ({calendar.date(-calendar.warm_up)})"
    if impact.end > impact.start and not impact.acts:
        return "changes nothing: it meets no site, goods or lane in use, or leaves all as usual"
    return None
