"""A steady world stays steady from the first day: every site's stock, orders and goods under way are those of the same
day of every later round, whatever the maker, the lane or the port. Demand is ten a day for certain."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

CHAIN = """
end: 2001-04-11
products: {kit: {unit: kit}}
suppliers: {maker: {country: IN, makes: {kit: {MAKES}}}}
ports: {harbour: {country: KE, PORT}}
warehouses: {store: {country: KE}}
facilities: {a: {country: KE}}
lanes:
  - {from: maker, to: harbour, SEA}
  - {from: harbour, to: store, ROAD}
  - {from: store, to: a, time: 1d}
demand: [{at: a, product: kit, per_day: 10, distribution: deterministic, shortage: backorder}]
replenishment:
  - {at: a, policy: base_stock, level: 5d, plus_lead_time: true}
  - {at: store, policy: base_stock, level: 20d, plus_lead_time: true}
"""
FIGURES = (
    "on_hand",
    "in_transit",
    "owed",
    "backlog",
    "in_process",
    "held",
    "unmet",
    "ordered",
    "dispatched",
    "received",
)
MAKERS = [
    "",
    "capacity: 10",
    "capacity: 13",
    "capacity: 100%",
    "capacity: 12, takes: 4d",
    "capacity: 12, takes: 4d, finished_stock: 2d",
    "capacity: 21, takes: 3d, yield: 50%",
    "testing: 7d",
    "capacity: 10, finished_stock: 30",
    "finished_stock: 5d",
    "capacity: 10, finished_stock: 30d, at_start: steady",
    "finished_stock: 5d, at_start: steady",
    "capacity: 12, testing: 7d, finished_stock: 9d, at_start: steady",
    "capacity: 24, takes: 4d, yield: 50%, finished_stock: 12d, at_start: steady",
]
SEA, ROAD = "time: 20d, mode: sea", "time: 1d"
WAYS = {
    "clearance": ("clearance: 3d", SEA, ROAD, 1),
    "berths": ("berths: 1, berth_time: 2h, clearance: 2d", SEA, ROAD, 1),
    "long at berth": ("berths: 2, berth_time: 30h", SEA, ROAD, 1),
    "yard": ("berths: 1, berth_time: 12h, yard: 15, clearance: 1d", SEA, "time: 6h", 1),
    "handling": ("handling: 10, clearance: 36h", SEA, ROAD, 1),
    "holds": ("handling: 12, holds: [{share: 100%, for: 4d}]", SEA, ROAD, 1),
    "round at sea": ("clearance: 12h", "time: 40d, mode: sea, round: {every: 7d, first: 3d}", ROAD, 7),
    "round behind the port": ("clearance: 12h", SEA, "time: 12h, round: {every: 3d, first: 1d}", 3),
    "two rounds": (
        "berths: 1, berth_time: 12h",
        "time: 20d, mode: sea, round: {every: 7d, first: 3d}",
        "time: 1d, round: {every: 2d}",
        14,
    ),
    "vehicles behind the port": ("clearance: 0d", SEA, "time: 6h, vehicles: {carries: 10, number: 2}", 1),
    "vehicles to the port": ("clearance: 0d", "time: 3d, vehicles: {carries: 10, number: 7}", "time: 6h", 1),
    "a lane that is just enough": ("clearance: 0d", "time: 20d, capacity: 10", "time: 6h", 1),
    "hours": (
        "clearance: 5h",
        "time: 20d, mode: sea, departs: {from: 6h, until: 18h}",
        "time: 6h, arrives: {from: 8h, until: 12h}",
        1,
    ),
}


ROUNDS = [name for name, (*_, cycle) in WAYS.items() if cycle > 1]


@pytest.mark.parametrize(("way", "warm_up"), [*((way, 0) for way in WAYS), *((way, 2) for way in ROUNDS)])
@pytest.mark.parametrize("makes", MAKERS)
def test_every_day_is_like_the_same_day_of_any_later_round(makes: str, way: str, warm_up: int, simulate: Any) -> None:
    port, sea, road, cycle = WAYS[way]
    text = CHAIN.replace("MAKES", makes).replace("PORT", port).replace("SEA", sea).replace("ROAD", road)
    daily = simulate(text + f"warm_up: {warm_up}d\n").daily
    assert not daily["unmet"].any()
    for site, figures in daily.groupby("site", observed=True):
        for name in FIGURES:
            days = figures.sort_values("day")[name].to_numpy()
            assert (days[:-cycle] == days[cycle:]).all(), f"{name} at {site}: {days[: 3 * cycle + 3]}"


def test_a_stop_is_felt_when_what_is_at_sea_has_come(simulate: Any) -> None:
    """44 days at sea and one on the road: of a plant that is shut from day 10 on, the store gets ten a day until the
    evening shipment of day 9 is there, on day 9 + 45, and nothing from day 55 on."""
    text = CHAIN.replace("MAKES", "capacity: 12").replace("PORT", "clearance: 0d")
    text = text.replace("SEA", "time: 44d, mode: sea").replace("ROAD", "time: 1d")
    text = text.replace("2001-04-11", "2001-06-01")
    daily = simulate(text + "disruptions: [{kind: site_outage, at: maker, from: 2001-01-11, for: 60d}]").daily
    store = daily[daily["site"] == "store"].sort_values("day")
    received = store["received"].to_numpy()
    assert (received[:55] == 10).all() and not received[55 : 55 + 60].any()


def test_stock_that_is_given_has_the_same_goods_under_way(simulate: Any) -> None:
    """200 on hand are what the level leaves beside 21 days' worth under way and a day's orders at the maker: written or
    worked out, the days are the same."""
    text = CHAIN.replace("MAKES", "capacity: 12").replace("PORT", "clearance: 0d")
    text = text.replace("SEA", SEA).replace("ROAD", ROAD)
    free = simulate(text).daily
    given = simulate(text + "stock: [{at: store, on_hand: 200, on_the_way: steady}]").daily
    np.testing.assert_array_equal(free.drop(columns=["site", "product"]).select_dtypes("number"),
                                  given.drop(columns=["site", "product"]).select_dtypes("number"))  # fmt: skip
