"""What comes on top of a plan during a run: disruptions, policies, and other settings of reserves."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from sim.engine.bound.decisions import BoundDecision
from sim.engine.bound.in_force import BoundRationing, BoundRule, BoundSharing, Policy, ReserveChange
from sim.engine.compile.disruptions import bind_disruptions, refuse_too_much
from sim.engine.compile.rules.decisions import bind_decisions
from sim.engine.compile.rules.policies import allocation_entries, day_in_force, replenishment_entries
from sim.engine.compile.rules.rationing import rationing_entries
from sim.engine.plan import Plan
from sim.errors import PlaceError
from sim.model.effects import Impact
from sim.model.network import Network
from sim.scenario.load import Loaded, Problems
from sim.scenario.reading.document import Place
from sim.scenario.words.conditions import conditions

ENTRIES: Mapping[
    str, Callable[[Loaded, Network, Problems], Mapping[int, BoundRule | BoundSharing | BoundRationing]]
] = {
    "replenishment": replenishment_entries,
    "allocation": allocation_entries,
    "rationing": rationing_entries,
}
"""How entries of each list of policies are bound, by their position."""


@dataclass(frozen=True)
class Further:
    """What comes on top, bound to the network of a plan; disruptions by their position in the scenario."""

    impacts: dict[int, Impact]
    policies: tuple[Policy, ...]
    decisions: tuple[BoundDecision, ...]


def compile_further(
    loaded: Loaded, before: Loaded, plan: Plan, known: Sequence[Impact], day: int, problems: Problems
) -> Further:
    """What a scenario has beyond what it had `before`, for a run of a plan of that which stands at a midnight.

    `known` are all other disruptions that it will meet. What is wrong goes to `problems`: names that the network does
    not have, and policies that would be in force before the day.
    """
    notes = len(loaded.notes)
    impacts = bind_disruptions(loaded, plan.network, problems, len(before.spec.disruptions))
    if impacts and not problems.found:
        refuse_too_much(plan.demand, plan.network, (*known, *impacts.values()), problems)
    policies = [
        *(policy for section in ENTRIES for policy in _entries(section, loaded, before, plan, day, problems)),
        *_changes(loaded, before, plan, day, problems),
    ]
    decisions = _decisions(loaded, before, plan, (*known, *impacts.values()), day, problems)
    _check_read(loaded, before, plan, problems)
    # entries of before are bound once more, and noted as they were
    loaded.notes[notes:] = [note for note in loaded.notes[notes:] if note not in loaded.notes[:notes]]
    return Further(impacts, tuple(policies), decisions)


def _decisions(
    loaded: Loaded, before: Loaded, plan: Plan, known: Sequence[Impact], day: int, problems: Problems
) -> tuple[BoundDecision, ...]:
    """The new decisions; bound with those of before, by whose names they may wait for one another."""
    network = replace(plan.network, columns=loaded.sites.numbers)
    troubles = [*(impact.cause for impact in known if not impact.decided), *loaded.spec.hazards]
    bound = bind_decisions(
        loaded, network, plan.reserves, plan.behaviour, plan.demand, troubles, plan.information, problems
    )
    new = len(before.spec.decisions)
    for position, decision in enumerate(loaded.spec.decisions):
        past = [date for date in decision.chosen_on if plan.network.calendar.day(date) < day]
        if position >= new and past:
            with problems.at("decisions", position):
                raise PlaceError(("chosen_on",), "this would be chosen before now", past[0], _from_now(plan, day))
        if position >= new and decision.until is not None and plan.network.calendar.day(decision.until) <= day:
            with problems.at("decisions", position):
                raise PlaceError(("until",), "this would be over before now", decision.until, _from_now(plan, day + 1))
    return bound[new:]


def _check_read(loaded: Loaded, before: Loaded, plan: Plan, problems: Problems) -> None:
    """A run looks at the observed series alone that its conditions read when it began."""
    first = len(before.spec.decisions)
    for place, condition in conditions({"decisions": loaded.spec.decisions, "reserves": loaded.spec.reserves}):
        new = "changes" in place if place[0] == "reserves" else int(place[1]) >= first
        if new and condition.reads is not None and condition.reads not in plan.published:
            with problems.at(*place, "series"):
                expected = "a series that a condition of the scenario reads already"
                raise PlaceError((), "the run does not look at this series", condition.reads, expected)


def _entries(section: str, loaded: Loaded, before: Loaded, plan: Plan, day: int, problems: Problems) -> list[Policy]:
    """The new entries of a section of `ENTRIES`; bound with those of before, to tell two of one date."""
    entries = getattr(loaded.spec, section)
    new = range(len(getattr(before.spec, section)), len(entries))
    undated = [position for position in new if entries[position].from_ is None]
    for position in undated:
        with problems.at(section, position):
            raise PlaceError((), "this has no date", None, f"`from`, {_from_now(plan, day)}")
    if not new or undated:
        return []
    # what is new may differ by site as nothing did before
    bound = ENTRIES[section](loaded, replace(plan.network, columns=loaded.sites.numbers), problems)
    for position in new:
        if position in bound:
            _in_time((section, position), bound[position].since, plan, day, problems)
    return [bound[position] for position in new if position in bound]


def _changes(loaded: Loaded, before: Loaded, plan: Plan, day: int, problems: Problems) -> list[Policy]:
    """The new changes of reserves; what changes a reserve without a size changes nothing."""
    found: list[Policy] = []
    for name, reserve in sorted(loaded.spec.reserves.items()):
        for k, change in enumerate(reserve.changes):
            if k >= len(before.spec.reserves[name].changes):
                place = ("reserves", name, "changes", k)
                since = day_in_force(change.from_, loaded, plan.network, place)
                _in_time(place, since, plan, day, problems)
                found += [
                    ReserveChange(part.name, since, change.release, change.refill, change.size)
                    for part in plan.reserves
                    if part.written_as == name
                ]
    return found


def _in_time(place: Place, since: int, plan: Plan, day: int, problems: Problems) -> None:
    """A policy that would be in force before now is a problem."""
    if since < day:
        with problems.at(*place):
            date = plan.network.calendar.date(since)
            raise PlaceError(("from",), "this would hold before now", date, _from_now(plan, day))


def _from_now(plan: Plan, day: int) -> str:
    return f"a date from {plan.network.calendar.date(day)} on, since the run stands there"
