"""On every condition: what is decided is as if written for its day, and knows nothing of what comes after it."""

from __future__ import annotations

import copy
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from sim.engine.bound.impacts import impacts_of
from sim.engine.plan import Plan
from sim.engine.run import Outcome, Running
from sim.engine.run import simulate as simulated
from sim.policies.triggers.base import TRIGGERS
from sim.rng import Streams
from tests.contract.network import PARTIES, STANDARD
from tests.property.test_nobody_peeks import ending, extreme, lived
from tests.unit.test_decisions import plan_of, raw, same

TROUBLE = [
    {"kind": "export_ban", "country": "IN", "from": "2024-01-08", "for": "20d"},
    {"kind": "lane_delay", "lanes": ["store > facilities"], "from": "2024-01-12", "for": "25d", "extra": "1d"},
    {"kind": "price_shock", "at": "maker", "from": "2024-01-15", "for": "9d", "factor": 1.5},
]
LOW = {"trigger": "days_of_cover", "below": "2d"}
CONDITIONS: dict[str, dict[str, Any]] = {
    "on": {"date": "2024-01-20"},
    "days_of_cover": {"below": "2d", "of": "each"},
    "sites_short": {"above": "30%"},
    "announced": {},
    "declared": {"after": "9d", "until": "40d"},
    "supplier_fill": {"below": "60%", "days": "7d"},
    "lead_time": {"above": "20%", "arrivals": 3},
    "price": {"above": "20%"},
    "alarm": {"name": "low"},
    "after_decision": {"decision": "first", "for_at_least": "2d"},
    "any_of": {"conditions": [{"trigger": "on", "date": "2024-02-10"}, LOW]},
    "all_of": {"conditions": [{"trigger": "announced"}, LOW]},
    "not": {"condition": {"trigger": "days_of_cover", "below": "3d", "of": "together"}},
    "chosen": {},
}
DAY = 27
"""Until which a run is lived with what comes later replaced."""


@cache
def plan(name: str) -> Plan:
    """Levels for a time and orders at once on a condition, with a delay that is drawn; given up, or not, where it
    lapses."""
    when = {"trigger": name} | CONDITIONS[name]
    drawn = {"by": "kenya", "when": when, "after": "uniform(0d, 4d)"}
    to = [{"policy": "base_stock", "at": "store", "level": "25d"}]
    spec = copy.deepcopy(STANDARD) | {"parties": PARTIES, "disruptions": TROUBLE}
    spec["lanes"] = [*spec["lanes"][:-1], *({"from": "store", "to": f"clinic-{c}", "time": "1d"} for c in "abc")]
    spec["disruptions"] = [TROUBLE[0], TROUBLE[1] | {"lanes": ["store > clinic-a", "store > clinic-b"]}, TROUBLE[2]]
    if name == "alarm":
        spec["alarms"] = [{"alarm": "falling_cover", "name": "low", "by": "kenya", "days": "3d", "below": "5d"}]
    spec["decisions"] = [
        {"decision": "close_reserve", "name": "first", "by": "kenya", "reserve": "national", "for": "5d",
         "when": {"trigger": "announced"}},
        drawn | {"decision": "change_levels", "name": "levels", "to": to, "for": "4d", "at_most": 3},
        drawn | {"decision": "emergency_order", "name": "order", "at": "store", "source": "maker", "amount": "2d",
                 "products": ["saline"], "at_most": 2, "while_needed": True},
    ]  # fmt: skip
    return plan_of(spec)


def simulate(name: str) -> Outcome:
    if name != "chosen":
        return simulated(plan(name))
    running = Running(plan(name))
    running.go_on(19)
    for one in ("levels", "order"):
        running.choose(one)
    return running.resume()


def test_every_condition_is_tried() -> None:
    assert set(CONDITIONS) == set(TRIGGERS)


@pytest.mark.parametrize("name", CONDITIONS)
def test_what_is_decided_is_as_if_written_for_its_day(name: str) -> None:
    outcome = simulate(name)
    taken = [one.name for one in outcome.decisions]
    assert "levels" in taken and "order" in taken
    assert all(1 <= one.since - one.met <= 5 for one in outcome.decisions if one.name != "first" and one.met == one.met)
    same(outcome, simulated(raw(plan(name), outcome)))


@pytest.mark.parametrize("name", [name for name in CONDITIONS if name != "chosen"])
def test_what_is_decided_until_a_day_does_not_know_what_comes_after(name: str) -> None:
    mine = plan(name)
    impacts = impacts_of(mine, Streams(mine.seed, 0))
    little, much = (
        (*(ending(impact, DAY, end) for impact in impacts), extreme(mine, DAY, demand, longer))
        for end, demand, longer in ((DAY + 0.5, 0.0, 0.0), (DAY + 10_000.0, 9.0, 30.0))
    )
    assert lived(mine, little, DAY) == lived(mine, much, DAY)
    if name == "announced":  # it can fail: what was decided by then shows
        assert lived(replace(mine, decisions=()), little, DAY) != lived(mine, little, DAY)
