"""Triggers on late journeys and dear goods, worked out by hand."""

from __future__ import annotations

from typing import Any

import pytest

import sim

CASE = """
end: 2001-01-31
products: {kit: {unit: kit}}
suppliers: {maker: {makes: {kit: {}}}, other: {makes: {kit: {}}}}
warehouses: {store: {}}
facilities: {a: {}, b: {}, c: {}}
parties: {all: {kind: agency, sites: [a, b, c, store]}}
lanes:
  - {from: maker, to: a, time: 4d}
  - {from: maker, to: b, time: 4d}
  - {from: other, to: b, time: 4d}
  - {from: maker, to: store, time: 4d}
  - {from: store, to: c, time: 1d}
sourcing: [{at: b, from: {maker: 50%, other: 50%}}]
demand: [{at: facilities, product: kit, per_day: 10, distribution: deterministic}]
stock: [{at: facilities, on_hand: 1000, on_the_way: none}]
replenishment:
  - {policy: push, at: facilities, quantity: 10}
  - {policy: push, at: store, quantity: 10}
"""
USE = "use_levels: [{at: facilities, contingency: {when: {%s}, saves: 50%%}}]\n"
SLOW = "disruptions: [{kind: lane_delay, lanes: [maker > a], from: 2001-01-09, for: 30d, extra: 2d}]\n"
DEAR = "disruptions: [{kind: price_shock, at: maker, from: 2001-01-06, for: 4d, factor: 1.3}]\n"


def begins(run: sim.Run) -> dict[str, list[int]]:
    """Days on which each site saves."""
    saves = run.daily[run.daily["conserved"] > 0]
    return {site: saves[saves["site"] == site]["day"].tolist() for site in "abc"}


@pytest.mark.parametrize(
    ("above", "arrivals", "first"),
    [
        # goods leave every evening, from day 0 on, and are there 4 days later, every morning from day 4 on: what left
        # on day 7 on day 11; what leaves from day 8 on takes 6 days: on day 14, 15, ...
        ("20%", 3, 15),  # day 14: 4 + 4 + 6 = 14 of 12 days, 17% more; day 15: 16 of 12, 33% more
        ("40%", 3, 16),  # day 16: 18 of 12, 50% more
        ("50%", 3, None),  # 50% more is not more than that
        ("40%", 1, 14),
        ("1%", 15, 20),  # 8 came on days 4 to 11, none on days 12 and 13; the 15th comes on day 20
    ],
)
def test_late_journeys_are_seen_when_they_arrive_by_those_whose_they_are(
    simulate: Any, above: str, arrivals: int, first: int | None
) -> None:
    run = simulate(CASE + SLOW + USE % f"trigger: lead_time, above: {above}, arrivals: {arrivals}")
    assert begins(run) == {"a": [] if first is None else list(range(first, 30)), "b": [], "c": []}


def test_two_sources_of_a_site_are_two_arrivals_a_day(simulate: Any) -> None:
    """b has one from each maker a day; those of one come late from day 14 on: of four, two of 6 and two of 4 days (20
    of 16, 25% more) on day 15, one of 6 on day 14 (18 of 16, 12.5%)."""
    slow = SLOW.replace("> a", "> b")
    run = simulate(CASE + slow + USE % "trigger: lead_time, above: 20%, arrivals: 4")
    assert begins(run) == {"a": [], "b": list(range(15, 30)), "c": []}


@pytest.mark.parametrize(
    ("above", "sites"),
    [("10%", "ab"), ("14%", "ab"), ("15%", "a"), ("20%", "a"), ("30%", "")],
)
def test_a_site_sees_the_price_of_what_it_usually_buys_and_of_no_one_else(
    simulate: Any, above: str, sites: str
) -> None:
    """The maker asks 30% more on days 5 to 8: a pays that, b, which has half of it elsewhere, 15% more; c buys of a
    store. What is as much as the limit is not above it."""
    run = simulate(CASE + DEAR + USE % f"trigger: price, above: {above}")
    assert begins(run) == {site: [5, 6, 7, 8] if site in sites else [] for site in "abc"}


def test_a_party_decides_by_what_any_of_its_sites_sees(simulate: Any) -> None:
    """In the evening of the day on which it is seen, in force the day after; the store pays 30% more on day 5, and a
    has late goods on day 16."""
    both = (
        "decisions:\n  - {decision: change_levels, by: all, name: p, when: {trigger: price, above: 20%}, "
        "to: [{policy: push, at: store, quantity: 10}]}\n"
        "  - {decision: corridor, by: all, name: l, when: {trigger: lead_time, above: 40%, arrivals: 3}, "
        "lanes: [maker > a]}\n"
    )
    shocks = SLOW.replace("}]\n", "}, ") + DEAR.removeprefix("disruptions: [")
    run = simulate(CASE + shocks + both)
    assert [(one.name, one.met, one.since) for one in run.outcome.decisions] == [("p", 5, 6), ("l", 16, 17)]
