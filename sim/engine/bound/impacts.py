"""The disruptions of one replication: those with dates, and those that its hazards draw, until somebody ends them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from sim.engine.plan import Plan
from sim.model.effects import Impact
from sim.rng import Streams

Lift = tuple[str, float]
"""A disruption, or a hazard, and the midnight from which on what it does is over."""


def impacts_of(
    plan: Plan,
    streams: Streams,
    turns: tuple[tuple[float, Streams], ...] = (),
    lifts: Sequence[Lift] = (),
) -> tuple[Impact, ...]:
    """All disruptions of the replication that `streams` belong to, in order; `turns` are where luck was drawn anew.

    `lifts` are in order of day. What follows after the end of something that was lifted comes so much sooner, and is
    heard of no sooner than it is lifted; what was lifted before it began, and what it would have led to, does not come.
    """
    if not plan.hazards and not lifts:
        return plan.impacts
    found = _drawn(plan, streams, turns, ())
    for number, (_, day) in enumerate(lifts, 1):
        heard = {(impact.cause, impact.start): impact.announced for impact in found}
        found = [
            replace(impact, announced=heard.get((impact.cause, impact.start), max(impact.announced, day)))
            for impact in _drawn(plan, streams, turns, lifts[:number])
        ]
    return in_order(found)


def _drawn(
    plan: Plan, streams: Streams, turns: tuple[tuple[float, Streams], ...], lifts: Sequence[Lift]
) -> list[Impact]:
    if not plan.hazards:
        kept: Sequence[Impact] = plan.impacts
        for name, day in lifts:
            ended = (impact.lifted(day) if impact.cause == name else impact for impact in kept)
            kept = [impact for impact in ended if impact is not None]
        return list(kept)
    from sim.hazards.bound import draw  # a plan without hazards needs no kind of disruption

    return draw(plan.hazards, plan.impacts, plan.network, streams, turns, lifts)


def in_order(impacts: Iterable[Impact]) -> tuple[Impact, ...]:
    """In order of start, end and name."""
    return tuple(sorted(impacts, key=lambda i: (i.start, i.end, i.cause)))
