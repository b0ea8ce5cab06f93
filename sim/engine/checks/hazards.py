"""Hazards that can do nothing."""

from __future__ import annotations

from collections.abc import Iterator

from sim.engine.checks.base import Compiled, Note, check, few
from sim.engine.checks.disruptions import strikes
from sim.hazards.bound import BoundHazard, HazardEntry
from sim.model.network import Network

MOST_TRIED = 50
"""Entries of a hazard that are each looked at; of more it is enough that one changes anything."""
OUTAGE = {"kind": "site_outage", "at": "maker"}
WINDOW = {"process": "window", "probability": "50%"}


def _hazard(**fields: object) -> dict[str, object]:
    return {"hazards": {"breakdown": {"disruption": OUTAGE, "lasts": "5d", "happens": WINDOW} | fields}}


@check(
    "hazards_without_effect",
    remedy="Let it be able to strike within the days of the scenario, at sites, goods or lanes that are in use, and "
    "change something; or leave it out of `active_hazards`.",
    example=_hazard(disruption=OUTAGE | {"capacity": "100%"}),
    quiet=_hazard(disruption=OUTAGE | {"capacity": "uniform(50%, 100%)"}),
)
def hazards_without_effect(compiled: Compiled) -> Iterator[Note]:
    """An active hazard that cannot strike (a probability of 0%, a window outside the scenario), or that changes nothing
    when it does, whatever is drawn for it."""
    for hazard in compiled.plan.hazards:
        place = ("hazards", hazard.name)
        leader = hazard.spec.happens.follows()
        if leader in compiled.loaded.spec.hazards and all(other.name != leader for other in compiled.plan.hazards):
            yield Note(place, f"'{hazard.name}' never strikes: '{leader}', which leads to it, is not active")
        elif not compiled.is_drawn(*place) and (why := _why(hazard, compiled.plan.network)):
            yield Note(place, f"'{hazard.name}' {why}")


def _why(hazard: BoundHazard, network: Network) -> str | None:
    never = _never(hazard, network)
    if never is not None:
        return f"never strikes: {never}"
    if not any(_strikes(hazard, entry, network) for entry in hazard.entries):
        return "changes nothing when it strikes: it meets nothing in use, or leaves all as usual"
    few_enough = hazard.entries[:MOST_TRIED] if len(hazard.entries) > 1 else ()
    idle = [entry.key for entry in few_enough if not _strikes(hazard, entry, network)]
    if idle:
        return f"changes nothing where it strikes {few(idle)}"
    return None


def _never(hazard: BoundHazard, network: Network) -> str | None:
    """Why no shock can hit anything within the scenario."""
    happens, calendar = hazard.spec.happens, network.calendar
    for what, share in (("hits", hazard.spec.hits), ("probability", getattr(happens, "probability", 1.0))):
        if not share:
            return f"its '{what}' is 0%"
    first, until = getattr(happens, "from_", None), getattr(happens, "until", None)
    if first is not None and calendar.day(first) >= calendar.days:
        return f"its window begins on {first}, after the last day of the scenario ({calendar.date(calendar.days - 1)})"
    if until is not None and calendar.day(until) <= -calendar.warm_up:
        return f"its window is over on {until}, before the scenario begins ({calendar.date(-calendar.warm_up)})"
    for what in ("every", "up"):
        gap, days = getattr(happens, what, None), calendar.days + calendar.warm_up
        if gap is not None and gap.draw is None and gap.mean >= days:
            return f"its '{what}' of {gap.mean:g} days is no shorter than the scenario ({days} days)"
    return None


def _strikes(hazard: BoundHazard, entry: HazardEntry, network: Network) -> bool:
    """Whether it changes anything, for as long as it may last, at low, middling or high amounts."""
    lasts = entry.body.lasts or hazard.spec.lasts
    length, begin = None if lasts is None else lasts.quantile(0.99), network.calendar.start
    for share in (0.01, 0.5, 0.99):
        amounts = {path: drawn.quantile(share) for path, drawn in entry.body.drawn.items()}
        if strikes(entry.body.disruption(begin, length, None, amounts, **entry.fields).impact(network), network):
            return True
        if not entry.body.drawn:
            break
    return False
