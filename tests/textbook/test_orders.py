"""Orders and how they are filled, by hand, to the day and the unit. Days count from 0."""

from __future__ import annotations

from typing import Any

import pytest

from tests.textbook.test_by_hand import at, day, direct

# allowances


@pytest.mark.parametrize(("begins", "saved"), [(0, 150), (15, 150), (16, 150), (25, 105), (45, 5)])
def test_what_is_not_taken_up_may_be_taken_for_thirty_days_and_no_more(begins: int, saved: int, simulate: Any) -> None:
    """Five of the usual ten a day: nothing is ordered until day 45, then 460.

    From day 0 on 46 days' worth would be 230, but 30 days' are 150; from day 15 or 16 on 31 and 30 days; from day 25
    on 21 days, 105. Then five leave a day.
    """
    limit = f"{{kind: supplier_allocation, supplier: maker, from: {day(begins)}, for: 90d, share: 50%}}"
    text = direct(50, more=f"stock: [{{at: clinic, on_hand: 1000}}]\ndisruptions: [{limit}]", level=1000)
    run = simulate(text.replace("level: 1000", "level: 1000, review: 30d, first_review: 45d"))
    assert at(run, "clinic", "ordered") == [0] * 45 + [460] + [0] * 4
    assert at(run, "maker", "dispatched") == [0] * 45 + [saved] + [5] * 4


# equal days of cover


def by_cover(days: int, stock: dict[str, int], times: dict[str, str], store: int, level: int) -> str:
    """Two clinics that need ten a day and a store that gets nothing more, sharing for equal days of cover."""
    held = ", ".join(f"{{at: {site}, on_hand: {units}}}" for site, units in stock.items())
    lanes = ", ".join(f"{{from: store, to: {site}, time: {time}}}" for site, time in times.items())
    return f"""
end: {day(days)}
products: {{kit: {{unit: kit}}}}
suppliers: {{maker: {{makes: {{kit: {{}}}}}}}}
warehouses: {{store: {{}}}}
facilities: {{a: {{}}, b: {{}}}}
lanes: [{{from: maker, to: store, time: 90d}}, {lanes}]
demand: [{{at: facilities, product: kit, per_day: 10, distribution: deterministic, shortage: backorder}}]
stock: [{held}, {{at: store, on_hand: {store}}}]
allocation: [{{at: store, rule: equal_days_of_cover}}]
replenishment:
  [{{at: store, policy: base_stock, level: 0}}, {{at: facilities, policy: base_stock, level: {level}}}]
"""


def test_goods_under_way_count_as_cover(simulate: Any) -> None:
    """Day 0: both use and are sent ten. Day 1: a has 20 and ten under way, b has 30; of the last ten each gets five."""
    run = simulate(by_cover(5, {"a": 40, "b": 40}, {"a": "3d", "b": "1d"}, store=30, level=40))
    assert at(run, "a", "received") == [0, 0, 0, 10, 5]
    assert at(run, "b", "received") == [0, 10, 5, 0, 0]


def test_those_who_wait_are_covered_first(simulate: Any) -> None:
    """Neither has anything left, but ten wait at a: 20 units make it 15 for a and 5 for b, half a day's cover each."""
    run = simulate(by_cover(2, {"a": 0, "b": 10}, {"a": "1d", "b": "1d"}, store=20, level=20))
    assert (at(run, "a", "received"), at(run, "b", "received")) == ([0, 15], [0, 5])


# several sources


def test_a_split_of_single_units_is_carried_from_order_to_order(simulate: Any) -> None:
    """One unit a day, 60% from a: what each is due adds up, 0.6 and 0.4 a day, and the larger debt is paid.

    a 0.6 (a), b 0.8 (b), a 0.8 (a), b 0.6 (b), a 1.0 (a), and from the start again.
    """
    run = simulate(f"""
end: {day(10)}
products: {{kit: {{unit: kit}}}}
suppliers: {{a: {{makes: {{kit: {{}}}}}}, b: {{makes: {{kit: {{}}}}}}}}
facilities: {{clinic: {{}}}}
lanes: [{{from: a, to: clinic, time: 1d}}, {{from: b, to: clinic, time: 1d}}]
sourcing: [{{at: clinic, from: {{a: 60%, b: 40%}}}}]
demand: [{{at: clinic, product: kit, per_day: 1, distribution: deterministic}}]
stock: [{{at: clinic, on_hand: 20}}]
replenishment: [{{at: clinic, policy: base_stock, level: 20}}]
""")
    assert at(run, "a", "dispatched") == [1, 0, 1, 0, 1] * 2
    assert at(run, "b", "dispatched") == [0, 1, 0, 1, 0] * 2


# policies at their points


@pytest.mark.parametrize(
    ("policy", "ordered"),
    [
        # 60 less ten a day are 20 on day 3, at the emergency point, and 10 on day 4, below it; 60 again on day 5
        ("max_min, max: 60, emergency: 20, review: 60d, first_review: 60d", {4: 50, 9: 50}),
        # position 20 on day 3, at the reorder point: a batch of 15 makes it 35; 25 on day 4; 15 on day 5 and so on
        ("R_nQ, R: 20, Q: 15", {3: 15, 5: 15, 6: 15, 8: 15, 9: 15, 11: 15}),
        ("s_S, s: 20, S: 60", {3: 40, 7: 40, 11: 40}),
        # three days of ten are an S below the s of 60: nothing is ordered at 50, 40 and 30, the ten of each day at 20
        ("s_S, s: 60, S: 3d", dict.fromkeys(range(3, 12), 10)),
        ("push, quantity: 10, review: 4d", {0: 10, 4: 10, 8: 10}),
    ],
)
def test_a_policy_orders_at_its_point_and_an_emergency_below_it(
    policy: str, ordered: dict[int, int], simulate: Any
) -> None:
    text = direct(12, time="1d", more="stock: [{at: clinic, on_hand: 60}]", level=7)
    run = simulate(text.replace("base_stock, level: 7", policy))
    found = {k: units for k, units in enumerate(at(run, "clinic", "ordered")) if units}
    assert found == ordered


def test_the_demand_of_the_lead_time_is_rounded_to_whole_units(simulate: Any) -> None:
    """Seven units and 2.7 a day for a day: 9.7, so ten; on a shelf without anything all of them and the two used."""
    text = direct(1, time="1d", demand="per_day: 2.7, distribution: deterministic", level=7)
    text = text.replace("level: 7", "level: 7, plus_lead_time: true") + "stock: [{at: clinic, on_hand: 0}]\n"
    assert at(simulate(text), "clinic", "ordered") == [10 + 2]


def test_orders_on_top_are_shared_by_usual_demand_and_their_fractions_add_up(simulate: Any) -> None:
    """2.5 a day, 30 to 10 by usual demand: 1.875 and 0.625 a day, whole as soon as they are complete."""
    run = simulate(f"""
end: {day(8)}
products: {{kit: {{unit: kit}}}}
suppliers: {{maker: {{makes: {{kit: {{}}}}}}}}
facilities: {{a: {{}}, b: {{}}}}
lanes: [{{from: maker, to: facilities, time: 1d}}]
demand: [{{at: a, product: kit, per_day: 30, from: {day(8)}}}, {{at: b, product: kit, per_day: 10, from: {day(8)}}}]
stock: [{{at: facilities, on_hand: 0}}]
replenishment: [{{at: facilities, policy: base_stock, level: 0}}]
disruptions: [{{kind: extra_orders, at: facilities, source: maker, from: {day(0)}, for: 8d, per_day: 2.5}}]
""")
    assert at(run, "a", "ordered") == [1, 2, 2, 2, 2, 2, 2, 2]  # 1.875, 3.75, 5.625, 7.5, 9.375, 11.25, 13.125, 15
    assert at(run, "b", "ordered") == [0, 1, 0, 1, 1, 0, 1, 1]  # 0.625, 1.25, 1.875, 2.5, 3.125, 3.75, 4.375, 5


def test_what_a_supplier_cancels_is_ordered_again(simulate: Any) -> None:
    """40% of ten are four a day; the other six are off the order, so that each day all that lacks is ordered."""
    ration = f"""disruptions:
  - {{kind: supplier_allocation, supplier: maker, from: {day(5)}, for: 4d, share: 40%, unfilled: cancel}}"""
    run = simulate(direct(11, more=ration))
    assert at(run, "maker", "dispatched") == [10] * 5 + [4] * 4 + [34, 10]
    # ten are used, and six, twelve, ... that were cancelled the days before are ordered once more
    assert at(run, "clinic", "ordered")[4:] == [10, 10, 16, 22, 28, 34, 10]


# what others know of a site whose systems are down


def test_a_source_that_shares_by_cover_does_not_hear_who_waits_at_a_dark_site(simulate: Any) -> None:
    """As above, ten wait at a since this morning, which nobody hears of: it orders as if nothing had happened, 20, and
    counts as one that has nothing and lacks nothing, as b does."""
    dark = f"disruptions: [{{kind: cyber_blackout, at: a, from: {day(0)}, for: 1d, orders: frozen}}]"
    run = simulate(by_cover(2, {"a": 0, "b": 10}, {"a": "1d", "b": "1d"}, store=20, level=20) + dark)
    assert (at(run, "a", "received"), at(run, "b", "received")) == ([0, 10], [0, 10])


def test_an_emergency_is_not_noticed_from_frozen_figures(simulate: Any) -> None:
    """10 are left on day 4 and none on day 5, but what is known is the 40 of day 2 until the systems are back on day 7:
    20 wait then, and 80 are ordered."""
    dark = f"disruptions: [{{kind: cyber_blackout, at: clinic, from: {day(3)}, for: 4d, orders: frozen}}]"
    text = direct(10, time="1d", more=f"stock: [{{at: clinic, on_hand: 60}}]\n{dark}", level=7)
    policy = "max_min, max: 60, emergency: 20, review: 60d, first_review: 60d"
    run = simulate(text.replace("base_stock, level: 7", policy))
    assert at(run, "clinic", "ordered") == [0] * 7 + [80, 0, 0]


def test_orders_that_were_written_down_are_handed_over_when_systems_are_back(simulate: Any) -> None:
    """Reviews on days 0, 4 and 8. The 40 of day 4 are written down, and reach the maker on day 6, no day of review."""
    dark = f"disruptions: [{{kind: cyber_blackout, at: clinic, from: {day(4)}, for: 2d, orders: late}}]"
    text = direct(10, time="1d", more=f"stock: [{{at: clinic, on_hand: 100}}]\n{dark}", level=100)
    run = simulate(text.replace("level: 100", "level: 100, review: 4d"))
    assert {k: units for k, units in enumerate(at(run, "clinic", "ordered")) if units} == {0: 10, 6: 40, 8: 40}
    assert at(run, "maker", "dispatched") == [10, 0, 0, 0, 0, 0, 40, 0, 40, 0]
