"""What an allocation is a share of, where goods expire."""

from __future__ import annotations

from typing import Any

import pytest

from sim.engine.deciding.usual import UsualUnits

SHORT_LIVED = """
end: 2001-07-01
warm_up: 60d
products: {milk: {unit: l, shelf_life: 4d}}
suppliers: {maker: {makes: {milk: {}}}}
warehouses: {store: {}}
facilities: {a: {}, b: {}}
lanes: [{from: maker, to: store, time: 1d}, {from: store, to: facilities, time: 1d}]
demand: [{at: facilities, product: milk, per_day: 10, distribution: deterministic}]
replenishment:
  - {at: store, policy: base_stock, level: 20}
  - {at: a, policy: base_stock, level: 60, not_counting: 1d}
  - {at: b, policy: base_stock, level: 10}
"""
LIMIT = "disruptions: [{kind: supplier_allocation, supplier: %s, from: 2001-02-01, until: 2001-06-01, share: %s}]\n"


def sent(run: Any, site: str) -> list[int]:
    return run.daily[run.daily["site"] == site].set_index("day")["dispatched"].loc[31:150].tolist()


@pytest.mark.parametrize("supplier", ["maker", "store"])
def test_an_allocation_of_all_that_is_usual_cuts_no_steady_flow(supplier: str, simulate: Any) -> None:
    """a keeps more than it uses in the three days that milk lasts with it, so that some expires every few days."""
    free, held = simulate(SHORT_LIVED), simulate(SHORT_LIVED + LIMIT % (supplier, "100%"))
    assert free.daily.loc[free.daily["site"] == "a", "expired"].sum() > 100
    for site in ("maker", "store"):
        assert sum(sent(held, site)) >= 0.99 * sum(sent(free, site))


def test_what_expired_of_late_is_added_on_the_way_it_came(simulate: Any) -> None:
    """In 30 days 60 l expired with a and 15 with the store: 2 and 0.5 a day, and the store buys what a does."""
    plan = simulate(SHORT_LIVED).outcome.plan
    network = plan.network
    usual = UsualUnits(plan)
    names = network.site_names(network.cell_site)
    expired = (network.cell_mean * 0).astype(int)
    for day in range(90):
        expired[names.index("a")] = 2 if day >= 60 else 9
        expired[names.index("store")] = day % 2
        usual.note(expired)
    holds = network.flow_usual > 0
    holds[network.flow_buyer == names.index("b")] = False
    units = dict(zip([names[c] for c in network.flow_buyer], usual.under_limit(holds).tolist(), strict=True))
    assert units == pytest.approx({"a": 12, "b": 10, "store": 22.5})
    expired[:] = 100
    usual.note(expired)
    assert usual.under_limit(holds)[0] in (12, 22.5), "what expires under the limit changes nothing"


def test_goods_that_keep_have_their_usual_demand(simulate: Any) -> None:
    text = SHORT_LIVED.replace(", shelf_life: 4d", "").replace(", not_counting: 1d", "")
    run = simulate(text + LIMIT % ("store", "40%"))
    assert sent(run, "store") == [8] * 120
