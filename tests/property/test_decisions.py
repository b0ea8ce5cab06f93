"""Decisions in random networks: the same as what they do written for their day; nothing where they are not taken."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace

import pytest

from sim.decisions import DECISIONS
from sim.engine.plan import Plan
from sim.engine.run import Outcome, simulate
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


def withdrawn(plan: Plan, outcome: Outcome) -> bool:
    """Whether something was lifted that was announced and had not begun: as written, nobody would have heard of it.

    What then follows is held by `tests/unit/test_lifting.py`.
    """
    lifted = [(name, t.since) for t in outcome.decisions for one in plan.decisions if one.name == t.name
              for acts in one.acts for name in acts.ends]  # fmt: skip
    return any(i.cause == name and i.announced < day <= i.start for name, day in lifted for i in plan.impacts)


def test_every_kind_is_tried() -> None:
    assert set(FIELDS) == set(DECISIONS)


@pytest.mark.parametrize("kind", DECISIONS)
def test_what_is_decided_is_as_if_it_had_been_written_for_its_day(kind: str) -> None:
    taken = 0
    for plan in plans(kind):
        outcome = simulate(plan)
        if outcome.decisions and not withdrawn(plan, outcome):
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
