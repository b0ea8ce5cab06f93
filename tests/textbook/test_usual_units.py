"""What an allocation is a share of, where goods expire."""

from __future__ import annotations

from typing import Any

import pytest

from sim.engine.rationing.usual import UsualUnits

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


def test_what_expired_before_the_last_thirty_days_is_not_added(simulate: Any) -> None:
    """9 l a day for 40 days, then nothing but 6 l on one of 30 days: 0.2 a day."""
    plan = simulate(SHORT_LIVED).outcome.plan
    network, usual = plan.network, UsualUnits(plan)
    names = network.site_names(network.cell_site)
    for units in [9] * 40 + [0] * 12 + [6] + [0] * 17:
        expired = (network.cell_mean * 0).astype(int)
        expired[names.index("a")] = units
        usual.note(expired)
    found = dict(zip([names[c] for c in network.flow_buyer], usual.under_limit(network.flow_usual > 0), strict=True))
    assert found == pytest.approx({"a": 10.2, "b": 10, "store": 20.2})


def test_goods_that_keep_have_their_usual_demand(simulate: Any) -> None:
    text = SHORT_LIVED.replace(", shelf_life: 4d", "").replace(", not_counting: 1d", "")
    run = simulate(text + LIMIT % ("store", "40%"))
    assert sent(run, "store") == [8] * 120


MADE_AHEAD = """
end: 2001-05-01
products: {kit: {unit: kit%s}}
suppliers: {maker: {country: IN, makes: {kit: {%s}}}}
facilities: {a: {country: KE}}
lanes: [{from: maker, to: a, time: 1d}]
demand: [{at: a, product: kit, per_day: 100, distribution: deterministic, shortage: backorder}]
replenishment: [{at: a, policy: base_stock, level: 4d}]
disruptions: [{%s, from: 2001-01-11, until: 2001-02-15}]
"""
ALLOCATED = "kind: supplier_allocation, supplier: maker, share: %s"
"""Days 10 to 44: 35 days, on which 40 of 100 leave."""


def maker(run: Any, column: str, first: int, last: int) -> list[int]:
    table = run.daily[run.daily["site"] == "maker"].set_index("day")
    return [int(units) for units in table[column].loc[first:last]]


@pytest.mark.parametrize(
    ("makes", "produced", "after"),
    [
        ("capacity: 200", [40] * 35, [200] * 5),  # no finished stock, so that none waits for the end
        ("capacity: 200, takes: 4d", [0] * 6 + [40] * 29, [40] * 4 + [200]),
    ],
)
def test_a_maker_on_allocation_makes_no_more_than_it_lets_out(
    makes: str, produced: list[int], after: list[int], simulate: Any
) -> None:
    """With four days of making 400 units are made or in process on the morning of day 10, and 40 leave each evening.
    What is begun on day d leaves on day d + 4, by when 5 x 40 may. So nothing is begun as long as 200 are there: until
    day 15 (400 - 5 x 40 = 200). From day 45 on 200 a day are begun, which leave from day 49 on."""
    run = simulate(MADE_AHEAD % ("", makes, ALLOCATED % "40%"))
    assert maker(run, "dispatched", 10, 44) == [40] * 35
    assert maker(run, "produced", 10, 44) == produced
    assert maker(run, "dispatched", 45, 49) == after


def test_a_maker_on_allocation_keeps_its_finished_stock_and_no_more(simulate: Any) -> None:
    """300 of finished stock, 100 of which leave on day 9; 100 are made in the morning of day 10, then 40 a day."""
    run = simulate(MADE_AHEAD % ("", "capacity: 200, finished_stock: 3d", ALLOCATED % "40%"))
    assert maker(run, "produced", 9, 44) == [100, 100, *[40] * 34]
    assert maker(run, "on_hand", 10, 44) == [260] * 35


def test_what_is_held_back_by_a_quota_is_made_unless_it_spoils(simulate: Any) -> None:
    """Half of 100 a day cross. What keeps is ready when the quota ends: 35 x 50 units and the 100 of the day. What
    lasts six days is made as it may leave, so that it comes fresh."""
    text = MADE_AHEAD % ('}, milk: {unit: l, shelf_life: 6d', "capacity: 200}, milk: {capacity: 200",
                         "kind: export_ban, country: IN, quota: 50%")  # fmt: skip
    milk = ", {at: a, product: milk, per_day: 100, distribution: deterministic, shortage: backorder}]\nreplenishment"
    run = simulate(text.replace("]\nreplenishment", milk))
    table = run.daily[run.daily["site"] == "maker"].astype({"product": str}).set_index(["product", "day"])
    assert table["dispatched"]["kit"].loc[10:45].tolist() == [50] * 35 + [35 * 50 + 100]
    assert table["produced"]["milk"].loc[10:46].tolist() == [50] * 35 + [200] * 2
    assert table["expired"]["milk"].loc[10:60].sum() == 0


@pytest.mark.parametrize("unfilled", ["wait", "cancel"])
def test_what_a_round_will_take_is_made_and_not_cancelled(unfilled: str, simulate: Any) -> None:
    """A round on days 0, 7, 14, ... and an order on each of these evenings: it can only be made for the next round, at
    which 7 x 40 leave. They are made by then and no more, so that nothing is left in the evening of a round."""
    text = MADE_AHEAD % ("", "capacity: 300", (ALLOCATED % "40%") + f", unfilled: {unfilled}")
    text = text.replace("time: 1d", "time: 1d, round: {every: 7d}").replace("level: 4d", "level: 30d, review: 7d")
    run = simulate(text.replace("2001-01-11", "2001-01-01").replace("2001-02-15", "2001-05-01"))
    assert maker(run, "dispatched", 35, 118) == [280, *[0] * 6] * 12
    assert maker(run, "on_hand", 35, 118)[::7] == [0] * 12
