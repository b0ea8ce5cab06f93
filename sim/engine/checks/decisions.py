"""Decisions that are never taken, come too late, or act on nothing of their party; parties that do nothing."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sim.engine.bound.days_decided import days_in_force, midnights
from sim.engine.bound.decisions import BoundDecision
from sim.engine.bound.in_force import ReserveChange
from sim.engine.checks.base import Compiled, Note, check
from sim.engine.checks.dates import conditions
from sim.engine.checks.never import heard, never, never_taken, written
from sim.model.effects import Effect
from sim.model.network import Network
from sim.model.vocabulary import QUANTITIES
from sim.policies.triggers.after_decision import AfterDecision
from sim.policies.triggers.alarm import AlarmStands
from sim.policies.triggers.announced import Announced
from sim.policies.triggers.observed import Observed
from sim.policies.triggers.on import On
from sim.policies.triggers.price import Price

PARTIES = {"kenya": {"kind": "country", "sites": "KE"}, "germany": {"kind": "country", "sites": "DE"}}
CLOSE = {"decision": "close_reserve", "by": "kenya", "reserve": "national"}
MORE = {"decision": "emergency_order", "name": "more", "by": "kenya", "at": "store", "source": "maker", "amount": "2d"}


def _on(date: str) -> dict[str, object]:
    return {"trigger": "on", "date": date}


def _with(*decisions: dict[str, object]) -> dict[str, object]:
    return {"parties": PARTIES, "decisions": list(decisions)}


def _after(decision: str, days: str) -> dict[str, object]:
    return {"trigger": "after_decision", "decision": decision, "for_at_least": days}


@check(
    "decisions_never_taken",
    remedy="Write a condition that can come: a date within the scenario, days of cover above 0, a disruption that is "
    "announced. One that is `chosen` is taken at the table only.",
    example=_with(CLOSE | {"when": _on("2024-03-01")}),
    quiet=_with(CLOSE | {"when": _on("2024-02-28")}),
)
def decisions_never_taken(compiled: Compiled) -> Iterator[Note]:
    """A decision whose condition can never be met: a level below nothing, a date after the last day, an announcement
    where none is made, a price where none moves, an observed figure that never comes, or what is chosen, in a plain
    run."""
    for position, decision in written(compiled):
        place = ("decisions", position, "when")
        if isinstance(decision.when, AfterDecision) or compiled.is_drawn(*place):
            continue
        if why := never_taken(compiled, decision):
            yield Note(place, f"'{decision.label}' is never taken: {why}")


@check(
    "decisions_that_wait_in_vain",
    remedy="Let the first decision be taken, in force long enough, and not wait for the second in turn.",
    example=_with(
        MORE | {"when": _on("2024-03-01")}, CLOSE | {"when": _after("more", "0d")},
    ),
    quiet=_with(
        MORE | {"when": _on("2024-02-01")}, CLOSE | {"when": _after("more", "0d")},
    ),
)  # fmt: skip
def decisions_that_wait_in_vain(compiled: Compiled) -> Iterator[Note]:
    """A decision that waits for another that is never taken, that is not in force for so long, or that waits for it in
    turn."""
    for position, decision in written(compiled):
        place = ("decisions", position, "when")
        if not isinstance(decision.when, AfterDecision) or compiled.is_drawn(*place):
            continue
        if why := never_taken(compiled, decision):
            yield Note(place, f"'{decision.label}' is never taken: {why}")


@check(
    "decisions_that_come_too_late",
    remedy="Shorten `after`, let the condition come sooner, or make the scenario longer.",
    example=_with(CLOSE | {"when": _on("2024-02-20"), "after": "10d"}),
    quiet=_with(CLOSE | {"when": _on("2024-02-20"), "after": "9d"}),
)
def decisions_that_come_too_late(compiled: Compiled) -> Iterator[Note]:
    """A decision whose delay, counted from the first day on which its condition can be met, is over after the last day,
    whatever is drawn; or which changes nothing before it, such as by a licence that takes too long; or which ends what
    is over by then."""
    calendar = compiled.plan.network.calendar
    last = f"after the last day ({calendar.date(calendar.days - 1)})"
    ends = {i.cause: i.end for k, i in enumerate(compiled.impacts) if not compiled.is_drawn("disruptions", k)}
    for position, first in _first_days(compiled):
        one = compiled.plan.decisions[position]
        begins, place = first + _wait(one), ("decisions", position, "after")
        over = [name for acts in one.acts for name in acts.ends if ends.get(name, np.inf) <= first]
        if first >= calendar.days:
            yield Note(place, f"'{one.name}' cannot be in force before {calendar.date(int(first))}, {last}")
        elif begins >= calendar.days:
            yield Note(place, f"'{one.name}' changes nothing before {calendar.date(int(begins))}, {last}")
        elif over:
            text = f"'{one.name}' cannot be in force before {calendar.date(int(first))}: '{over[0]}' is over by then"
            yield Note(place, text)


def _wait(one: BoundDecision) -> float:
    """Days from its being in force to the first that it changes."""
    starts = [0.0 for acts in one.acts if acts.policies or acts.ends]
    for impact in (impact for acts in one.acts for impact in acts.impacts):
        starts += [effect.start for effect in impact.effects] + [impulse.at for impulse in impact.impulses]
    return min(starts, default=0.0)


@check(
    "decisions_over_before_they_begin",
    remedy="Write a later `until`, or let it come into force sooner.",
    example=_with(CLOSE | {"when": _on("2024-01-20"), "after": "5d", "until": "2024-01-25"}),
    quiet=_with(CLOSE | {"when": _on("2024-01-20"), "after": "5d", "until": "2024-01-26"}),
)
def decisions_over_before_they_begin(compiled: Compiled) -> Iterator[Note]:
    """An `until` on or before the first day on which the decision can be in force."""
    calendar = compiled.plan.network.calendar
    for position, first in _first_days(compiled):
        one = compiled.plan.decisions[position]
        if one.over <= first and not compiled.is_drawn("decisions", position, "until"):
            text = f"'{one.name}' is over on {calendar.date(int(one.over))}, and cannot be in force before "
            yield Note(("decisions", position, "until"), f"{text}{calendar.date(int(first))}")


def _first_days(compiled: Compiled) -> Iterator[tuple[int, float]]:
    """(place, first day on which it may be in force) of each decision that may be taken and whose dates are given."""
    for position, decision in written(compiled):
        one = compiled.plan.decisions[position]
        places = [("decisions", position, key) for key in ("when", "after")]
        if any(compiled.is_drawn(*place) for place in places) or never_taken(compiled, decision):
            continue
        first = days_in_force(one.when, one, compiled.plan.network)[0]
        if isinstance(one.when, Announced):
            first += max(0.0, heard(compiled) + 1 - midnights(one.when, compiled.plan.network)[0])
        yield position, first


@check(
    "decisions_on_nothing_of_their_party",
    remedy="Name the party whose sites are concerned under `by`, or what concerns its sites.",
    example=_with(CLOSE | {"by": "germany", "when": {"trigger": "announced"}}),
    quiet=_with(CLOSE | {"when": {"trigger": "announced"}}),
)
def decisions_on_nothing_of_their_party(compiled: Compiled) -> Iterator[Note]:
    """A decision that touches no site of its party: neither where it acts, nor who buys there or has goods on that
    way."""
    network = compiled.plan.network
    for position, decision in written(compiled):
        one = compiled.plan.decisions[position]
        touched = _touched(compiled, one)
        if len(touched) and not np.isin(touched, network.parties[decision.by].reach).any():
            where = ", ".join(network.site_names(touched[:3]))
            text = f"'{one.name}' acts on nothing of '{decision.by}': it is about {where}"
            yield Note(("decisions", position, "by"), text)


def _touched(compiled: Compiled, one: BoundDecision) -> np.ndarray:
    """Sites that a decision is about: where it acts, those who buy there, and those whose goods come that way."""
    plan, network = compiled.plan, compiled.plan.network
    reserves = {reserve.name: reserve for reserve in plan.reserves}
    found: list[np.ndarray] = [np.zeros(0, dtype=np.int64)]
    for acts in one.acts:
        for policy in acts.policies:
            if isinstance(policy, ReserveChange):
                reserve = reserves[policy.reserve]
                found += [network.cell_site[reserve.holder], network.cell_site[reserve.members]]
            else:
                found.append(network.cell_site[policy.cells])
        for impact in acts.impacts:
            found += [_about(network, effect) for effect in impact.effects]
    return np.unique(np.concatenate(found))


def _about(network: Network, effect: Effect) -> np.ndarray:
    """Sites that an effect is about."""
    rows, kind = effect.rows, QUANTITIES[effect.quantity].rows
    if kind == "cells":
        flows = np.flatnonzero(np.isin(network.flow_source, rows))
        return np.concatenate([network.cell_site[rows], network.cell_site[network.flow_buyer[flows]]])
    more: list[int] = []
    if kind == "lanes":
        flows = np.flatnonzero(np.isin(network.flow_lanes, rows).any(axis=1))
        more = [end for row in rows.tolist() for end in (network.lanes[row].origin, network.lanes[row].destination)]
    elif kind == "gates":
        flows = np.flatnonzero(np.isin(network.flow_gates, rows).any(axis=1))
        more = [network.gates[row].site for row in rows.tolist()]
    elif kind == "stops":
        flow, leg = np.divmod(rows, network.routes.lane.shape[1])
        flows, gates = np.unique(flow), np.unique(network.flow_gates[flow, leg])
        more = [network.gates[gate].site for gate in gates.tolist() if gate >= 0]
    elif kind == "flows":
        flows = rows
    else:
        return np.zeros(0, dtype=np.int64)
    ends = [network.cell_site[of[flows]] for of in (network.flow_buyer, network.flow_source)]
    return np.concatenate([*ends, np.array(more, dtype=np.int64)])


@check(
    "conditions_that_wait_in_vain",
    remedy="Write a date within the scenario, a decision that is taken, or another condition.",
    example={"reserves.national.release": {"when": _on("2024-03-01")}},
    quiet={"reserves.national.release": {"when": _on("2024-02-29")}},
)
def conditions_that_wait_in_vain(compiled: Compiled) -> Iterator[Note]:
    """A condition of a reserve, a level of use, or another policy that waits for a date after the last day, a decision
    that is never taken, an alarm that never rises, a price where none moves, or an observed figure that never comes.
    One that is `chosen` waits for a decision about it."""
    for place, found in conditions(compiled):
        if not isinstance(found, On | Price | AfterDecision | AlarmStands | Observed) or compiled.is_drawn(*place):
            continue
        if why := never(compiled, found):
            yield Note(place, f"'{compiled.loaded.document.label(place)}' is never met: {why}")


@check(
    "parties_nobody_uses",
    remedy="Give it sites or members, let it decide something, or leave it out.",
    example={"parties": {"agency": {"kind": "agency"}}},
    quiet={"parties": {"agency": {"kind": "agency", "sites": "store"}}},
)
def parties_nobody_uses(compiled: Compiled) -> Iterator[Note]:
    """A party that has no site, neither its own nor a member's, and decides nothing; nor does a role of an exercise sit
    for it."""
    deciding = {decision.by for _, decision in written(compiled)}
    exercise = compiled.loaded.spec.exercise
    if exercise is not None:
        deciding |= {role.party for role in exercise.roles.values()}
    for name, party in compiled.plan.network.parties.by_name.items():
        if not len(party.reach) and name not in deciding:
            yield Note(("parties", name), f"'{name}' owns no site and decides nothing")
