"""Change how sites order: other order-up-to levels, other rhythms."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from sim.decisions.base import DECISIONS, Acts, Decision, Scope
from sim.policies.replenishment.base import REPLENISHMENT, Replenishment
from sim.registry import OneOf

Policies = list[Annotated[Replenishment, OneOf(REPLENISHMENT)]]


@DECISIONS.register("change_levels")
class ChangeLevels(Decision):
    """Sites of the party order up to other levels, or review at another rhythm; afterwards as before."""

    as_a_whole = True
    to: Policies = Field(min_length=1)
    """entries as under `replenishment`, without a date"""
    example = {
        "by": "kenya", "when": {"trigger": "announced"}, "after": "2d", "for": "30d",
        "to": [{"policy": "base_stock", "at": "store", "level": "25d"}],
    }  # fmt: skip
    bad_example = ({"by": "kenya", "when": {"trigger": "announced"}, "to": []}, "at least 1")

    def act(self, scope: Scope) -> Acts:
        return Acts(policies=[("replenishment", ("to", k), entry) for k, entry in enumerate(self.to)])
