"""Goods at a border, on it and held by somebody, by hand. Days count from 0."""

from __future__ import annotations

from typing import Any

import pytest

from tests.textbook.test_by_hand import at, day, direct


def through_a_port(more: str, days: int = 16) -> str:
    """Ten a day: a day to a port of the maker's country, three across the border to the clinic."""
    return f"""
end: {day(days)}
products: {{kit: {{unit: kit}}}}
suppliers: {{maker: {{country: IN, makes: {{kit: {{}}}}}}}}
ports: {{quay: {{country: IN}}}}
facilities: {{clinic: {{country: KE}}}}
lanes: [{{from: maker, to: quay, time: 1d}}, {{from: quay, to: clinic, mode: sea, time: 3d}}]
demand: [{{at: clinic, product: kit, per_day: 10, distribution: deterministic, shortage: backorder}}]
replenishment: [{{at: clinic, policy: base_stock, level: 100}}]
disruptions: [{more}]
"""


@pytest.mark.parametrize(
    ("fate", "received", "destroyed", "back"),
    [
        ("destroy", [10] * 8 + [0] * 5 + [60, 10, 10], 10, 0),
        ("return", [10] * 8 + [0] * 5 + [60, 10, 10], 0, 10),
        ("pass", [10] * 9 + [0] * 4 + [50, 10, 10], 0, 0),
    ],
)
def test_a_ban_finds_what_has_not_left_the_country_and_lets_the_others_sail(
    fate: str, received: list[int], destroyed: int, back: int, simulate: Any
) -> None:
    """The goods of day 3 left the quay on day 4 and are there on day 7; those of day 4 have not come to it on day 5.

    Nobody sends anything on days 5 to 8; on day 9 the 50 of five orders leave, and the ten again that were stopped.
    """
    ban = f"{{kind: export_ban, country: IN, from: {day(5)}, until: {day(9)}, at_border: {fate}}}"
    run = simulate(through_a_port(ban))
    assert at(run, "clinic", "received") == received
    assert sum(at(run, "maker", "destroyed")) == destroyed
    assert at(run, "maker", "on_hand")[5:9] == [back] * 4
    assert at(run, "maker", "dispatched")[4:10] == [10, 0, 0, 0, 0, received[13]]


def test_a_ban_serves_the_countries_and_sites_that_are_exempt(simulate: Any) -> None:
    text = f"""
end: {day(8)}
products: {{kit: {{unit: kit}}}}
suppliers: {{maker: {{country: IN, makes: {{kit: {{}}}}}}}}
facilities: {{a: {{country: KE}}, b: {{country: UG}}, c: {{country: UG}}, home: {{country: IN}}}}
lanes: [{{from: maker, to: facilities, time: 1d}}]
demand: [{{at: facilities, product: kit, per_day: 10, distribution: deterministic, shortage: backorder}}]
replenishment: [{{at: facilities, policy: base_stock, level: 30}}]
disruptions: [{{kind: export_ban, country: IN, from: {day(2)}, for: 9d, exempt: [KE, c]}}]
"""
    run = simulate(text)
    assert at(run, "b", "received") == [10] * 3 + [0] * 5  # those of day 1 are there on day 2
    for served in ("a", "c", "home"):
        assert at(run, served, "received") == [10] * 8


def test_buyers_rush_from_the_notice_until_the_ban_begins(simulate: Any) -> None:
    """Twice the level of 60 from day 3 on: 60 more once; on day 6 the level is 60 again, and nothing is ordered until
    the position has come down to it."""
    ban = f"disruptions: [{{kind: export_ban, country: IN, from: {day(6)}, for: 3d, notice: 3d, rush: 2}}]"
    run = simulate(direct(14, more=ban))
    assert at(run, "clinic", "ordered") == [10, 10, 10, 70, 10, 10, 0, 0, 0, 0, 0, 0, 10, 10]


def test_detained_vessels_do_not_pass_meanwhile(simulate: Any) -> None:
    """Ten days at sea, a passage after three, closed from day 6 to 12. Those of days 0 and 1 are held for four days
    from day 2 on: they come to it on days 7 and 8 instead of 3 and 4, and wait, with those of days 3 to 8.

    The vessel of day 2 passes on day 5. Day 12 opens for eight that waited and for that of day 9: on day 19 all nine
    are there.
    """
    sea = ", mode: sea, passages: {suez: 30%}, detour: {suez: 9d}"
    more = f"""stock: [{{at: clinic, on_hand: 500}}]
disruptions:
  - {{kind: seizure, lanes: [maker > clinic], from: {day(2)}, held: 4d}}
  - {{kind: route_closure, passage: suez, from: {day(6)}, until: {day(12)}, diverts: 0%}}"""
    run = simulate(direct(22, time="10d", lane=sea, level=500, more=more))
    assert at(run, "clinic", "received") == [0] * 12 + [10] + [0] * 6 + [90, 10, 10]


def test_what_waits_in_a_port_is_held_from_the_day_it_is_taken(simulate: Any) -> None:
    """A port in the buyer's country is shut on days 3 to 7. What came on days 3 to 5 is taken on day 6 for four days.

    On day 8 what came on days 6, 7 and 8 goes on, and is there on day 9; what was held goes on day 10.
    """
    run = simulate(f"""
end: {day(14)}
products: {{kit: {{unit: kit}}}}
suppliers: {{maker: {{country: IN, makes: {{kit: {{}}}}}}}}
ports: {{harbour: {{country: KE}}}}
facilities: {{clinic: {{country: KE}}}}
lanes: [{{from: maker, to: harbour, mode: sea, time: 1d}}, {{from: harbour, to: clinic, time: 1d}}]
demand: [{{at: clinic, product: kit, per_day: 10, distribution: deterministic, shortage: backorder}}]
replenishment: [{{at: clinic, policy: base_stock, level: 100}}]
disruptions:
  - {{kind: port_closure, port: harbour, from: {day(3)}, until: {day(8)}}}
  - {{kind: seizure, port: harbour, from: {day(6)}, held: 4d}}
""")
    assert at(run, "clinic", "received") == [10] * 4 + [0] * 5 + [30, 10, 40, 10, 10]


def test_the_longest_of_several_licences_counts(simulate: Any) -> None:
    """Six and two days of waiting at once, in whichever order they are written: six."""
    rules = [f"{{kind: licence_delay, country: IN, from: {day(3)}, for: 1d, wait: {wait}}}" for wait in ("6d", "2d")]
    for several in (rules, rules[::-1]):
        run = simulate(direct(13, more=f"disruptions: [{', '.join(several)}]"))
        assert at(run, "clinic", "received") == [10] * 5 + [0] + [10] * 5 + [20, 10]


def test_a_delay_adds_its_days_to_the_lengthened_journey(simulate: Any) -> None:
    """Twice two days and three more are seven: what leaves on day 3 is there on day 10."""
    delay = f"disruptions: [{{kind: lane_delay, mode: road, from: {day(3)}, for: 1d, factor: 2, extra: 3d}}]"
    run = simulate(direct(12, lane=", mode: road", more=delay))
    assert at(run, "clinic", "received") == [10] * 5 + [0] + [10] * 4 + [20, 10]


def test_clearance_takes_longer_for_what_is_handled_meanwhile(simulate: Any) -> None:
    """Two days more for what comes to the port on days 5 and 6, which is there on days 8 and 9 with that of 6 and 7."""
    text = through_a_port(
        f"{{kind: port_closure, port: quay, capacity: 100%, from: {day(5)}, for: 2d, extra_clearance: 2d}}", days=12
    )
    run = simulate(text.replace("time: 3d", "time: 1d"))
    assert at(run, "clinic", "received") == [10] * 6 + [0] * 2 + [20, 20, 10, 10]
