"""Cost of serving patients from a reserve against buying for them, by hand."""

from __future__ import annotations

from typing import Any

import pytest

TEXT = """
end: 2001-01-31
products: {kit: {unit: kit, cost: 3}}
suppliers: {maker: {country: IN, makes: {kit: {}}}}
facilities: {clinic: {country: KE}}
lanes: [{from: maker, to: clinic, time: 1d}]
demand: [{at: clinic, product: kit, per_day: 10, distribution: deterministic, shortage: lost}]
replenishment: [{at: clinic, policy: base_stock, level: 2d}]
costs: {holding_rate: 0%}
reserves: {own: {held_at: clinic, size: SIZE, members: clinic, release: {when: {trigger: announced}}}}
disruptions: [{kind: export_ban, country: IN, from: 2001-01-06, for: 10d}]
"""


@pytest.mark.parametrize("size", [0, 30, 200])
def test_units_served_cost_the_same_whether_bought_or_from_the_reserve(simulate: Any, size: int) -> None:
    run = simulate(TEXT.replace("SIZE", str(size)))
    cost, served = {k: v.value for k, v in run.metrics.cost.items()}, run.outcome.record.sums["served"].sum()
    record, network = run.outcome.record, run.outcome.plan.network
    clinic = network.cell_kind == "facility"
    left = record.table["on_hand"][-1][clinic].sum() + record.table["in_transit"][-1][clinic].sum()
    used = size - record.totals["reserve"][-1].sum()
    assert used == (0 if size == 0 else min(size, used)) and (size == 0 or used > 0)
    assert cost["reserve drawn down"] == 3 * used
    start = 20  # two days of stock that the clinic has at first, bought before the days counted
    assert cost["total"] == 3 * (served + left - start)


STOCKED = """
end: 2001-02-10
products: {kit: {unit: kit, cost: 3}}
suppliers: {maker: {makes: {kit: {finished_stock: 90}}}}
warehouses: {store: {}}
facilities: {clinic: {}}
lanes: [{from: maker, to: store, time: 4d}, {from: store, to: clinic, time: 2d}]
demand: [{at: clinic, product: kit, per_day: 10, distribution: deterministic, shortage: lost}]
replenishment: [{at: clinic, policy: base_stock, level: 5d}, {at: store, policy: base_stock, level: 9d}]
stock: [{at: store, on_hand: 20, on_the_way: steady}]
costs: {holding_rate: 0%}
WARM
reserves: {own: {held_at: clinic, size: 60, members: clinic, release: {when: {trigger: announced}}}}
"""


@pytest.mark.parametrize("warm", ["", "warm_up: 20d"])
def test_net_of_stock_only_what_was_used_is_paid(simulate: Any, warm: str) -> None:
    """The store begins with 20 kits and 40 under way and fills up to 90, in its first review: 30 more than are used.
    Patients take 10 a day, 3 each. After a warm-up the stock is the same at both ends."""
    run = simulate(STOCKED.replace("WARM", warm))
    cost = {k: v.value for k, v in run.metrics.cost.items()}
    more = 0 if warm else 30
    assert cost["total"] == 3 * (10 * 40 + more)
    assert cost["stock at the end"] == cost["stock at the start"] + 3 * more
    assert cost["stock at the end"] == 3 * (50 + 90), "the levels; the reserve is not in it"
    assert cost["total net of stock"] == 3 * 10 * 40


def test_a_strategy_that_ends_fuller_costs_the_same_net_of_stock(simulate: Any) -> None:
    figures = []
    for level in (9, 14, 30):
        overrides = {"replenishment.1.level": f"{level}d"}
        figures.append(
            {k: v.value for k, v in simulate(STOCKED.replace("WARM", ""), overrides=overrides).metrics.cost.items()}
        )
    assert [f["total"] for f in figures] == [3 * (430 + 10 * more) for more in (0, 5, 21)]
    assert {f["total net of stock"] for f in figures} == {1200.0}


@pytest.mark.parametrize(("own", "reserve"), [("", 60 * 3 * 0.365), (", holding_cost: 7.3", 60 * 7.3)])
def test_holding_is_charged_at_every_stage_but_the_suppliers(own: str, reserve: float, simulate: Any) -> None:
    """After the warm-up the clinic has 50 less 20 under way on its shelf each evening and the store 90 less 40.

    80 kits worth 3 each at 36.5% a year are 0.24 a day, 9.60 in 40 days. The 60 that the maker has left each evening
    are its own affair, and what is under way costs nothing. The reserve of 60 costs the rate on its value, or 7.30 for
    each unit and year.
    """
    text = STOCKED.replace("WARM", "warm_up: 20d").replace("holding_rate: 0%", "holding_rate: 36.5%")
    text = text.replace("finished_stock: 90", "finished_stock: 70").replace("size: 60", "size: 60" + own)
    run = simulate(text)
    assert run.outcome.record.sums["on_hand"].sum() == 40 * (30 + 50 + 60)
    cost = {k: v.value for k, v in run.metrics.cost.items()}
    assert cost["holding"] == pytest.approx(40 * (30 + 50) * 3 * 0.365 / 365)
    assert cost["holding of reserves"] == pytest.approx(40 * reserve / 365)
    assert cost["total"] == pytest.approx(3 * 10 * 40 + cost["holding"] + cost["holding of reserves"])


def test_what_a_reserve_still_holds_is_charged_at_its_own_price(simulate: Any) -> None:
    """Twenty kits of 3 and forty vials of 100. Ten kits leave on day 0 and on day 1: 10 + 0 + 0 + 0 unit-days of kits
    are left, and 4 x 40 of vials; at 36.5% a year a thousandth of the value for each day."""
    run = simulate("""
end: 2001-01-05
products: {kit: {unit: kit, cost: 3}, vial: {unit: vial, cost: 100}}
suppliers: {maker: {makes: {kit: {}, vial: {}}}}
warehouses: {store: {}}
facilities: {clinic: {}}
lanes: [{from: maker, to: store, time: 90d}, {from: store, to: clinic, time: 1d}]
demand:
  - {at: clinic, product: kit, per_day: 10, distribution: deterministic}
  - {at: clinic, product: vial, per_day: 20, distribution: deterministic}
stock:
  - {at: clinic, products: [kit], on_hand: 10}
  - {at: clinic, products: [vial], on_hand: 900}
  - {at: store, on_hand: 0}
replenishment:
  - {at: clinic, products: [kit], policy: base_stock, level: 10}
  - {at: clinic, products: [vial], policy: base_stock, level: 0}
  - {at: store, policy: base_stock, level: 0}
costs: {holding_rate: 36.5%}
reserves: {own: {held_at: store, size: 2d, members: clinic, release: {when: {trigger: declared, after: 0d}}}}
""")
    cost = {k: v.value for k, v in run.metrics.cost.items()}
    assert cost["holding of reserves"] == pytest.approx((10 * 3 + 4 * 40 * 100) / 1000)
    assert cost["reserve drawn down"] == 20 * 3
