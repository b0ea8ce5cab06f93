"""Who goes first at a port that gives priority: a queue of two countries' goods, worked out by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.textbook.test_berths import days_of, harbour

CASE = """
end: 2001-01-21
products: {kit: {unit: kit}, bag: {unit: bag}}
suppliers: {maker: {country: IN, makes: {kit: {}, bag: {}}}}
ports: {harbour: {country: KE, %s}}
facilities: {clinic: {country: KE}, neighbour: {country: UG}}
parties:
  kenya: {kind: country, sites: clinic}
  uganda: {kind: country, sites: neighbour}
  authority: {kind: agency, sites: harbour}
  both: {kind: pool, members: [kenya, authority]}
lanes:
  - {from: maker, to: harbour, mode: sea, time: 12h}
  - {from: harbour, to: facilities, time: 0d}
demand:
  - {at: facilities, product: kit, per_day: 10, distribution: deterministic}
  - {at: facilities, product: bag, per_day: 10, distribution: deterministic}
replenishment: [{policy: push, at: facilities, quantity: 10}]
stock: [{at: facilities, on_hand: 1000, on_the_way: none}]
decisions:
  - {decision: priority_lane, when: {trigger: 'on', date: 2001-01-11}, until: 2001-01-16, %s}
"""
NARROW = "handling: 40"
CLOSED = "disruptions: [{kind: port_closure, port: harbour, from: 2001-01-06, for: 5d}]\n"
Received = Callable[..., dict[str, list[int]]]


@pytest.fixture
def received(simulate: Any) -> Received:
    def run(port: str, decided: str, more: str = "") -> dict[str, list[int]]:
        """Units that each site received of each product on days 8 to 17."""
        daily = simulate(CASE % (port, decided) + more).daily
        mine = daily[(daily["site"] != "harbour") & daily["day"].between(8, 17)]
        return {
            f"{site} {product}": rows["received"].astype(int).tolist()
            for (site, product), rows in mine.groupby(["site", "product"], observed=True)
            if site in ("clinic", "neighbour")
        }

    return run


# Forty units come a day, at noon, ten of each product for each site, and forty are handled a day, from midnight on. The
# port is closed on days 5 to 9: from day 10 on 200 wait, and each day clears what has waited longest, or is first.
# Forty are first: those of days 5, 6; 7, 8; 9, 10 (that come at noon); 11, 12; on day 14 none are left but those of 13,
# and twenty of the others of day 5 pass; from day 15 on it is by arrival again: the others of days 6, 7; 8, 9; 10, 11.
FIRST = [0, 0, 20, 20, 20, 20, 10, 0, 0, 0]
OTHERS = [0, 0, 0, 0, 0, 0, 10, 20, 20, 20]


@pytest.mark.parametrize(
    ("decided", "first"),
    [
        ("by: both, clearance: 100%", {"clinic kit", "clinic bag"}),
        ("by: both, goods_of: neighbour", {"neighbour kit", "neighbour bag"}),
        ("by: authority, products: [kit]", {"clinic kit", "neighbour kit"}),
    ],
    ids=["the party's own goods", "goods of others", "a port authority has none of its own: everybody's of a product"],
)
def test_goods_with_priority_go_first_and_the_others_once_these_are_through(
    decided: str, first: set[str], received: Received
) -> None:
    found = received(NARROW, decided, CLOSED)
    assert found == {name: FIRST if name in first else OTHERS for name in found} and len(found) == 4


def test_the_ports_own_lane_comes_after_it(received: Received) -> None:
    """Bags go before kits by the port's own lane; of those that come first bags are first, too late for no one."""
    found = received(
        NARROW + ", priority_lane: [bag]", "by: both, products: [kit], goods_of: [clinic, neighbour]", CLOSED
    )
    assert found["clinic kit"][2:6] == found["neighbour kit"][2:6] == [20] * 4
    assert found["clinic bag"][2:6] == found["neighbour bag"][2:6] == [0] * 4


def test_only_goods_with_priority_are_cleared_faster(received: Received) -> None:
    """Clearance takes 4 days, and 2 for kits that come from day 10 to day 14: those of 10.5 are there with those of 8.5
    (day 13), those of 11.5 with those of 9.5, and those of 15.5 come on day 20."""
    found = received("clearance: 4d", "by: both, products: [kit], clearance: 50%")
    assert found["clinic kit"] == [10] * 5 + [20, 20, 10, 10, 10]
    assert all(figures == [10] * 10 for name, figures in found.items() if name != "clinic kit") and len(found) == 4


def test_a_vessel_with_goods_that_have_priority_gets_the_berth_first(simulate: Any) -> None:
    """Two vessels a day at one berth of half a day, a's before b's; b's is first from day 10 on."""
    more = (
        "parties: {land: {kind: country, sites: [harbour, clinic]}}\ndecisions: [{decision: priority_lane, by: land, "
        "products: [b], when: {trigger: 'on', date: 2001-01-11}}]"
    )
    run = simulate(
        harbour("berths: 1, berth_time: 12h", "a: {unit: kit}, b: {unit: kit}", 15, more), detail="full", twin=False
    )
    assert days_of(run, "berthed", "a")[8:12] == [8.5, 9.5, 11, 12]
    assert days_of(run, "berthed", "b")[8:12] == [9, 10, 10.5, 11.5]
