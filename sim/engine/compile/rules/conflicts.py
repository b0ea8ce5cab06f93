"""Decisions that would set one value at one time: an error, unless one of two parties takes precedence, or it is chosen
at the table, where the last choice counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np

from sim.decisions.base import Decision
from sim.engine.bound.days_decided import days_in_force, delays
from sim.engine.bound.decisions import BoundDecision
from sim.engine.bound.in_force import BoundRationing, BoundRule, Policy, ReserveChange
from sim.engine.bound.information import BoundView
from sim.errors import PlaceError
from sim.model.network import Network
from sim.policies.triggers.after_decision import AfterDecision
from sim.policies.triggers.base import Trigger
from sim.policies.triggers.chosen import Chosen
from sim.policies.triggers.combined import Not
from sim.scenario.load import Loaded, Problems

SHARES = "shares of orders"
Value = tuple[str, int]
"""What is set, and where: a cell, a flow; of a reserve -1."""


def without_conflicts(
    loaded: Loaded, bound: Sequence[BoundDecision], network: Network, problems: Problems
) -> tuple[BoundDecision, ...]:
    """The decisions, each with its rivals; those that set what they set themselves, or what an earlier one sets at the
    same time, are problems, told at the later one."""
    written = loaded.spec.decisions
    if problems.found or len(bound) < len(written):
        return tuple(bound)
    for position, one in enumerate(bound):
        for acts in one.acts:
            count = Counter(value for policy in acts.policies for value in _of(policy))
            if twice := sorted(value for value, times in count.items() if times > 1):
                with problems.at("decisions", position):
                    what = _words(twice[0], network)
                    raise PlaceError((), f"it sets the {what} twice", one.name, "one entry for each product at a site")
    sets = [set(_values(one)) for one in bound]
    rivals: list[list[str]] = [[] for _ in bound]
    for a, b in combinations(range(len(bound)), 2):
        both = sets[a] & sets[b]
        if not both or _one_precedes(written[a], written[b]):
            continue
        rivals[a].append(bound[b].name)
        rivals[b].append(bound[a].name)
        if _may_meet(written[a], written[b], bound[a], bound[b], network):
            with problems.at("decisions", b):
                raise _clash(written[a], written[b], _words(min(both), network))
    return tuple(replace(one, rivals=tuple(names)) for one, names in zip(bound, rivals, strict=True))


def preceding(policies: Sequence[Policy], decision: Decision) -> list[Policy]:
    """What a decision sets, so that it holds over others where it takes precedence."""
    return [replace(policy, holds_over=decision.takes_precedence) for policy in policies]


def _of(policy: Policy) -> Iterator[Value]:
    if isinstance(policy, ReserveChange):
        yield from ((f"claim of '{name}' on reserve '{policy.reserve}'", -1) for name in policy.whose)
        for part in ("release", "refill"):
            if getattr(policy, part) is not None and not policy.whose:
                yield f"{part} of reserve '{policy.reserve}'", -1
        return
    if isinstance(policy, BoundView):
        return  # who shows more than another decision does changes nothing of that
    what = (
        "orders" if isinstance(policy, BoundRule) else "rationing" if isinstance(policy, BoundRationing) else "sharing"
    )
    yield from ((what, cell) for cell in policy.cells.tolist())


def _values(one: BoundDecision) -> Iterator[Value]:
    """All that a decision sets: by its policies, and the shares of orders."""
    for acts in one.acts:
        for policy in acts.policies:
            yield from _of(policy)
        for effect in (effect for impact in acts.impacts for effect in impact.effects):
            if effect.quantity == "flow.order_share":
                yield from ((SHARES, flow) for flow in effect.rows.tolist())


def _words(value: Value, network: Network) -> str:
    what, row = value
    if row < 0:
        return what
    cell = int(network.flow_buyer[row]) if what == SHARES else row
    site, product = network.cell_site[cell], network.cell_product[cell]
    return f"{what} of '{network.products['name'].iat[product]}' at '{network.sites['name'].iat[site]}'"


def _one_precedes(one: Decision, other: Decision) -> bool:
    return one.by != other.by and one.takes_precedence != other.takes_precedence


def _clash(earlier: Decision, later: Decision, what: str) -> PlaceError:
    both = f"it sets the {what}, as '{earlier.label}' does, and both may be in force at one time"
    expected = "dates (on, for, until) that keep them apart, or one the condition and the other its `not`"
    expected += (
        "; or `takes_precedence: true` in one of them alone"
        if earlier.by != later.by
        else "; of different parties one may take precedence"
    )
    return PlaceError((), both, later.label, expected)


def _may_meet(a: Decision, b: Decision, one: BoundDecision, other: BoundDecision, network: Network) -> bool:
    """Whether two decisions may be in force at one time, as far as dates and conditions tell. Of one that is chosen and
    another the choice counts: see `Decisions`."""
    if isinstance(a.when, Chosen) or isinstance(b.when, Chosen):
        return False
    if _over_by_then(one, other, b) or _over_by_then(other, one, a):
        return False
    if np.array_equal(one.cells, other.cells) and (_opposite(a.when, b.when) or _opposite(b.when, a.when)):
        return False
    (begins, ends), (since, until) = days_in_force(a.when, one, network), days_in_force(b.when, other, network)
    return begins < until and since < ends


def _over_by_then(one: BoundDecision, other: BoundDecision, waiting: Decision) -> bool:
    """Whether another decision waits for one, by which time that is over for good."""
    when = waiting.when
    if not isinstance(when, AfterDecision) or when.decision != one.name or one.at_most > 1 or len(one.acts) > 1:
        return False
    return when.for_at_least + 1 + delays(other.after)[0] >= one.lasts


def _opposite(condition: Trigger, other: Trigger) -> bool:
    return isinstance(other, Not) and other.condition == condition
