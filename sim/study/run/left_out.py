"""Leaving parts of a scenario out: disruptions, hazards and reserves, by name."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import numpy as np

from sim.engine.plan import Plan

RESERVE = "reserve "
"""Put before a reserve's name, so that it cannot be taken for a disruption."""


def parts_of(plan: Plan) -> list[str]:
    """Everything that can be left out: disruptions with dates, hazards, then reserves that hold something."""
    kept = [RESERVE + r.name for r in plan.reserves if np.any(r.size)]
    return [*dict.fromkeys(i.cause for i in plan.impacts), *(h.name for h in plan.hazards), *kept]


def without(plan: Plan, names: Collection[str]) -> Plan:
    """The plan without these parts; the draws of what stays are the same."""
    if not names:
        return plan
    return replace(
        plan,
        impacts=tuple(i for i in plan.impacts if i.cause not in names),
        hazards=tuple(h for h in plan.hazards if h.name not in names),
        reserves=tuple(r for r in plan.reserves if RESERVE + r.name not in names),
    )
