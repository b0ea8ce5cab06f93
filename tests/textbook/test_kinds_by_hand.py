"""Kinds whose rule is a sum of a few terms: the days and units are worked out beside each. Days count from 0."""

from __future__ import annotations

from typing import Any

import pytest

from tests.textbook.test_by_hand import at, day, direct


def test_a_delay_lengthens_the_journeys_that_begin_in_it(simulate: Any) -> None:
    """Ten leave every evening and take two days; those of days 10 to 12 take 2 x 2 + 1 = 5.

    They come on days 15, 16 and 17, each with the ten that left on days 13, 14 and 15. Goods of days 8 and 9 are under
    way when the delay begins, and come on days 10 and 11 as ever.
    """
    delay = f"{{kind: lane_delay, mode: sea, from: {day(10)}, for: 3d, factor: 2, extra: 1d}}"
    run = simulate(direct(20, f"disruptions: [{delay}]", lane=", mode: sea"))
    assert at(run, "clinic", "received")[8:20] == [10, 10, 10, 10, 0, 0, 0, 20, 20, 20, 10, 10]


@pytest.mark.parametrize(
    ("opening", "reorder", "batch", "ordered"),
    [
        # 75 are 65, 55, 45, 35 and on day 4, 25 in the evening: one batch makes 45, then 35, then 25 again
        (75, 30, 20, [0, 0, 0, 0, 20, 0, 20, 0, 20]),
        # 25 + 5 is 30, not above it: two batches; 35 the evening before makes 25 again
        (75, 30, 5, [0, 0, 0, 0, 10, 10, 10, 10, 10]),
        # 30 on day 3 is at the level, not above it
        (70, 30, 20, [0, 0, 0, 20, 0, 20, 0, 20, 0]),
        # as many batches as it takes: 25 + 2 x 3 = 31
        (75, 30, 3, [0, 0, 0, 0, 6, 12, 9, 9, 12]),
    ],
)
def test_batches_lift_the_position_above_its_level(
    opening: int, reorder: int, batch: int, ordered: list[int], simulate: Any
) -> None:
    """With batches of 3: 31 - 10 = 21 wants 4 (33), 23 wants 3 (32), 22 wants 3 (31), 21 wants 4."""
    text = direct(9, f"stock: [{{at: clinic, on_hand: {opening}}}]")
    text = text.replace("policy: base_stock, level: 60", f"policy: R_nQ, R: {reorder}, Q: {batch}")
    assert at(simulate(text), "clinic", "ordered") == ordered


WANT = """
products: {kit: {unit: kit}}
suppliers: {maker: {makes: {kit: {}}}}
warehouses: {store: {}}
lanes: [{from: maker, to: store, time: 90d}, {from: store, to: facilities, time: 1d}]
"""


@pytest.mark.parametrize(
    ("store", "first", "received"),
    [
        # 6 there and 30 to give, over 2 + 4 a day: six days for both, which are 12 and 24
        (30, 6, [6, 24]),
        # 20 are ten days of the first; 30 are no more than seven and a half of the second
        (30, 20, [0, 30]),
        # 6 + 1 for 2 + 4 a day are a day and a sixth; the first has three already
        (1, 6, [0, 1]),
        # at six days the first would have 6 and the second 24: a unit over goes to the one named first
        (31, 6, [7, 24]),
        # nobody gets more than was ordered: 40 - 6 and 40
        (90, 6, [34, 40]),
    ],
)
def test_days_of_cover_are_made_equal_where_stock_allows(
    store: int, first: int, received: list[int], simulate: Any
) -> None:
    text = f"""
end: {day(4)}
{WANT}
facilities: {{a: {{}}, b: {{}}}}
demand:
  - {{at: a, product: kit, per_day: 2, from: {day(4)}}}
  - {{at: b, product: kit, per_day: 4, from: {day(4)}}}
stock: [{{at: store, on_hand: {store}}}, {{at: a, on_hand: {first}}}, {{at: b, on_hand: 0}}]
allocation: [{{at: store, rule: equal_days_of_cover}}]
replenishment: [{{at: facilities, policy: base_stock, level: 40}}, {{at: store, policy: base_stock, level: 0}}]
"""
    run = simulate(text)
    assert [at(run, name, "received")[1] for name in ("a", "b")] == received


def reserve(when: str, stocks: dict[str, int], level: int, size: int, regions: str = "") -> str:
    """Clinics that use ten a day of what they have, and a store that has nothing but a reserve."""
    north = [name for name in stocks if name in regions]
    sites = ", ".join(f"{name}: {{region: {'north' if name in north else 'south'}}}" for name in stocks)
    held = ", ".join(f"{{at: {name}, on_hand: {units}}}" for name, units in stocks.items())
    return f"""
end: {day(20)}
{WANT}
facilities: {{{sites}}}
demand: [{{at: facilities, product: kit, per_day: 10, distribution: deterministic}}]
stock: [{{at: store, on_hand: 0}}, {held}]
replenishment: [{{at: facilities, policy: base_stock, level: {level}}}, {{at: store, policy: base_stock, level: 0}}]
reserves:
  national:
    held_at: store
    size: {size}
    members: {"[north, south]" if north else "facilities"}
    release: {{when: {when}}}
"""


def opened(run: Any) -> int:
    """The first day on which the reserve opens."""
    return int(run.events.loc[run.events["event"] == "reserve_opened", "day"].iat[0])


@pytest.mark.parametrize(("above", "first"), [("33%", 2), ("34%", 4), ("66%", 4), ("67%", 6)])
def test_a_reserve_opens_when_the_share_of_sites_is_short(above: str, first: int, simulate: Any) -> None:
    """25, 45 and 65 run short on days 2, 4 and 6; one of three is 33.3% and two are 66.7%.

    By the evening of day 2 the first has ordered 5 and 5, to have ten again; by day 4 the second too, and by day 6 the
    third: with the reserve open that day, the next brings ten to each who is short.
    """
    stocks = {"a": 25, "b": 45, "c": 65}
    run = simulate(reserve(f"{{trigger: sites_short, above: {above}}}", stocks, 10, 100), detail="key")
    assert opened(run) == first
    received = [at(run, name, "received") for name in stocks]
    assert [units[first + 1] for units in received] == [10 if 2 + 2 * k <= first else 0 for k in range(3)]
    assert not any(any(units[: first + 1]) for units in received)


@pytest.mark.parametrize(
    ("of", "first", "received"),
    [
        # a has 25, 15: below 20 on day 1, and only a may draw: all of the 50
        ("site", 1, [50, 0, 0]),
        # a and b have 110, 90, 70, 55, 45, 35: below 40 on day 5. Open are 300 and 265: 26.5 and 23.5 of 50
        ("member", 5, [27, 23, 0]),
        # the same day, but for all: open are 300, 265 and 160, or 20.7, 18.3 and 11.0 of 50
        ("any", 5, [21, 18, 11]),
        # all have 60 on day 13 (a and b nothing, c 60) and 50 on day 14; open are 300, 300 and 250: 17.6, 17.6, 14.7
        ("together", 14, [18, 17, 15]),
    ],
)
def test_cover_is_that_of_the_site_the_member_or_all(of: str, first: int, received: list[int], simulate: Any) -> None:
    """Below two days of ten a day. 35 and 95 in the north, 200 in the south; everybody orders up to 300."""
    stocks = {"a": 35, "b": 95, "c": 200}
    when = f"{{trigger: days_of_cover, below: 2d, of: {of}}}"
    run = simulate(reserve(when, stocks, 300, 50, regions="ab"), detail="key")
    assert opened(run) == first
    assert [at(run, name, "received")[first + 1] for name in stocks] == received


@pytest.mark.parametrize(
    ("after", "stand_down", "days"), [("0d", "2d", [3, 8]), ("2d", "2d", [5, 8]), ("0d", "0d", [3, 6])]
)
def test_a_reserve_closes_when_its_reason_has_been_over_for_the_stand_down(
    after: str, stand_down: str, days: list[int], simulate: Any
) -> None:
    """An emergency of days 3, 4 and 5 is over from day 6 on; two days later is day 8."""
    text = reserve("{trigger: declared, after: 3d, until: 6d}", {"a": 500}, 10, 50)
    text = text.replace("until: 6d}}", f"until: 6d}}, after: {after}, stand_down: {stand_down}}}")
    events = simulate(text, detail="key").events.set_index("event")["day"]
    assert [events["reserve_opened"], events["reserve_closed"]] == days


def test_a_fire_takes_its_share_of_stock_and_reserve_alike(simulate: Any) -> None:
    """40% of 30 and of 50, each rounded for itself, are 12 and 20."""
    text = reserve("{trigger: declared, after: 90d}", {"a": 500}, 10, 50).replace("on_hand: 0", "on_hand: 30")
    for struck, lost in (("true", 32), ("false", 12)):
        fire = f"disruptions: [{{kind: stock_loss, at: store, from: {day(3)}, share: 40%, reserves: {struck}}}]\n"
        assert at(simulate(text + fire), "store", "destroyed")[2:5] == [0, lost, 0]


def test_buyers_rush_from_the_notice_to_the_ban(simulate: Any) -> None:
    """The level of 60 is 90 on days 5 to 8: thirty more at once, and none on days 9 to 11, until 60 are left of 90."""
    ban = f"disruptions: [{{kind: export_ban, country: IN, from: {day(9)}, for: 3d, notice: 4d, rush: 1.5}}]"
    run = simulate(direct(14, ban))
    assert at(run, "clinic", "ordered")[3:14] == [10, 10, 40, 10, 10, 10, 0, 0, 0, 10, 10]


def test_extra_patients_come_by_usual_demand_and_in_a_straight_line(simulate: Any) -> None:
    """Eight more a day for 10 + 30 are a factor of 1.2 from day 8 on, two and six patients.

    On the way there it is what the line from 1 to 1.2 has in the middle of days 4 to 7: 1.025, 1.075, 1.125, 1.175.
    Of ten that is 10.25, 10.75, 11.25, 11.75; of thirty 30.75, 32.25, 33.75, 35.25, fractions carried to the next day.
    """
    run = simulate(f"""
end: {day(12)}
products: {{kit: {{unit: kit}}}}
suppliers: {{maker: {{makes: {{kit: {{}}}}}}}}
facilities: {{small: {{}}, large: {{}}}}
lanes: [{{from: maker, to: facilities, time: 1d}}]
demand:
  - {{at: small, product: kit, per_day: 10, distribution: deterministic}}
  - {{at: large, product: kit, per_day: 30, distribution: deterministic}}
replenishment: [{{at: facilities, policy: base_stock, level: 5d}}]
disruptions: [{{kind: demand_surge, at: facilities, from: {day(4)}, for: 6d, extra: 8, ramp: 4d}}]
""")
    assert at(run, "small", "demand")[3:11] == [10, 10, 11, 11, 12, 12, 12, 10]
    assert at(run, "large", "demand")[3:11] == [30, 30, 33, 33, 36, 36, 36, 30]


@pytest.mark.parametrize(
    ("at_border", "received", "destroyed"),
    [
        # what left the maker on day 4 is not at the quay yet when the ban begins: it goes on, and nothing follows it
        # until the evening of day 9, when the orders of days 5 to 9 leave together
        ("pass", [10] * 9 + [0] * 4 + [50] + [10] * 6, 0),
        # it comes back, or is lost, and its order stays open: six days' orders leave on day 9
        ("return", [10] * 8 + [0] * 5 + [60] + [10] * 6, 0),
        ("destroy", [10] * 8 + [0] * 5 + [60] + [10] * 6, 10),
    ],
)
def test_goods_short_of_the_border_pass_return_or_are_destroyed(
    at_border: str, received: list[int], destroyed: int, simulate: Any
) -> None:
    """A day to the quay and three over the sea, ten a day; the ban holds on days 5 to 8."""
    run = simulate(f"""
end: {day(20)}
products: {{kit: {{unit: kit}}}}
suppliers: {{maker: {{country: IN, makes: {{kit: {{}}}}}}}}
ports: {{quay: {{country: IN}}}}
facilities: {{clinic: {{country: KE}}}}
lanes: [{{from: maker, to: quay, time: 1d}}, {{from: quay, to: clinic, mode: sea, time: 3d}}]
demand: [{{at: clinic, product: kit, per_day: 10, distribution: deterministic, shortage: backorder}}]
replenishment: [{{at: clinic, policy: base_stock, level: 100}}]
disruptions: [{{kind: export_ban, country: IN, from: {day(5)}, until: {day(9)}, at_border: {at_border}}}]
""")
    assert at(run, "clinic", "received") == received
    assert run.daily["destroyed"].sum() == destroyed
    # what came back is sent out once more, without being made once more: ten a day of orders for twenty days
    assert sum(at(run, "maker", "produced")) == 200 + destroyed


def test_whoever_ordered_first_is_served_first(simulate: Any) -> None:
    """The later name has nothing left on day 0 and orders ten; the earlier orders five on each of days 1 and 2.

    The store orders what it is asked for, which takes three days: ten come on day 3, and are those of day 0.
    """
    text = f"""
end: {day(6)}
products: {{kit: {{unit: kit}}}}
suppliers: {{maker: {{makes: {{kit: {{}}}}}}}}
warehouses: {{store: {{}}}}
facilities: {{early: {{}}, late: {{}}}}
lanes: [{{from: maker, to: store, time: 3d}}, {{from: store, to: facilities, time: 1d}}]
demand: [{{at: facilities, product: kit, per_day: 10, distribution: deterministic}}]
stock: [{{at: store, on_hand: 0}}, {{at: early, on_hand: 25}}, {{at: late, on_hand: 10}}]
allocation: [{{at: store, rule: first_come}}]
replenishment: [{{at: facilities, policy: base_stock, level: 10}}, {{at: store, policy: base_stock, level: 0}}]
"""
    run = simulate(text)
    assert at(run, "late", "received")[:5] == [0, 0, 0, 0, 10]
    assert at(run, "early", "received")[:5] == [0, 0, 0, 0, 0]
