"""How fast a reserve flows, and who makes what it lacks, day by day."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.engine.sharing.reserves import DailyRate

RESERVE = """
end: 2001-06-30
products: {kit: {unit: kit}}
suppliers: {maker: {makes: {kit: {%(makes)s}}}}
warehouses: {store: {}}
facilities: {a: {}}
lanes: [{from: maker, to: store, time: 1d}, {from: store, to: a, time: 1d}]
demand: [{at: a, product: kit, per_day: 50, distribution: deterministic, shortage: backorder}]
stock: [{at: store, on_hand: %(store)s, on_the_way: none}, {at: a, on_hand: 0, on_the_way: none}]
replenishment: [{at: store, policy: base_stock, level: 500}, {at: a, policy: base_stock, level: 50}]
reserves:
  r:
    held_at: %(holder)s
    size: %(size)s
    members: facilities
    release: {when: {trigger: declared, after: 1d, until: %(until)s}, at_most: %(out)s, stand_down: 0d}
    refill: {at_most: %(back)s}
%(more)s
"""
CLOSED = "disruptions: [{kind: site_outage, at: maker, from: 2001-01-01, until: 2001-06-30}]"
LOST = "disruptions: [{kind: stock_loss, at: store, from: 2001-01-11, share: 60%, reserves: true}]"


def reserve(simulate: Any, **fields: Any) -> tuple[np.ndarray, np.ndarray]:
    """What is in the reserve each evening, and what was released each day."""
    usual = {"makes": "", "store": 0, "holder": "store", "size": 1001, "until": "180d", "out": "1%", "back": "5%"}
    run = simulate(RESERVE % ({"more": CLOSED} | usual | fields))
    record = run.outcome.record.reserves
    return record["stock"][:, 0], record["released"][:, 0]


def test_a_rate_that_is_no_whole_number_carries_its_fraction(simulate: Any) -> None:
    """1% of 1001 is 10.01 a day: ten, and eleven on the hundredth day on which the reserve is open."""
    _, released = reserve(simulate)
    first = int(np.flatnonzero(released)[0])
    assert released[first : first + 99].tolist() == [10] * 99
    assert released[first + 99] == 11


def test_a_rate_below_a_unit_a_day_releases_one_every_so_many_days(simulate: Any) -> None:
    """1% of 10 is one every ten days."""
    _, released = reserve(simulate, size=10)
    days = np.flatnonzero(released)
    assert (released[days] == 1).all() and (np.diff(days) == 10).all() and 9 <= len(days) <= 10


def test_a_unit_of_fractions_is_kept_and_no_more_than_one() -> None:
    rate = DailyRate(2)
    rate.units[:] = 0.25, 2.5
    found = []
    for used in ([0, 2], [0, 3], [0, 0], [0, 0], [0, 0], [0, 0], [1, 3], [0, 2]):
        found.append(rate.today().tolist())
        rate.use(np.array(used))
    # quarters: a unit on the fourth day, kept until it is used on the seventh; 2.5: three every other day
    assert found == [[0, 2], [0, 3], [0, 2], [1, 3], [1, 3], [1, 3], [1, 3], [0, 3]]


def test_refilling_carries_its_fraction_too(simulate: Any) -> None:
    """60 of 100 are lost on day 10; the store has enough and puts back 0.5 a day: a unit every other day."""
    stock, _ = reserve(simulate, size=100, store=900, until="2d", back="0.5%", more=LOST)
    back = np.diff(stock[20:])
    days = np.flatnonzero(back)
    assert (back[days] == 1).all() and (np.diff(days) == 2).all() and len(days) > 50


AT_MAKER = """
end: 2001-05-01
products: {kit: {unit: kit}}
suppliers: {maker: {makes: {kit: {%s}}}}
facilities: {a: {}}
lanes: [{from: maker, to: a, time: 1d}]
demand: [{at: a, product: kit, per_day: 10, distribution: deterministic, shortage: backorder}]
replenishment: [{at: a, policy: base_stock, level: 5d, plus_lead_time: true}]
reserves:
  r:
    held_at: maker
    size: 100
    members: facilities
    release: {when: {trigger: declared, after: 1y}}
    refill: {at_most: 4%%}
disruptions: [{kind: stock_loss, at: maker, from: 2001-01-21, share: 60%%, reserves: true}]
"""


@pytest.mark.parametrize(
    "makes",
    ["", "capacity: 20", "capacity: 20, takes: 5d", "testing: 3d", "takes: 2d", "capacity: 20, finished_stock: 40"],
)
def test_a_maker_makes_what_its_reserve_lacks_once_no_order_is_overdue(makes: str, simulate: Any) -> None:
    """60 of 100 are lost on day 20. Four a day are put back as soon as they are made, and no customer waits for it."""
    run = simulate(AT_MAKER % makes)
    stock = run.outcome.record.reserves["stock"][:, 0].tolist()
    assert stock[:20] == [100] * 20 and stock[20] in (40, 44)
    full = stock.index(100, 20)
    assert [units for units in stock[20 : full + 1] if units > 40] == list(range(44, 101, 4))
    assert full <= 20 + 15 + 7, "15 days of refilling after the days that making takes"
    daily = run.daily[run.daily["site"] == "a"].set_index("day")
    assert not daily["unmet"].any() and daily["received"].loc[60:].eq(10).all()
    made = run.daily[run.daily["site"] == "maker"].set_index("day")["produced"]
    assert (made.loc[100:] == 10).all(), "nothing is made for a reserve that is full"
