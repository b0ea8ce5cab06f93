"""Change how scarce goods are shared."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from sim.decisions.base import DECISIONS, Acts, Decision, Scope
from sim.policies.allocation.base import ALLOCATION, Allocation
from sim.registry import OneOf

Rules = list[Annotated[Allocation, OneOf(ALLOCATION)]]


@DECISIONS.register("change_allocation")
class ChangeAllocation(Decision):
    """Sources of the party share by another rule, or serve other priorities first; afterwards as before."""

    as_a_whole = True
    to: Rules = Field(min_length=1)
    """entries as under `allocation`, without a date"""
    example = {
        "by": "kenya", "when": {"trigger": "days_of_cover", "below": "5d"}, "for": "20d",
        "to": [{"rule": "priority_tiers", "at": "store"}],
    }  # fmt: skip
    bad_example = (
        {"by": "kenya", "when": {"trigger": "announced"}, "to": [{"rule": "priority_tiers", "at": "maker"}]},
        "not of 'kenya'",
    )

    def act(self, scope: Scope) -> Acts:
        return Acts(policies=[("allocation", ("to", k), entry) for k, entry in enumerate(self.to)])
