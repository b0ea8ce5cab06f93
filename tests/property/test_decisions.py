"""Decisions in random networks: the same as what they do written for their day; nothing where they are not taken."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace

import pytest

from sim.decisions import DECISIONS
from sim.engine.plan import Plan
from sim.engine.run import simulate
from sim.errors import ScenarioError
from sim.policies.triggers.days_of_cover import DaysOfCover
from tests.property.choices import Dice
from tests.property.deciding import FIELDS, with_decision
from tests.property.networks import Builder
from tests.property.running import plan_of
from tests.unit.test_decisions import raw, same

TRIED = 1 if os.environ.get("CI") else 4
MOST = 80


def plans(kind: str) -> Iterator[Plan]:
    """Random scenarios that have something for a decision of a kind to be about."""
    for seed in range(MOST):
        builder = Builder(Dice(seed), exact=False)
        builder.spec = builder.build(disruptions=4, hazards=1)
        if kind == "lift_ban":  # what comes by chance after a ban comes when it would have, lifted or not
            hazards = builder.spec["hazards"]
            builder.spec["hazards"] = {n: h for n, h in hazards.items() if h["happens"]["process"] != "after"}
        if kind == "extend_shelf_life":
            builder.spec["products"][builder.products[0]].setdefault("shelf_life", "30d")
        if kind == "substitute":
            for product in builder.spec["products"].values():
                for terms in product.get("substitutes", {}).values():
                    terms["needs_leave"] = True
        try:
            yield plan_of(with_decision(builder, kind))
        except (IndexError, ScenarioError):
            continue


def test_every_kind_is_tried() -> None:
    assert set(FIELDS) == set(DECISIONS)


@pytest.mark.parametrize("kind", DECISIONS)
def test_what_is_decided_is_as_if_it_had_been_written_for_its_day(kind: str) -> None:
    taken = 0
    for plan in plans(kind):
        outcome = simulate(plan)
        if outcome.decisions:
            same(outcome, simulate(raw(plan, outcome)))
            taken += 1
            if taken == TRIED:
                return
    assert taken, "some random scenario has it taken"


@pytest.mark.parametrize("kind", ["change_levels", "emergency_order", "release_reserve"][: 3 * TRIED])
def test_what_is_never_decided_changes_not_a_byte(kind: str) -> None:
    never = DaysOfCover.model_validate({"trigger": "days_of_cover", "below": "0d"})
    plan = next(plans(kind))
    idle = replace(plan, decisions=tuple(replace(one, when=never) for one in plan.decisions))
    outcome = simulate(idle)
    assert not outcome.decisions
    same(outcome, simulate(replace(plan, decisions=())))
