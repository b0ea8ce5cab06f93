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
