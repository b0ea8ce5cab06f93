"""Conditions that can never hold in a run of a scenario, with what they are made of."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sim.decisions.base import Decision
from sim.engine.bound.alarms import BoundAlarm
from sim.engine.bound.information import DEMAND, NOTHING
from sim.engine.checks.base import Compiled
from sim.engine.checks.information import ever_seen
from sim.engine.knowing.looks import NEEDS
from sim.policies.alarms.announced import EventAnnounced
from sim.policies.alarms.falling_cover import FallingCover
from sim.policies.alarms.supplier_fill import FillDips
from sim.policies.triggers.after_decision import AfterDecision
from sim.policies.triggers.alarm import AlarmStands
from sim.policies.triggers.announced import Announced
from sim.policies.triggers.base import Trigger
from sim.policies.triggers.chosen import Chosen
from sim.policies.triggers.combined import AllOf, AnyOf
from sim.policies.triggers.days_of_cover import DaysOfCover
from sim.policies.triggers.declared import Declared
from sim.policies.triggers.observed import Observed
from sim.policies.triggers.on import On
from sim.policies.triggers.price import Price
from sim.policies.triggers.supplier_fill import SupplierFill


def heard(compiled: Compiled) -> float:
    """The first day on which a disruption may be announced; infinite where none ever is."""
    days = compiled.plan.network.calendar.days
    if compiled.plan.hazards or any(
        impact.bad_news for one in compiled.plan.decisions for acts in one.acts for impact in acts.impacts
    ):
        return -float(compiled.plan.network.calendar.warm_up)
    told = (i.announced for i in compiled.impacts if i.told and i.announced < days and i.end > 0)
    return min(told, default=float("inf"))


def prices_move(compiled: Compiled) -> bool:
    """Whether anything that may happen changes a price."""
    plan = compiled.plan
    impacts = [*compiled.impacts, *(i for one in plan.decisions for acts in one.acts for i in acts.impacts)]
    return bool(plan.hazards) or any(e.quantity == "cell.price_factor" for impact in impacts for e in impact.effects)


def never(compiled: Compiled, when: Trigger, waiting: tuple[str, ...] = ()) -> str | None:
    """Why a condition never holds, None where it may; `waiting` are the decisions that wait for it."""
    calendar = compiled.plan.network.calendar
    if isinstance(when, AnyOf | AllOf):
        found = [never(compiled, part, waiting) for part in when.parts]
        reasons = [reason for reason in found if reason is not None]
        enough = len(found) if isinstance(when, AnyOf) else 1
        return reasons[0] if len(reasons) >= enough else None
    if isinstance(when, DaysOfCover | SupplierFill) and when.below <= 0:
        return f"no {'cover' if isinstance(when, DaysOfCover) else 'share filled'} is below nothing"
    if isinstance(when, On) and calendar.day(when.date) >= calendar.days:
        return f"{when.date} is after the last day of the scenario ({calendar.date(calendar.days - 1)})"
    if isinstance(when, Declared) and when.after >= calendar.days:
        return f"it is declared {when.after:g} days after the start, in a scenario of {calendar.days}"
    if isinstance(when, Announced) and heard(compiled) >= calendar.days:
        return "no disruption of the scenario is announced within its days"
    if isinstance(when, Price) and not prices_move(compiled):
        return "nothing in the scenario changes a price"
    if isinstance(when, Observed):
        return _never_seen(compiled, when)
    if isinstance(when, AlarmStands):
        why = silent(compiled, when.name)
        return None if why is None else f"'{when.name}' never rises: {why}"
    if isinstance(when, Chosen):
        return "nobody chooses in a plain run: that is done with `choose` while a run stands still"
    return _never_decided(compiled, when, waiting) if isinstance(when, AfterDecision) else None


def _never_seen(compiled: Compiled, when: Observed) -> str | None:
    """Why an observed series is never past a limit, None where it is, or where nobody looks."""
    series, calendar = compiled.plan.published.get(when.series), compiled.plan.network.calendar
    if series is None:
        return None
    known = series.value[series.since < calendar.days].tolist()
    limit = f"above {when.above:g}" if when.above is not None else f"below {when.below:g}"
    return None if any(map(when.holds, known)) else f"no figure of '{when.series}' known within its days is {limit}"


def never_taken(compiled: Compiled, decision: Decision, waiting: tuple[str, ...] = ()) -> str | None:
    """Why a decision is never taken, None where it may be: by a role of an exercise as well."""
    exercise = compiled.loaded.spec.exercise
    if exercise is not None and any(decision.label in role.decides for role in exercise.roles.values()):
        return None
    calendar = compiled.plan.network.calendar
    if any(-calendar.warm_up <= calendar.day(date) < calendar.days for date in decision.chosen_on):
        return None
    return never(compiled, decision.when, (*waiting, decision.label))


def silent(compiled: Compiled, name: str) -> str | None:
    """Why an alarm of that name never rises, None where it may, or where there is none."""
    plan, network = compiled.plan, compiled.plan.network
    bound = next((bound for bound in plan.alarms if bound.name == name), None)
    if bound is None:
        return None
    alarm, cells = bound.alarm, bound.cells
    lived = network.calendar.days + network.calendar.warm_up
    if isinstance(alarm, FallingCover | FillDips) and alarm.below <= 0:
        return (
            f"no {'days until nothing is left are' if isinstance(alarm, FallingCover) else 'share filled is'} below 0"
        )
    if isinstance(alarm, FallingCover) and alarm.days > lived:
        return f"it looks at {alarm.days} evenings, and there are {lived:g}"
    if isinstance(alarm, EventAnnounced) and heard(compiled) >= network.calendar.days:
        return "no disruption of the scenario is announced within its days"
    if set(alarm.sees) & {"supply", "journeys"} and not np.isin(network.flow_buyer[: network.orders], cells).any():
        return "none of the sites that are watched orders anything"
    if _hidden(compiled, bound):
        return "who watches is never told of it, as `information` has it"
    if set(alarm.sees) & {"stock", "demand"} and not network.cell_mean[cells].any():
        return "nobody usually uses anything of what is watched"
    return None


def _hidden(compiled: Compiled, bound: BoundAlarm) -> bool:
    """Whether those who watch see, on one day or another, nothing of what an alarm looks at."""
    seen, sees = ever_seen(compiled), bound.alarm.sees
    if seen is None:
        return False
    owners = seen.party(bound.party) if bound.party else np.unique(seen.owner[bound.cells])
    of_patients = "demand" in sees
    need = DEMAND if of_patients else max(NEEDS.get(sight, NOTHING) for sight in sees)
    return bool((seen.joint(owners, 0).level[bound.patients if of_patients else bound.cells] < need).all())


def _never_decided(compiled: Compiled, when: AfterDecision, waiting: tuple[str, ...]) -> str | None:
    if when.decision in waiting:
        return f"'{when.decision}' waits for it in turn"
    for position, other in written(compiled):
        if other.label == when.decision:
            lasts = compiled.plan.decisions[position].lasts
            if lasts and when.for_at_least > lasts - 1:
                return f"'{other.label}' is in force for {lasts:g} days, not for {when.for_at_least:g} by an evening"
            if not compiled.is_drawn("decisions", position):
                why = never_taken(compiled, other, waiting)
                return None if why is None else f"it waits for '{other.label}', which is never taken: {why}"
    return None


def written(compiled: Compiled) -> Iterator[tuple[int, Decision]]:
    """Every decision as it is written, with its place among them."""
    yield from enumerate(compiled.loaded.spec.decisions)
