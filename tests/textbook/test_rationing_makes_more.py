"""Rationing by hand of makers that have, or will have, room to make more than usual: they count on it, and use it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.property.running import run
from tests.textbook.test_rationing import OUTAGE, Spec, below, rivals, sent, shares, world


def maker(*more: Spec, stock: int = 200, **makes: Any) -> Spec:
    """The maker of `world`, which makes 10 a day, at 40% for 60 days."""
    made = {"p": {"capacity": 10, "finished_stock": stock, "more": list(more)} | makes}
    return world(
        {},
        suppliers={"maker": {"country": "AA", "makes": made}},
        disruptions=[OUTAGE | {"capacity": "40%"}],
    )  # fmt: skip


ANNOUNCED = {"when": {"trigger": "announced"}, "after": "20d", "to": "150%"}


@pytest.mark.parametrize(("ramp", "coming"), [("0d", 19 * 4 + 40 * 6), ("10d", 19 * 4 + 10 * 4 + 10 + 30 * 6)])
def test_overtime_to_come_is_counted_from_the_first_evening(ramp: str, coming: int) -> None:
    """4 a day on 19 mornings, then half as much again; over a ramp of ten days, in the mean a quarter. One ration holds
    until the end, and all of it is sent."""
    done = run(maker(ANNOUNCED | {"ramp": ramp}))
    assert shares(done, "maker") == [(0, round((200 + coming) / 600, 3)), (60, 1.0)]
    assert abs(sum(sent(done, "maker", 0, 60)) - (200 + coming)) <= 1 and min(sent(done, "maker", 0, 60)) >= 8


def test_overtime_that_ends_on_a_date_is_counted_until_then() -> None:
    """From day 20 to day 39 two a day on top of 59 times 4."""
    done = run(maker(ANNOUNCED | {"until": "2001-02-10"}))
    assert shares(done, "maker")[0] == (0, round((200 + 59 * 4 + 20 * 2) / 600, 3))


def test_overtime_that_nobody_knew_of_is_news_when_it_begins() -> None:
    """Until day 30 536 for 600. Then 300 + 29 x 4 + 4 - 268 in stock (fractions add up), and 29 x 4.4 to come, for 300;
    one unit is a third of a percent."""
    declared = {"when": {"trigger": "declared", "after": "30d"}, "to": "110%"}
    done = run(maker(declared, stock=300))
    (first, share), (second, more), *_ = shares(done, "maker")
    assert (first, share) == (0, round(536 / 600, 3))
    assert second == 30 and more == pytest.approx((152.4 + 29 * 4.4) / 300, abs=0.0034)


def noticed(capacity: str, **more: Any) -> Spec:
    """A maker with 100 in stock hears 20 days ahead that it will stand still for 30 days."""
    made = {"p": {"capacity": capacity, "finished_stock": 100} | more}
    stop = {
        "kind": "site_outage", "at": "maker", "stock": "ships", "from": "2001-01-21", "for": "30d", "notice": "20d",
        "expected": "30d",
    }  # fmt: skip
    return world({}, suppliers={"maker": {"country": "AA", "makes": made}}, disruptions=[stop])


def test_room_to_make_more_before_it_stands_still_is_counted_and_used() -> None:
    """Of 500 in 50 days it has 100 and makes 13 on each of 19 mornings."""
    done = run(noticed("130%"))
    assert shares(done, "maker") == [(0, round(347 / 500, 3)), (50, 1.0)]
    assert sum(sent(done, "maker", 0, 50)) == 347 and min(sent(done, "maker", 0, 50)) == 6


def test_who_can_make_enough_before_it_stands_still_does_and_deals_out_nothing() -> None:
    """Thirty a day for nineteen days are more than enough; it makes what 30 days will take, and no more."""
    done = run(noticed("300%"))
    assert done.rations.empty and sent(done, "maker", 0, 60) == [10] * 60
    made = done.daily[done.daily["site"] == "maker"].set_index("day")["produced"]
    assert made.loc[0:19].sum() == 400 and made.loc[20:49].sum() == 0  # 100 + 400 is what leaves in 50 days


def test_a_line_that_is_taken_away_is_trouble_for_who_loses_it() -> None:
    """A line of 6 a day goes to q until day 60: 4 a day are left of p. With 300 in stock that is the ration of an
    outage to 40%."""
    declared = {"trigger": "declared", "after": "0d"}
    line = {"when": declared, "to": "160%", "moved_from": {"product": "p"}, "until": "2001-03-02"}
    made = {"p": {"capacity": 10, "finished_stock": 300}, "q": {"capacity": 10, "more": [line]}}
    spec = world({}, suppliers={"maker": {"country": "AA", "makes": made}}, disruptions=[])
    spec["products"]["q"] = {"unit": "box", "cost": 1}
    spec["demand"].append(spec["demand"][0] | {"product": "q"})
    done = run(spec)
    mine = done.rations[done.rations["product"] == "p"]
    assert mine["day"].tolist()[0] == 0 and mine["share"].tolist()[0] == pytest.approx(536 / 600, abs=1e-3)


def test_output_that_is_scrapped_is_no_room_to_make_more() -> None:
    """Half is scrapped, so that 130% of usual is 26 begun a day; 60% of them give 7.8, not 10."""
    spec = maker(stock=100, capacity="130%", **{"yield": "50%"})
    spec["disruptions"] = [OUTAGE | {"capacity": "60%"}]
    done = run(spec)
    assert shares(done, "maker")[0] == (0, round((100 + 59 * 7.8) / 600, 3))


@pytest.mark.parametrize(("capacity", "a_day"), [("100%", 10), ("130%", 13)])
def test_what_is_in_process_when_the_plant_stops_is_not_counted_on(capacity: str, a_day: int) -> None:
    """Of what takes five days only what is begun on days 1 to 14 is out by day 19. One ration holds until the end."""
    done = run(noticed(capacity, takes="5d"))
    assert shares(done, "maker") == [(0, round((100 + 14 * a_day) / 500, 3)), (50, 1.0)]
    assert sum(sent(done, "maker", 0, 50)) == 100 + 14 * a_day


def test_what_is_in_process_and_comes_out_before_the_plant_stops_is_counted_on() -> None:
    """News on day 20, from day 30 to day 59 it stands still. That evening 100 are there or in process; what is begun on
    days 21 to 24 is out by day 29: 140 for 400."""
    spec = noticed("100%", takes="5d")
    spec["disruptions"][0] |= {"from": "2001-01-31", "notice": "10d"}
    done = run(spec)
    (day, share), over = shares(done, "maker")
    assert day == 20 and over == (60, 1.0)
    assert sum(sent(done, "maker", 20, 60)) == round(share * 400) == 140


def test_what_is_under_test_counts_if_it_passes_before_the_end() -> None:
    """Made again from day 50 on, and passed five days later: 347 are for 55 days, in one ration."""
    done = run(noticed("130%", testing="5d"))
    assert shares(done, "maker") == [(0, round(347 / 550, 3)), (55, 1.0)]


@pytest.mark.parametrize(("ramp", "between"), [("0d", 8), ("8d", 6.5)])
def test_new_customers_share_what_is_made_on_top_of_usual_capacity(ramp: str, between: float) -> None:
    """Fifteen a day and ten usual leave five; five days after the announcement on day 10 it is 18, and eight. Over a
    ramp of eight days it is 6.5 in the mean."""
    overtime = {"when": {"trigger": "announced"}, "after": "5d", "to": "120%", "ramp": ramp}
    done = rivals("spare", 15, more=[overtime])
    a, b = (done.daily[done.daily["site"] == site].set_index("day")["received"] for site in "ab")
    assert (a.loc[14:15] == 5).all() and (a.loc[25:38] == 8).all()
    assert a.loc[16:23].sum() == pytest.approx(8 * between, abs=1)
    assert (b.loc[14:38] >= 10).all()


@pytest.mark.parametrize(("to", "share"), [(None, 0.5), ("120%", 0.8), ("200%", None)])
def test_a_depot_counts_on_what_its_other_source_makes_on_top(to: str | None, share: float | None) -> None:
    """Its maker is out for 60 days, and neither has stock. Another maker makes 15 a day, of which its own customer
    takes ten: five are left, eight of 18, and all ten of thirty."""
    spec = below(sourcing=[{"at": "depot", "from": {"maker": "100%", "other": "0%"}}])
    overtime = [] if to is None else [{"when": {"trigger": "announced"}, "to": to}]
    spec["suppliers"] = {
        "maker": {"country": "AA", "makes": {"p": {"capacity": 10}}},
        "other": {"country": "AA", "makes": {"p": {"capacity": 15, "more": overtime}}},
    }
    spec["facilities"]["theirs"] = {"country": "AA"}
    spec["lanes"] += [{"from": "other", "to": site, "time": "0d"} for site in ("depot", "theirs")]
    spec["sourcing"] += [{"at": "theirs", "from": {"other": "100%"}}, {"at": "clinic", "from": {"depot": "100%"}}]
    spec["demand"].append(spec["demand"][0] | {"at": "theirs"})
    spec["replenishment"].append(spec["replenishment"][0] | {"at": "theirs"})
    found = shares(run(spec), "depot")
    assert found[:1] == ([] if share is None else [(0, share)])
