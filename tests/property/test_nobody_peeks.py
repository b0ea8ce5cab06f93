"""Nobody knows the true end of a disruption before it: what is decided until then is the same, whenever it comes."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sim.decisions import DECISIONS
from sim.engine.books.journal import Journal
from sim.engine.bound.impacts import impacts_of, in_order
from sim.engine.plan import Plan
from sim.engine.run import Running
from sim.errors import ScenarioError
from sim.model.effects import Acted, Effect, Impact, Quantities
from sim.model.part import digest_of, parts_of
from sim.rng import Streams
from tests.property.choices import Dice, Spec
from tests.property.deciding import with_decision
from tests.property.networks import Builder, scenarios
from tests.property.running import plan_of


def ending(impact: Impact, day: float, end: float) -> Impact:
    """The same until `day`; whatever still holds then does so until `end`, without later stages."""

    def until(effect: Effect) -> Effect:
        if not effect.start < day < effect.end:
            return effect
        return replace(effect, steps=tuple(step for step in effect.steps if step[0] <= day), end=end)

    if not impact.start < day < impact.end:
        return impact
    return replace(impact, end=end, effects=tuple(map(until, impact.effects)))


def lived(plan: Plan, impacts: tuple[Impact, ...], day: int) -> dict[str, str]:
    """All that a run is at the midnight of a day, but for what is yet to happen."""
    running = Running(replace(plan, hazards=(), impacts=in_order(impacts)))
    running.go_on(day)
    parts = parts_of(running.world).items()
    kept = {name: digest_of(part) for name, part in parts if not isinstance(part, Quantities | Acted | Journal)}
    # entries of one time come in an order that depends on how queues are worked out; what the journal tells does not
    return kept | {"journal": running.world.journal.frame().to_csv()}


@given(scenarios(disruptions=6, hazards=3), st.floats(0, 1))
def test_what_is_decided_before_the_end_of_a_disruption_does_not_know_it(spec: Spec, share: float) -> None:
    plan = plan_of(spec)
    first, days = -plan.network.calendar.warm_up, plan.network.calendar.days
    day = first + int(share * (days - first))
    impacts = impacts_of(plan, Streams(plan.seed, 0))
    assume(any(impact.start < day < impact.end for impact in impacts))
    at_once, never = ([ending(impact, day, end) for impact in impacts] for end in (day + 0.5, day + 10_000.0))
    assert lived(plan, tuple(at_once), day) == lived(plan, tuple(never), day)


def extreme(plan: Plan, day: float, demand: float, longer: float) -> Impact:
    """From a day on demand is so many times the usual and every journey so many days longer; told to nobody."""
    cells, lanes = np.arange(len(plan.network.cell_site)), np.arange(len(plan.network.lanes))
    effects = (
        Effect("cell.demand_factor", cells, "multiply", ((day, demand),), np.inf, "later"),
        Effect("lane.extra", lanes, "add", ((day, longer),), np.inf, "later"),
    )
    return Impact("later", day, np.inf, day, effects, told=False)


@pytest.mark.parametrize("seed", range(4 if os.environ.get("CI") else 40))
def test_what_parties_decide_until_a_day_does_not_know_what_comes_after(seed: int) -> None:
    """True ends, demand and journeys after it replaced by one extreme, and by another."""
    dice = Dice(seed)
    plan = deciding(dice)
    first, days = -plan.network.calendar.warm_up, plan.network.calendar.days
    day = dice.number(first + 5, days - 1)
    impacts = impacts_of(plan, Streams(plan.seed, 0))
    little, much = (
        [*(ending(impact, day, end) for impact in impacts), extreme(plan, day, demand, longer)]
        for end, demand, longer in ((day + 0.5, 0.0, 0.0), (day + 10_000.0, 9.0, 30.0))
    )
    assert lived(plan, tuple(little), day) == lived(plan, tuple(much), day)


def deciding(dice: Dice) -> Plan:
    """A random scenario with a random decision; of the kinds that it has something for."""
    while True:
        builder = Builder(dice, exact=False)
        builder.spec = builder.build(disruptions=4, hazards=1)
        with suppress(IndexError, ScenarioError):
            return plan_of(with_decision(builder, dice.one(list(DECISIONS))))
