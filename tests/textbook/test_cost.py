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
