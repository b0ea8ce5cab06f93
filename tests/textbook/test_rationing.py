"""Rationing by hand: what makers and distributors deal out until supply is expected back, to the unit and day."""

from __future__ import annotations

from typing import Any

import pytest

import sim
from tests.property.running import run

Spec = dict[str, Any]
AT_ONCE = {"after": "0d"}
OUTAGE = {"kind": "site_outage", "at": "maker", "stock": "ships", "from": "2001-01-01", "for": "60d", "expected": "60d"}


def world(*rationing: Spec, **more: Any) -> Spec:
    """A clinic that asks for 10 a day, of a maker of at most 10 a day with 300 in stock, which is out for 60 days.

    Nothing is below the maker: what it sends in an evening is used the next day.
    """
    return {
        "scenario": "hand", "title": "By hand", "start": "2001-01-01", "end": "2001-05-01",
        "products": {"p": {"unit": "box", "cost": 1}},
        "suppliers": {"maker": {"country": "AA", "makes": {"p": {"capacity": 10, "finished_stock": 300}}}},
        "facilities": {"clinic": {"country": "AA"}},
        "lanes": [{"from": "maker", "to": "clinic", "time": "0d"}],
        "demand": [{"at": "clinic", "product": "p", "per_day": 10, "distribution": "deterministic"}],
        "replenishment": [{"at": "clinic", "policy": "base_stock", "level": 10}],
        "stock": [{"at": "clinic", "on_hand": 0}],
        "rationing": [{"at": "maker"} | AT_ONCE | entry for entry in rationing],
        "disruptions": [OUTAGE],
    } | more  # fmt: skip


def below(*rationing: Spec, stock: int = 0, level: Any = 10, time: str = "0d", **more: Any) -> Spec:
    """The same with a depot between them that has so much of its own, and deals out as well."""
    return world(
        {},
        {"at": "depot"},
        *rationing,
        warehouses={"depot": {"country": "AA"}},
        lanes=[{"from": "maker", "to": "depot", "time": time}, {"from": "depot", "to": "clinic", "time": "0d"}],
        replenishment=[
            {"at": "clinic", "policy": "base_stock", "level": 10},
            {"at": "depot", "policy": "base_stock", "level": level},
        ],
        stock=[{"at": "clinic", "on_hand": 0}, {"at": "depot", "on_hand": stock}],
    ) | more


def sent(done: sim.Run, site: str, first: int, until: int) -> list[int]:
    table = done.daily[(done.daily["site"] == site)].set_index("day")
    return [int(x) for x in table["dispatched"].loc[first : until - 1]]


def shares(done: sim.Run, site: str) -> list[tuple[int, float]]:
    """(day, share) of each decision of a source, to a tenth of a percent."""
    found = done.rations[done.rations["site"] == site]
    return [(int(day), round(float(share), 3)) for day, share in zip(found["day"], found["share"], strict=True)]


def test_thirty_days_of_stock_last_for_sixty_at_half() -> None:
    """300 in stock, nothing to come, 600 asked for in 60 days."""
    done = run(world({}))
    assert sent(done, "maker", 0, 60) == [5] * 60
    assert shares(done, "maker")[:1] == [(0, 0.5)]


def test_it_is_looked_at_again_every_so_many_days_and_stays_half() -> None:
    done = run(world({}))
    assert shares(done, "maker")[0] == (0, 0.5) and shares(done, "maker")[-1] == (60, 1.0)
    assert len(done.rations) == 2  # what has not changed is not told again


def test_the_reaction_takes_its_time() -> None:
    """Four days as usual leave 260 for 56 days: 4.64 a day, of which whole units leave as they add up."""
    done = run(world({"after": "4d"}))
    assert shares(done, "maker")[0] == (4, round(260 / 560, 3))
    days = [10] * 4 + [260 * k // 56 - 260 * (k - 1) // 56 for k in range(1, 57)]
    assert sent(done, "maker", 0, 60) == days and sum(days) == 300


def test_a_revised_end_is_news() -> None:
    """On day 20 the end is put off from day 60 to day 90: 200 are left for 70 days."""
    expected = {"for": "60d", "revised": [{"after": "20d", "for": "90d"}]}
    done = run(world({}, disruptions=[OUTAGE | {"for": "90d", "expected": expected}]))
    assert shares(done, "maker")[:2] == [(0, 0.5), (20, round(200 / 700, 3))]
    assert sent(done, "maker", 0, 20) == [5] * 20 and sum(sent(done, "maker", 20, 90)) == 200


def test_an_end_that_does_not_come_leaves_what_there_is_for_the_horizon() -> None:
    """Expected after 40 days: 75% until then, to the last unit. Then nothing is left, whatever the horizon."""
    done = run(world({"horizon": "30d"}, disruptions=[OUTAGE | {"expected": "40d"}]))
    assert shares(done, "maker")[:2] == [(0, 0.75), (40, 0.0)]
    assert sent(done, "maker", 0, 60) == [7, 8] * 20 + [0] * 20


def test_without_an_expected_end_the_horizon_rolls_on() -> None:
    """300 for 30 days are all of it; after 14 days 160 for 30 days are 53%; of 5.33 a day 74 leave in 14 days, so 86
    are left for 30 days, and so on."""
    outage = {key: value for key, value in OUTAGE.items() if key != "expected"}
    done = run(world({"horizon": "30d"}, disruptions=[outage]))
    assert shares(done, "maker")[:2] == [(14, round(160 / 300, 3)), (28, round(86 / 300, 3))]
    always = run(world({"horizon": "30d", "until": "horizon"}))
    assert shares(always, "maker")[:2] == shares(done, "maker")[:2]


def test_an_end_that_comes_early_ends_it_at_once() -> None:
    done = run(world({}, disruptions=[OUTAGE | {"for": "30d"}]))
    assert shares(done, "maker") == [(0, 0.5), (30, 1.0)]
    assert sent(done, "maker", 28, 33) == [5, 5, 10, 10, 10]


def test_looked_at_every_five_days_a_loss_is_seen_sooner() -> None:
    """On day 16 half of the 220 that are left are lost. Seen on day 20: 90 for 40 days; on day 28: 50 for 32 days."""
    loss = {"kind": "stock_loss", "at": "maker", "share": "50%", "from": "2001-01-17"}
    for review, day, share in (("5d", 20, 90 / 400), ("14d", 28, 50 / 320)):
        done = run(world({"review": review}, disruptions=[OUTAGE, loss]))
        assert shares(done, "maker")[1] == (day, round(share, 3))


def test_who_gets_half_passes_on_half() -> None:
    """What leaves the maker in an evening is with the depot in the morning."""
    done = run(below())
    assert shares(done, "depot")[0] == (0, 0.5)
    assert sent(done, "maker", 0, 60) == [5] * 60 and sent(done, "depot", 0, 61) == [0] + [5] * 60


def test_own_stock_is_added_to_what_comes() -> None:
    """(150 + 300) / 600; what leaves the maker in the last two evenings is not there in time."""
    done = run(below(stock=150, level=150))
    assert shares(done, "depot")[0] == (0, 0.75)
    assert sent(done, "depot", 0, 60) == [7, 8] * 29 + [5, 5]


def test_a_source_that_deals_out_nothing_is_expected_to_send_what_it_could_deal_out() -> None:
    """The maker sends all that is ordered; the depot keeps half of it back for the second half."""
    spec = below(stock=0, level=0)
    spec["rationing"] = spec["rationing"][1:]
    assert shares(run(spec), "depot")[0] == (0, 0.5)


def test_what_is_under_way_counts_and_trouble_comes_later_and_stays_later() -> None:
    """Ten days at sea: 100 under way; usual supply is back on day 70, so (100 + 300) / 700 from the first day on."""
    spec = below(time="10d", level=100)
    spec["stock"][1] |= {"on_the_way": "steady"}
    done = run(spec)
    assert shares(done, "depot")[0] == (0, round(400 / 700, 3))
    assert sum(sent(done, "depot", 0, 70)) == 400 and set(sent(done, "depot", 0, 70)) == {5, 6}


def test_notice_is_used_to_save_for_what_comes() -> None:
    """Known 20 days before: 300 in stock, 190 to be made from tomorrow on, and 800 asked for until the end."""
    outage = OUTAGE | {"from": "2001-01-21", "notice": "20d"}
    done = run(world({}, disruptions=[outage]))
    assert shares(done, "maker")[0] == (0, round(490 / 800, 3))
    assert sum(sent(done, "maker", 0, 80)) == 490


def test_capacity_that_is_left_counts() -> None:
    """300 and 4 on each of 59 mornings for 600."""
    done = run(world({}, disruptions=[OUTAGE | {"capacity": "40%"}]))
    assert shares(done, "maker")[0] == (0, round(536 / 600, 3))
    assert sum(sent(done, "maker", 0, 60)) == 536 and min(sent(done, "maker", 0, 60)) == 8
