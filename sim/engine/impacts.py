"""The disruptions of one replication: those with dates, and those that its hazards draw."""

from __future__ import annotations

from collections.abc import Iterable

from sim.engine.plan import Plan
from sim.model.effects import Impact
from sim.rng import Streams


def impacts_of(plan: Plan, streams: Streams, turns: tuple[tuple[float, Streams], ...] = ()) -> tuple[Impact, ...]:
    """All disruptions of the replication that `streams` belong to, in order; `turns` are where luck was drawn anew."""
    if not plan.hazards:
        return plan.impacts
    from sim.hazards.bound import draw  # a plan without hazards needs no kind of disruption

    return in_order(draw(plan.hazards, plan.impacts, plan.network, streams, turns))


def in_order(impacts: Iterable[Impact]) -> tuple[Impact, ...]:
    """In order of start, end and name."""
    return tuple(sorted(impacts, key=lambda i: (i.start, i.end, i.cause)))
