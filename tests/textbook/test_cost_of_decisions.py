"""What decisions cost, by hand: goods, ways, what is paid on top, and what they cost by themselves."""

from __future__ import annotations

from typing import Any

import pytest

from sim.decisions import DECISIONS
from sim.engine.run import simulate as run_plan
from sim.metrics.cost import Rates, costs
from tests.contract.network import example
from tests.unit.test_decisions import plan_of

CASE = """
end: 2001-01-31
products: {kit: {unit: kit, cost: 10}}
suppliers: {maker: {country: IN, makes: {kit: {}}}}
warehouses: {store: {country: KE}}
facilities: {clinic: {country: KE}}
parties: {kenya: {kind: country, sites: KE}}
lanes:
  - {from: maker, to: store, mode: sea, time: 2d, cost: 1}
  - {from: maker, to: store, mode: air, time: 1d, cost: 5}
  - {from: store, to: clinic, mode: road, time: 1d, cost: 0.5}
sourcing: [{at: store, from: maker, usual: sea, urgent: {by: air, when: {trigger: chosen}}}]
demand: [{at: clinic, product: kit, per_day: 10, distribution: deterministic}]
replenishment: [{policy: push, at: [store, clinic], quantity: 10}]
stock: [{at: store, on_hand: 1000}]
reserves: {own: {held_at: store, size: 300, members: clinic, release: {when: {trigger: chosen}, at_most: 10%}}}
costs: {holding_rate: 0%}
decisions:
"""
ON = "by: kenya, when: {trigger: 'on', date: 2001-01-11}"
"""Day 10 of 30."""
ORDER = "products: [kit], at: store, source: maker"

LINES: dict[str, tuple[str, dict[str, float]]] = {
    # 70 kits at 10, 5 each by air, and a quarter of 700 on top
    "an order by air, with a premium": (
        f"{{decision: emergency_order, {ORDER}, amount: 70, urgent: true, premium: 25%, {ON}}}",
        {"purchase": 700, "transport by air": 350, "decisions": 175},
    ),
    # 20 a day on days 10 to 14; 100 once and 3 a day for these five days
    "more a day, for a time": (
        f"{{decision: extra_orders, {ORDER}, per_day: 20, for: 5d, premium: 10%, cost: 100, cost_a_day: 3, {ON}}}",
        {"purchase": 1000, "transport by sea": 100, "decisions": 100 + 15 + 100},
    ),
    # the rate is reached in a straight line: 5, 15, 20, 20 a day on days 10 to 13
    "more a day, little by little": (
        f"{{decision: extra_orders, {ORDER}, per_day: 20, ramp: 2d, for: 4d, premium: 50%, {ON}}}",
        {"purchase": 600, "transport by sea": 60, "decisions": 300},
    ),
    # 30 on day 12, 40 on day 19; what is asked for on day 35 would come after the last day
    "help in stages": (
        f"{{decision: request_aid, {ORDER}, premium: 20%, cost: 50, {ON}, "
        "stages: [{after: 2d, amount: 30}, {after: 9d, amount: 40}, {after: 25d, amount: 500}]}",
        {"purchase": 700, "transport by sea": 70, "decisions": 140 + 50},
    ),
    "help in stages that is called off on day 15": (
        f"{{decision: request_aid, name: aid, {ORDER}, premium: 20%, cost: 50, {ON}, "
        "stages: [{after: 2d, amount: 30}, {after: 9d, amount: 40}]}\n"
        "  - {decision: lift_ban, by: kenya, ban: aid, cost: 8, when: {trigger: 'on', date: 2001-01-16}}",
        {"purchase": 300, "transport by sea": 30, "decisions": 60 + 50 + 8},
    ),
    # on the evenings of days 10 to 14 fifty kits go by air
    "another lane": (
        f"{{decision: change_lane, products: [kit], at: store, for: 5d, {ON}}}",
        {"transport by air": 250, "transport by sea": -50},
    ),
    "shares, with staff to the last day": (
        f"{{decision: shift_orders, products: [kit], at: store, to: maker, cost_a_day: 4, {ON}}}", {"decisions": 80},
    ),
    "a licence that comes to nothing": (
        f"{{decision: close_reserve, reserve: own, cost: 60, {ON}, after: 25d}}", {"decisions": 0},
    ),
}  # fmt: skip


def lines(run: Any) -> dict[str, float]:
    return costs(run.outcome, Rates("USD", 0.0, 0.0))


@pytest.fixture(scope="module")
def without(simulate: Any) -> dict[str, float]:
    return lines(simulate(CASE.replace("decisions:\n", "")))


@pytest.mark.parametrize("name", LINES)
def test_what_a_decision_changes_in_the_table_of_costs(name: str, simulate: Any, without: dict[str, float]) -> None:
    decision, expected = LINES[name]
    found = lines(simulate(CASE + f"  - {decision}\n"))
    more = {line: found[line] - without.get(line, 0.0) for line in found if not line.startswith(("stock", "total"))}
    assert {line: amount for line, amount in more.items() if amount} == pytest.approx(
        {line: amount for line, amount in expected.items() if amount}
    )
    assert found["total"] - without["total"] == pytest.approx(sum(expected.values()))
    assert ("decisions" in found) == ("cost" in decision or "premium" in decision)


@pytest.mark.parametrize("name", list(DECISIONS))
def test_every_kind_costs_what_is_said_each_time_and_each_day(name: str) -> None:
    spec = example("decisions", name)
    spec["decisions"][0] |= {"cost": 70} | ({} if DECISIONS[name].instant else {"cost_a_day": 3})
    outcome = run_plan(plan_of(spec))
    days = [min(taken.until, 60) - taken.since for taken in outcome.decisions]  # the scenario has 60 days
    assert days and costs(outcome, Rates("USD", 0.0, 0.0))["decisions"] == 70 * len(days) + 3 * sum(days)
