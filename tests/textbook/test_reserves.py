"""Reserves by hand, evening by evening: when they open, what leaves, how they are filled again. Days count from 0."""

from __future__ import annotations

from typing import Any

import pytest

from tests.textbook.test_by_hand import at, day


def held(release: str, size: int = 200, more: str = "", days: int = 14, disruptions: str = "", lane: str = "") -> str:
    """A store with a reserve and nothing else, and a clinic with nothing that needs ten a day.

    What the clinic lacks waits, is ordered the same evening, and is owed by the store: 10, 20, ... What the store
    orders comes after the last day.
    """
    return f"""
end: {day(days)}
products: {{kit: {{unit: kit}}}}
suppliers: {{maker: {{country: IN, makes: {{kit: {{}}}}}}}}
warehouses: {{store: {{country: KE}}}}
facilities: {{clinic: {{country: KE}}}}
lanes: [{{from: maker, to: store, time: 90d}}, {{from: store, to: clinic, time: 1d {lane}}}]
demand: [{{at: clinic, product: kit, per_day: 10, distribution: deterministic, shortage: backorder}}]
stock: [{{at: [store, clinic], on_hand: 0}}]
replenishment: [{{at: [store, clinic], policy: base_stock, level: 0}}]
reserves:
  national: {{held_at: store, size: {size}, members: clinic, release: {{{release}}} {more}}}
{disruptions}
"""


# when it opens and closes, and how much leaves


def test_a_reserve_gives_its_daily_share_from_authorisation_to_stand_down(simulate: Any) -> None:
    """Met in the evenings of days 3 to 7; authorised two days later, on day 5; not met for two days on day 10.

    10% of 200 are 20 a day on the five days 5 to 9; the store owes 60 on day 5, and never less than 20 until day 9.
    """
    run = simulate(held("when: {trigger: declared, after: 3d, until: 8d}, after: 2d, stand_down: 2d, at_most: 10%"))
    assert at(run, "store", "reserve") == [200] * 5 + [180, 160, 140, 120, 100] + [100] * 4
    assert at(run, "clinic", "received") == [0] * 6 + [20] * 5 + [0] * 3


@pytest.mark.parametrize(("notice", "told"), [("0d", 9), ("4d", 5)])
def test_an_announcement_is_heard_the_evening_of_its_day_and_is_over_with_the_ban(
    notice: str, told: int, simulate: Any
) -> None:
    """What is owed by then leaves at once, ten more each evening up to day 13; the ban of five days ends on day 14."""
    ban = f"disruptions: [{{kind: export_ban, country: IN, from: {day(9)}, for: 5d, notice: {notice}}}]"
    run = simulate(held("when: {trigger: announced}, stand_down: 0d", disruptions=ban, days=17))
    left = [200] * told + [200 - 10 * (evening + 1) for evening in range(told, 14)]
    assert at(run, "store", "reserve") == left + [60] * 3


@pytest.mark.parametrize("of", ["member", "any", "together", "site"])
def test_cover_opens_a_reserve_below_its_level_and_not_at_it(of: str, simulate: Any) -> None:
    """50 less ten a day are 20 on day 2, two days of cover to the unit; 10 on day 3. Owed by then: 40."""
    text = held(f"when: {{trigger: days_of_cover, below: 2d, of: {of}}}", days=6)
    text = text.replace("{at: [store, clinic], on_hand: 0}", "{at: store, on_hand: 0}, {at: clinic, on_hand: 50}")
    text = text.replace(
        "{at: [store, clinic], policy: base_stock, level: 0}",
        "{at: store, policy: base_stock, level: 0}, {at: clinic, policy: base_stock, level: 50}",
    )
    assert at(simulate(text), "store", "reserve") == [200, 200, 200, 160, 150, 140]


def two_clinics(when: str, kits: dict[str, int]) -> str:
    """Two clinics that need ten kits and ten vials a day; vials abound, kits are as told; a reserve of each product."""
    stock = ", ".join(f"{{at: {site}, products: [kit], on_hand: {units}}}" for site, units in kits.items())
    levels = "\n".join(
        f"  - {{at: {site}, products: [kit], policy: base_stock, level: {units}}}" for site, units in kits.items()
    )
    return f"""
end: {day(2)}
products: {{kit: {{unit: kit}}, vial: {{unit: vial}}}}
suppliers: {{maker: {{makes: {{kit: {{}}, vial: {{}}}}}}}}
warehouses: {{store: {{}}}}
facilities: {{a: {{}}, b: {{}}}}
lanes: [{{from: maker, to: store, time: 90d}}, {{from: store, to: facilities, time: 1d}}]
demand:
  - {{at: facilities, product: kit, per_day: 10, distribution: deterministic, shortage: backorder}}
  - {{at: facilities, product: vial, per_day: 10, distribution: deterministic, shortage: backorder}}
stock: [{stock}, {{at: facilities, products: [vial], on_hand: 100}}, {{at: store, on_hand: 0}}]
replenishment:
  - {{at: store, policy: base_stock, level: 0}}
  - {{at: facilities, products: [vial], policy: base_stock, level: 100}}
{levels}
reserves:
  national: {{held_at: store, size: 300, members: facilities, release: {{when: {{{when}}}}}}}
"""


def of_product(run: Any, site: str, product: str, column: str) -> list[int]:
    mine = (run.daily["site"] == site) & (run.daily["product"] == product)
    return run.daily.loc[mine, column].tolist()


def test_one_member_that_runs_low_opens_for_all_who_want_the_product_and_for_no_other(simulate: Any) -> None:
    """In the evening of day 0 a has 5 kits left, less than a day's, and b 90; both have 90 vials. Each ordered ten."""
    run = simulate(two_clinics("trigger: days_of_cover, below: 1d, of: any", {"a": 15, "b": 100}))
    assert of_product(run, "store", "kit", "reserve") == [280, 260]
    assert of_product(run, "store", "vial", "reserve") == [300, 300]
    alone = simulate(two_clinics("trigger: days_of_cover, below: 1d, of: member", {"a": 15, "b": 100}))
    assert of_product(alone, "a", "kit", "received") == [0, 10]
    assert of_product(alone, "b", "kit", "received") == [0, 0]


@pytest.mark.parametrize(("share", "opens"), [("50%", True), ("51%", False)])
def test_sites_short_opens_when_the_share_is_reached(share: str, opens: bool, simulate: Any) -> None:
    """One of two clinics has no kit on day 0: half of them."""
    run = simulate(two_clinics(f"trigger: sites_short, above: {share}", {"a": 0, "b": 100}))
    assert of_product(run, "store", "kit", "reserve")[0] == (280 if opens else 300)


def test_an_allocation_binds_what_a_reserve_sends(simulate: Any) -> None:
    """Half of the usual ten may leave each day, from whatever stock: five, though more is owed every day."""
    ration = f"disruptions: [{{kind: supplier_allocation, supplier: store, from: {day(0)}, for: 60d, share: 50%}}]"
    run = simulate(held("when: {trigger: declared, after: 0d}", disruptions=ration, days=6))
    assert at(run, "store", "reserve") == [195, 190, 185, 180, 175, 170]


# what a member that holds its own takes


@pytest.mark.parametrize(
    ("per_day", "left"),
    [
        # 30 wait on day 2, and a week is 70: 100; then 30 + 10 are served and 60 left, so ten a day
        (10, [200, 200, 100, 90, 80, 70, 60, 50, 40, 30, 20, 10, 0, 0]),
        # 2, 3, 2 wait, and a week is 17.5, in whole units 18: 25; then what the day before took: 3, 2, 3, ...
        (2.5, [200, 200, 175, 172, 170, 167, 165, 162, 160, 157, 155, 152, 150, 147]),
    ],
)
def test_a_clinic_takes_from_its_own_reserve_what_waits_and_what_lacks_to_a_week(
    per_day: float, left: list[int], simulate: Any
) -> None:
    text = held("when: {trigger: declared, after: 2d}").replace("held_at: store", "held_at: clinic")
    run = simulate(text.replace("per_day: 10", f"per_day: {per_day}"))
    assert at(run, "clinic", "reserve") == left


def test_a_clinic_with_a_week_on_its_shelf_leaves_its_reserve_alone(simulate: Any) -> None:
    """90 less ten a day are 70 on day 1, a week; 60 on day 2: ten are taken each day from then on."""
    text = held("when: {trigger: declared, after: 0d}", days=5).replace("held_at: store", "held_at: clinic")
    text = text.replace("{at: [store, clinic], on_hand: 0}", "{at: store, on_hand: 0}, {at: clinic, on_hand: 90}")
    run = simulate(text)
    assert at(run, "clinic", "reserve") == [200, 200, 190, 180, 170]
    assert at(run, "clinic", "on_hand") == [80, 70, 70, 70, 70]


def test_the_daily_share_of_a_clinics_own_reserve_is_its_limit_too(simulate: Any) -> None:
    """30 and a week of 70 lack on day 2; a tenth of 200 may be taken: 20 a day, while ten are used."""
    text = held("when: {trigger: declared, after: 2d}, at_most: 10%", days=6)
    text = text.replace("held_at: store", "held_at: clinic")
    assert at(simulate(text), "clinic", "reserve") == [200, 200, 180, 160, 140, 120]


# how it is filled again


def refilled(level: int, until: str, refill: str, lane: str = "", days: int = 14) -> str:
    """Supply of the store takes five days; ten a day leave its reserve of 100 from day 1 on, while it is open.

    In the evening of day 0 the store orders its level and the clinic's ten. What the reserve gives is owed no more, so
    after two such days (50 - 10 - 10 to 40 ...) two orders fall out: those of days 2 and 3, due on days 7 and 8.
    """
    text = held(
        f"when: {{trigger: declared, after: 1d {until}}}, stand_down: 0d, at_most: 10%",
        size=100, more=f", refill: {{{refill}}}", days=days, lane=lane,
    )  # fmt: skip
    return text.replace("time: 90d", "time: 5d").replace(
        "{at: [store, clinic], policy: base_stock, level: 0}",
        f"{{at: store, policy: base_stock, level: {level}}}, {{at: clinic, policy: base_stock, level: 0}}",
    )


@pytest.mark.parametrize(
    ("level", "after", "reserve"),
    [
        # day 5: 70 come and 40 are owed, 30 left; 8 set apart, 22 + 10 - 10 = 22, 8, 14 + 0 - 10 = 4, the last 4
        (60, "2d", [80, 80, 88, 96, 100, 100, 100]),
        (60, "3d", [80, 80, 80, 88, 96, 96, 96]),  # a day later: 30, 22, 12 less 8 are 4, and then six are owed
        # 15 left: 8, then 7 + 10 - 10 = 7, less than the rate; from day 7 on customers wait
        (45, "2d", [80, 80, 88, 95, 95, 95, 95]),
    ],
)
def test_a_closed_reserve_is_refilled_after_its_time_at_its_rate_from_what_is_on_the_shelf(
    level: int, after: str, reserve: list[int], simulate: Any
) -> None:
    """Open on days 1 and 2, closed on day 3; with two days more it is refilled from day 5 on, 8% of 100 a day."""
    run = simulate(refilled(level, ", until: 3d", f"after: {after}, at_most: 8%"))
    assert at(run, "store", "reserve")[:10] == [100, 90, 80, *reserve]


def test_what_is_set_apart_is_ordered_again(simulate: Any) -> None:
    """8 and 7 leave the position on days 5 and 6, and come with the orders of days 6 and 7."""
    run = simulate(refilled(45, ", until: 3d", "after: 2d, at_most: 8%"))
    assert at(run, "store", "received") == [0] * 5 + [55, 10, 0, 0, 10, 10, 10 + 8, 10 + 7, 10]


def test_nothing_is_set_apart_while_customers_wait(simulate: Any) -> None:
    """Fifteen a day can leave: of the 40 owed on day 5 25 wait, then 20, 15, 10, 5 and none on day 10."""
    run = simulate(refilled(100, ", until: 3d", "after: 2d, at_most: 8%", lane=", capacity: 15"))
    assert at(run, "store", "owed")[5:12] == [25, 20, 15, 10, 5, 0, 0]
    assert at(run, "store", "on_hand")[5:12] == [95, 90, 75, 60, 55, 50 - 8, 42 - 8]
    assert at(run, "store", "reserve") == [100, 90] + [80] * 8 + [88, 96, 100, 100]


def test_an_open_reserve_is_not_refilled(simulate: Any) -> None:
    """Ten leave on each of days 1 to 4; from day 5 on nobody waits and stock lies on the shelf, until day 9."""
    run = simulate(refilled(40, "", "after: 0d, at_most: 100%", days=10))
    assert at(run, "store", "reserve") == [100, 90, 80, 70] + [60] * 6
    assert at(run, "store", "on_hand")[5:] == [30, 30, 20, 10, 0]


# what strikes it


@pytest.mark.parametrize(("reserves", "left"), [("true", 60), ("false", 100)])
def test_a_loss_of_stock_strikes_a_reserve_only_if_it_says_so(reserves: str, left: int, simulate: Any) -> None:
    loss = f"disruptions: [{{kind: stock_loss, at: store, from: {day(3)}, share: 40%, reserves: {reserves}}}]"
    run = simulate(held("when: {trigger: declared, after: 90d}", size=100, days=5, disruptions=loss))
    assert at(run, "store", "reserve") == [100] * 3 + [left] * 2
    assert sum(at(run, "store", "destroyed")) == 100 - left


def test_a_reserve_of_cold_goods_spoils_when_the_room_is_warm(simulate: Any) -> None:
    """Without power from day 2 on; the room keeps cold for a day."""
    cut = f"disruptions: [{{kind: power_cut, at: store, from: {day(2)}, for: 4d, keeps: 24h}}]"
    text = held("when: {trigger: declared, after: 90d}", size=100, days=5, disruptions=cut)
    text = text.replace("unit: kit", "unit: kit, storage: cold")
    text = text.replace("time: 90d", "time: 90d, cold: true").replace("time: 1d", "time: 1d, cold: true")
    assert at(simulate(text), "store", "reserve") == [100] * 3 + [0] * 2
