"""Leaving parts of a scenario out: disruptions, hazards, decisions and reserves, by name."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import numpy as np

from sim.engine.plan import Plan

RESERVE = "reserve "
"""Put before a reserve's name, so that it cannot be taken for a disruption."""

DECISION = "decision "
"""The same before a decision's."""


def parts_of(plan: Plan) -> list[str]:
    """Everything that can be left out: disruptions with dates, hazards, decisions, reserves that hold something."""
    kept = [RESERVE + r.name for r in plan.reserves if np.any(r.size)]
    decided = [DECISION + decision.name for decision in plan.decisions]
    return [*dict.fromkeys(i.cause for i in plan.impacts), *(h.name for h in plan.hazards), *decided, *kept]


def without(plan: Plan, names: Collection[str]) -> Plan:
    """The plan without these parts; the draws of what stays are the same."""
    if not names:
        return plan
    left = replace(
        plan,
        impacts=tuple(i for i in plan.impacts if i.cause not in names),
        hazards=tuple(h for h in plan.hazards if h.name not in names),
        decisions=tuple(d for d in plan.decisions if DECISION + d.name not in names),
    )
    return left.with_reserves(tuple(r for r in plan.reserves if RESERVE + r.name not in names))
