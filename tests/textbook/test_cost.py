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
