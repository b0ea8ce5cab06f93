"""Transfers by hand: who gives what to whom on which evening, to the unit; and what complete pooling should move."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy.stats import norm

import sim
from sim.errors import ScenarioError
from sim.metrics.base import METRICS, View
from sim.report.run.reasons.why_share import why_share
from tests.property.running import run

Spec = dict[str, Any]
NEAR = {"rule": "nearest", "from": "facilities", "time": "1d", "keep": "5d", "below": "2d", "up_to": "4d"}


def world(*transfers: Spec, **more: Any) -> Spec:
    """Clinic a has 100 and uses 10 a day, clinic b has 12 and uses 5 a day; nothing comes from the maker.

    Evenings without transfers: a 90, 80, 70, 60, 50 ...; b 7, 2, then it is out.
    """
    return {
        "scenario": "hand", "title": "By hand", "start": "2001-01-01", "end": "2001-01-11",
        "products": {"p": {"unit": "box", "cost": 1}},
        "suppliers": {"maker": {"country": "AA", "makes": {"p": {}}}},
        "facilities": {"a": {"country": "AA"}, "b": {"country": "AA"}},
        "lanes": [{"from": "maker", "to": "facilities", "time": "1d"}],
        "demand": [
            {"at": "a", "product": "p", "per_day": 10, "distribution": "deterministic"},
            {"at": "b", "product": "p", "per_day": 5, "distribution": "deterministic"},
        ],
        "replenishment": [{"at": "facilities", "policy": "base_stock", "level": 0}],
        "stock": [{"at": "a", "on_hand": 100}, {"at": "b", "on_hand": 12}],
        "transfers": list(transfers),
    } | more  # fmt: skip


def column(done: sim.Run, site: str, name: str) -> list[int]:
    return [int(x) for x in done.daily[done.daily["site"] == site].set_index("day")[name]]


def gifts(done: sim.Run) -> list[tuple[int, str, str, int]]:
    """(day, giver, taker, units), as the table of transfers tells them."""
    table = done.transfers
    return list(zip(table["day"], table["giver"], table["taker"], table["units"], strict=True))


def test_who_lacks_is_given_up_to_its_level_by_who_can_spare_it() -> None:
    """Evening 0: b has 7, below 2 days (10), and is given 20 - 7 = 13 of the 90 - 50 that a can spare; they come on day
    1: 7 + 13 - 5 = 15, 10, 5. On day 3 b lacks 15, but a has 90 - 13 - 30 = 47, less than the 50 that it keeps."""
    done = run(world(NEAR))
    assert gifts(done) == [(0, "a", "b", 13)]
    assert column(done, "b", "on_hand")[:5] == [7, 15, 10, 5, 0]
    assert column(done, "a", "on_hand")[:4] == [77, 67, 57, 47]
    assert done.metrics["transferred"].value == 13
    assert column(done, "b", "received") == [0, 13, 0, 0, 0, 0, 0, 0, 0, 0]


def test_what_is_given_is_neither_demand_nor_an_order() -> None:
    """Demand, what was asked for and orders are those of a run without, day by day, at both."""
    with_, without = run(world(NEAR)), run(world())
    for site in ("a", "b"):
        assert column(with_, site, "demand") == column(without, site, "demand")
        assert not any(column(with_, site, "ordered"))
    assert without.outcome.transfers is None


def test_what_is_given_is_in_no_average_of_consumption() -> None:
    """Clinic a uses 10 a day and orders by what was issued, up to half a month and the day on the way: 160. On evening
    0 it has 90 and gives 13, on evenings 3 and 6 it gives 15; on day 1 it is back at 150. So it has 60 on evening 7,
    and orders 100; its seven days come to 70, as expected. Were gifts consumption it would think it uses 14 a day."""
    amc = {"policy": "months_of_stock", "min": "0.3mo", "max": "0.5mo", "review": "7d", "at": "a"}
    amc |= {"forecast": {"method": "amc", "over": "7d"}}
    done = run(world(NEAR, replenishment=[amc, {"at": "b", "policy": "base_stock", "level": 0}], end="2001-01-09"))
    assert gifts(done) == [(0, "a", "b", 13), (3, "a", "b", 15), (6, "a", "b", 15)]
    assert column(done, "a", "ordered") == [83, 0, 0, 0, 0, 0, 0, 100]
    assert done.forecasts.set_index("site").loc["a", ["asked", "bias"]].tolist() == [70, 0]


def test_nobody_is_given_twice_what_it_lacks() -> None:
    """With three days on the way b lacks on evenings 1 and 2 too, but for what is coming: 2 + 13 and 0 + 13 are above
    10."""
    assert gifts(run(world(NEAR | {"time": "3d"}))) == [(0, "a", "b", 13)]


def test_orders_that_should_have_come_more_than_a_week_ago_are_not_reckoned_with() -> None:
    """b has 15 on evening 0 and orders 12, due on day 1, which a delay holds up for a month. On day 8 it is a week
    late, and counts; on evening 9 b, which has been out since day 3, lacks all its 20."""
    orders = [{"at": "a", "policy": "base_stock", "level": 0}]
    orders.append({"at": "b", "policy": "base_stock", "level": 27, "review": "30d"})
    late = {"kind": "lane_delay", "lanes": ["maker > b"], "from": "2001-01-01", "for": "30d", "extra": "30d"}
    stock = [{"at": "a", "on_hand": 200}, {"at": "b", "on_hand": 20}]
    done = run(world(NEAR, end="2001-01-12", replenishment=orders, stock=stock, disruptions=[late]))
    assert column(done, "b", "ordered")[0] == 12 and gifts(done) == [(9, "a", "b", 20)]


def test_permission_is_asked_for_and_the_need_looked_at_again() -> None:
    """Asked on evening 0, granted two days later, when b has none and a has 70: 20 are lacking, 20 can be spared. By
    then a supply of its own has come where b orders: 13 on evening 0, so that it has 7 + 13 - 5 = 15 on evening 1."""
    done = run(world(NEAR | {"permission": "2d"}))
    assert gifts(done) == [(2, "a", "b", 20)]
    asked = done.events[done.events["event"] == "transfer_asked"]
    assert asked[["day", "site", "units"]].to_numpy().tolist()[0] == [0, "b", 13]
    orders = [
        {"at": "a", "policy": "base_stock", "level": 0},
        {"at": "b", "policy": "base_stock", "level": 20},
    ]
    assert not gifts(run(world(NEAR | {"permission": "1d"}, replenishment=orders)))


def test_a_transfer_fills_the_position_of_who_takes_and_lowers_that_of_who_gives() -> None:
    """Both order up to a level on evening 0: b has 7 + 13 on the way and orders nothing to 20; a has 90 - 13 and orders
    23 to 100. Without transfers b orders 13 and a 10."""
    orders = [
        {"at": "a", "policy": "base_stock", "level": 100},
        {"at": "b", "policy": "base_stock", "level": 20},
    ]
    done, without = (run(world(*entries, replenishment=orders)) for entries in ((NEAR,), ()))
    assert [column(one, site, "ordered")[0] for one in (done, without) for site in "ab"] == [23, 0, 10, 13]


def test_the_nearest_gives_first_and_a_giver_shares_by_cover() -> None:
    """c and d, a day and two days away, can spare 20 and 30; b lacks 26: 20 from c, 6 from d. Where b and e, of 5 and
    10 a day, have 2 and 3 and only c gives 20, 6 and 13 lift both to a cover of 1.6 days
    (8 of 5, 16 of 10), and the last unit goes to the one named first."""
    sites = {name: {"country": "AA"} for name in "bcd"}
    lanes = [
        {"from": "maker", "to": "facilities", "time": "1d"},
        {"from": "c", "to": "b", "time": "1d"},
        {"from": "d", "to": "b", "time": "2d"},
    ]
    use = [{"at": "facilities", "product": "p", "per_day": 5, "distribution": "deterministic"}]
    stock = [{"at": "b", "on_hand": 9}, {"at": "c", "on_hand": 50}, {"at": "d", "on_hand": 60}]
    rule = {"rule": "nearest", "from": ["c", "d"], "to": "b", "keep": "5d", "below": "2d", "up_to": "6d"}
    done = run(world(rule, facilities=sites, lanes=lanes, demand=use, stock=stock))
    assert gifts(done)[:2] == [(0, "c", "b", 20), (0, "d", "b", 6)]
    sites = {name: {"country": "AA"} for name in "bce"}
    use = [
        {"at": name, "product": "p", "per_day": daily, "distribution": "deterministic"}
        for name, daily in (("b", 5), ("c", 0), ("e", 10))
    ]
    stock = [{"at": "b", "on_hand": 7}, {"at": "c", "on_hand": 20}, {"at": "e", "on_hand": 13}]
    rule = {"rule": "nearest", "from": "c", "to": ["b", "e"], "time": "1d", "keep": 0, "below": "2d", "up_to": "4d"}
    done = run(world(rule, facilities=sites, demand=use, stock=stock))
    assert gifts(done)[:2] == [(0, "c", "b", 7), (0, "c", "e", 13)]


FLOOR = [{"for": "e", "share": "70%"}]


@pytest.mark.parametrize(
    ("share", "given"),
    [
        ({"rule": "need_weighted"}, [(0, "c", "b", 15), (0, "c", "e", 5)]),  # 20 by people, 3 : 1
        # 1% of people are 30 and 10
        ({"rule": "two_phase", "first": "1%", "caps": [{"units": 4}]},
         [(0, "c", "b", 4), (0, "c", "e", 4), (1, "c", "b", 4), (1, "c", "e", 4), (2, "c", "b", 4)]),
        ({"rule": "uniform", "caps": [{"for": "e", "units": 2}]}, [(0, "c", "b", 18), (0, "c", "e", 2)]),
        # one party, that has 20: proportional to 18 and 37 it would be 7 and 13
        ({"rule": "uniform", "between": "parties", "inside": {"rule": "uniform", "floors": FLOOR}},
         [(0, "c", "b", 6), (0, "c", "e", 14)]),
    ],
)  # fmt: skip
def test_a_giver_shares_by_any_rule_with_its_fields(share: Spec, given: list[tuple[object, ...]]) -> None:
    """c has 20; b and e, of 3,000 and 1,000 people, lack 18 and 37. By need and what they had, capped at 4, on the
    third evening 4 are left: b has had 8 of 30, e 8 of 10, so that b has all."""
    people = {"b": 3000, "c": 1, "e": 1000}
    sites = {name: {"country": "AA", "population": people[name]} for name in people}
    use = [
        {"at": name, "product": "p", "per_day": daily, "distribution": "deterministic"}
        for name, daily in (("b", 5), ("c", 0), ("e", 10))
    ]
    stock = [{"at": "b", "on_hand": 7}, {"at": "c", "on_hand": 20}, {"at": "e", "on_hand": 13}]
    rule = {"rule": "nearest", "from": "c", "to": ["b", "e"], "time": "1d", "keep": 0, "below": "2d", "up_to": "4d"}
    parties = {"both": {"kind": "city", "sites": ["b", "e"]}}
    done = run(world(rule | {"share": share}, facilities=sites, demand=use, stock=stock, parties=parties))
    assert gifts(done)[: len(given)] == given


def test_what_a_giver_shares_is_accounted_for() -> None:
    """In the evening b has 80 and c 70, and both keep 50; d has 10 and e nothing, up to 60. Both ask b, the fullest:
    linear of 30 among 50 and 60 is 40 less for each: 10 and 20. Then c: of 20 among 40 and 40, 10 each."""
    entry = {"rule": "fullest", "from": ["b", "c"], "to": ["d", "e"], "below": "3d", "up_to": "6d", "share": "linear"}
    spec = world(NEAR | entry, end="2001-01-02", facilities={name: {"country": "AA"} for name in "bcde"})
    spec["demand"] = [{"at": "facilities", "product": "p", "per_day": 10, "distribution": "deterministic"}]
    spec["stock"] = [{"at": n, "on_hand": units} for n, units in {"b": 90, "c": 80, "d": 20, "e": 0}.items()]
    done = run(spec, sharings=True)
    table = done.sharings[["source", "reserve", "claimant", "to_give", "asked", "given"]]
    first, second = "transfers.0: fullest", "transfers.0: fullest 2"
    assert table.to_numpy().tolist() == [
        ["b", first, "d", 30, 50, 10], ["b", first, "e", 30, 60, 20],
        ["c", second, "d", 20, 40, 10], ["c", second, "e", 20, 40, 10],
    ]  # fmt: skip
    told = why_share(done.sharings, 0, "b").text()
    assert "b shared 30 units of p, which it could spare (transfers.0: fullest), among 2 who asked for 110" in told
    assert "e got 20 of 60: it goes without 40.00" in told


def test_a_cap_is_of_all_that_a_party_gets_of_a_giver_in_an_evening() -> None:
    """d asks a first and e asks b, by their lanes. Their party may have 8 a day of each: e finds nothing left for it at
    a, nor d at b."""
    entry = NEAR | {"from": ["a", "b"], "to": ["d", "e"], "below": "3d", "up_to": "6d"}
    entry["share"] = {"rule": "uniform", "between": "parties", "caps": [{"units": 8}]}
    del entry["time"]
    spec = world(entry, end="2001-01-02", facilities={name: {"country": "AA"} for name in "abde"})
    ways = (("a", "d", "1d"), ("b", "e", "1d"), ("a", "e", "2d"), ("b", "d", "2d"))
    spec["lanes"] += [{"from": giver, "to": taker, "time": time} for giver, taker, time in ways]
    spec["sourcing"] = [{"at": ["d", "e"], "from": "maker"}]
    spec["demand"] = [{"at": "facilities", "product": "p", "per_day": 10, "distribution": "deterministic"}]
    spec["stock"] = [{"at": ["a", "b"], "on_hand": 200}, {"at": ["d", "e"], "on_hand": 10}]
    spec["parties"] = {"x": {"kind": "agency", "sites": ["d", "e"]}}
    assert gifts(run(spec)) == [(0, "a", "d", 8), (0, "b", "e", 8)]


def test_only_those_within_reach_and_the_same_party_are_asked() -> None:
    """Clinics on the equator, at 0, 1 and 3 degrees (111.2 km each): b, at 1, reaches a within 150 km and not c."""
    sites = {name: {"country": "AA", "lat": 0, "lon": lon} for name, lon in (("a", 0), ("b", 1), ("c", 3))}
    more = {
        "facilities": sites,
        "demand": [{"at": "facilities", "product": "p", "per_day": 5, "distribution": "deterministic"}],
        "stock": [{"at": "a", "on_hand": 30}, {"at": "b", "on_hand": 12}, {"at": "c", "on_hand": 100}],
        "parties": {"north": {"kind": "city", "sites": ["a", "c"]}, "south": {"kind": "city", "sites": "b"}},
    }
    near = run(world(NEAR | {"keep": "2d", "radius": "150km"}, **more))
    assert gifts(near)[0] == (0, "a", "b", 13)
    assert run(world(NEAR | {"radius": "150km"}, **more)).outcome.plan.network.sideways.size == 2
    assert {giver for _, giver, *_ in gifts(run(world(NEAR | {"within": "other_party"}, **more)))} == {"c"}
    ways = run(world(NEAR | {"within": "party"}, **more)).outcome.plan.network
    assert {ways.site_names(ways.cell_site[[cell]])[0] for cell in ways.flow_source[ways.orders :]} == {"a", "c"}


def test_those_in_a_pool_give_to_each_other_and_to_nobody_else() -> None:
    """north and south are in a pool, and north and east in another; far is in none, though all would have the most."""
    sites = {name: {"country": "AA"} for name in ("a", "b", "c", "d", "e")}
    parties: Spec = {
        "north": {"kind": "city", "sites": ["a", "c"]}, "south": {"kind": "city", "sites": "b"},
        "east": {"kind": "city", "sites": "d"}, "far": {"kind": "city", "sites": "e"},
        "one": {"kind": "pool", "members": ["north", "south"]}, "two": {"kind": "pool", "members": ["north", "east"]},
    }  # fmt: skip
    use = [{"at": "facilities", "product": "p", "per_day": 5, "distribution": "deterministic"}]
    spec = world(NEAR | {"within": "pool"}, facilities=sites, demand=use, stock=[], parties=parties)
    network = run(spec).outcome.plan.network
    cells = network.flow_source[network.orders :], network.flow_buyer[network.orders :]
    names = ("".join(network.site_names(network.cell_site[of])) for of in cells)
    assert {*zip(*names, strict=True)} == {*zip("aaabbcccdd", "bcdacabdac", strict=True)}
    del parties["one"], parties["two"]
    with pytest.raises(ScenarioError, match="none of these sites belongs to a pool"):
        run(spec)


def test_what_a_party_gives_from_its_stores_is_told_as_its_own() -> None:
    """b has 7 and is lent 13 on evening 0, which come on day 3, when it has lost 3 of its patients and uses 5: 8 are
    left, and 12 are lent; so on day 6, 7 and 13, and on day 9, 8 and 12: 50 in all, none of which is due yet."""
    parties = {"here": {"kind": "country", "sites": "AA"}, "there": {"kind": "country", "sites": "BB"}}
    done, names = run(abroad(parties=parties)), ("given_away", "transferred", "loans_outstanding")
    views = [View.of(done.outcome, party="here"), View.of(done.outcome, party="there"), View.of(done.outcome)]
    told = [[METRICS[name].function(view) for view in views] for name in names]
    assert told == [[50, 0, 50], [0, 50, 50], [0, 50, 50]]


def test_short_dated_goods_go_first_as_far_as_they_will_be_used() -> None:
    """20 of a's 100 can be used until day 1, ten of which it uses itself on day 0. Of the 13 that b is given, which
    come on day 1, when it uses 5, 5 of them go, and 8 of the others. Nothing of them is left to expire at b."""
    goods = {"p": {"unit": "box", "cost": 1, "shelf_life": "30d"}}
    stock = [{"at": "a", "on_hand": 100, "age": {"28d": "20%", "0d": "80%"}}, {"at": "b", "on_hand": 12}]
    done = run(world(NEAR, products=goods, stock=stock))
    left = done.events[(done.events["event"] == "departure") & (done.events["other"] == "a")]
    expires = done.lots.set_index("lot")["expires"]
    parts = [(int(units), str(expires[lot].date())) for units, lot in zip(left["units"], left["lot"], strict=True)]
    assert sorted(parts) == [(5, "2001-01-02"), (8, "2001-01-30")]
    assert not any(column(done, "b", "expired")) and column(done, "a", "expired")[:2] == [0, 0]


def test_what_several_give_in_an_evening_is_used_before_it_expires() -> None:
    """All that a and c have can be used until day 2. In the evening each has 56, and keeps 50; b lacks 13, and from day
    1 on uses 5 a day: of 10 that it will use in time a gives 6, and c 4. What b has itself lasts longer."""
    spec = world(NEAR | {"to": "b"}, end="2001-01-02", facilities={name: {"country": "AA"} for name in "abc"})
    spec["products"] = {"p": {"unit": "box", "cost": 1, "shelf_life": "30d"}}
    spec["demand"] = [
        {"at": name, "product": "p", "per_day": use, "distribution": "deterministic"}
        for name, use in (("a", 10), ("b", 5), ("c", 10))
    ]
    spec["stock"] = [{"at": ["a", "c"], "on_hand": 66, "age": "27d"}, {"at": "b", "on_hand": 12, "age": "0d"}]
    assert gifts(run(spec)) == [(0, "a", "b", 6), (0, "c", "b", 4)]


def test_what_several_pay_back_in_an_evening_is_used_before_it_expires() -> None:
    """a lends 13 each to b and c on evening 0, and has 100 - 26 - 40 = 34 on evening 3. Of what comes on day 4 and can
    be used until day 7 it uses 40 less these 34: 6. b has 5 such and pays them; c has as many, of which one may go at
    most."""
    loan = NEAR | {"loan": {"for": "3d"}, "from": "a", "to": ["b", "c"]}
    spec = world(loan, end="2001-01-05", facilities={name: {"country": "AA"} for name in "abc"})
    spec["products"] = {"p": {"unit": "box", "cost": 1, "shelf_life": "6d"}}
    spec["demand"] += [spec["demand"][1] | {"at": "c"}]
    spec["stock"] = [{"at": "a", "on_hand": 100, "age": "0d"}, {"at": ["b", "c"], "on_hand": 12, "age": "0d"}]
    orders = {"policy": "base_stock", "level": 40}
    spec["replenishment"] = [{"at": "a", "policy": "base_stock", "level": 0}, orders | {"at": ["b", "c"]}]
    table = run(spec).transfers
    back = table[(table["kind"] == "loan_repaid") & (table["day"] == 3)].groupby("giver")["units"].sum()
    assert back["b"] == 5 and back.get("c", 0) <= 1


def test_who_cannot_be_reached_pays_back_later() -> None:
    """As in the test of the day on which a loan is paid back, but b's systems are down on days 3 and 4, when it orders
    nothing either: it has 35, 30 and on day 5 just the 25 that it keeps; the 15 ordered then let it pay 10 on day 6."""
    orders = [{"at": "a", "policy": "base_stock", "level": 0}, {"at": "b", "policy": "base_stock", "level": 40}]
    down = {"kind": "cyber_blackout", "at": "b", "from": "2001-01-04", "for": "2d"}
    done = run(world(NEAR | {"loan": {"for": "3d"}}, replenishment=orders, disruptions=[down]))
    table = done.transfers[["day", "kind", "units"]].to_numpy().tolist()
    assert table[:3] == [[0, "loan", 13], [6, "loan_repaid", 10], [7, "loan_repaid", 3]]


def test_a_loan_that_is_not_paid_back_is_late_and_then_given_up() -> None:
    """b is lent 13 on evening 0, due on day 3 from what it has above 25 (five days of use). It never has that much, so
    that all of it is late on day 3, and is given up three days later."""
    loan = NEAR | {"loan": {"for": "3d", "written_off": "3d"}}
    done = run(world(loan))
    loans = done.outcome.transfers.loans
    assert loans is not None
    assert [int(loans.columns[name][0]) for name in ("day", "due", "lent", "repaid", "written_off")] == [
        0,
        3,
        13,
        0,
        13,
    ]
    told = done.events[done.events["event"].str.startswith("loan")]
    assert told[["day", "event", "units"]].to_numpy().tolist() == [
        [0, "loan", 13], [3, "loan_late", 13], [6, "loan_written_off", 13],
    ]  # fmt: skip


def test_a_loan_is_paid_back_on_its_day_as_far_as_there_is_more_than_is_kept() -> None:
    """From evening 0 on b orders up to 40, a day away: 20 of its own on evening 0 (7 + 13 are there or coming), so that
    it has 7 + 13 + 20 - 5 = 35 on day 1 and, ordering 5 a day, 35 on every evening. On day 3 it pays back 35 - 25 = 10
    of 13, and orders 15; on day 4 it has 25 + 15 - 5 = 35 again and pays the other 3."""
    orders = [{"at": "a", "policy": "base_stock", "level": 0}, {"at": "b", "policy": "base_stock", "level": 40}]
    done = run(world(NEAR | {"loan": {"for": "3d"}}, replenishment=orders))
    table = done.transfers[["day", "kind", "giver", "taker", "units"]].to_numpy().tolist()
    assert table[:3] == [[0, "loan", "a", "b", 13], [3, "loan_repaid", "b", "a", 10], [4, "loan_repaid", "b", "a", 3]]
    assert done.loans[["lent", "repaid", "outstanding"]].to_numpy().tolist()[0] == [13, 13, 0]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"rule": "neerest"}, "did you mean 'nearest'"),
        ({"within": "partyy"}, "did you mean 'party'"),
        ({"radius": "200"}, "a distance in kilometres such as 200km"),
        ({"radius": "200km"}, "'a' has no place on the map"),
        ({"keep": "1d"}, "who gives would lack goods itself"),
        ({"up_to": "1d"}, "only to lack still"),
        ({"share": "first_come"}, "no queue of orders here"),
        ({"from": "a"}, "nobody may give to anybody here"),
    ],
)
def test_what_cannot_be_meant_is_told_at_its_line(fields: Spec, message: str) -> None:
    with pytest.raises(ScenarioError, match=message) as caught:
        run(world(NEAR | fields))
    assert all(problem.line > 0 for problem in caught.value.problems)


def abroad(**more: Any) -> Spec:
    """A store w in AA, which supplies a there and has 100, lends to b in BB through a harbour, three days away: b has 7
    on evening 0 and lacks 13."""
    loan = NEAR | {"from": "w", "to": "b", "keep": 0, "below": "2d", "loan": {"for": "30d"}}
    del loan["time"]
    return world(
        loan,
        ports={"harbour": {"country": "AA", "handling": 1000, "clearance": "0d"}},
        warehouses={"w": {"country": "AA"}},
        facilities={"a": {"country": "AA"}, "b": {"country": "BB"}},
        lanes=[
            {"from": "maker", "to": ["w", "b"], "time": "1d"},
            {"from": "w", "to": "a", "time": "1d"},
            {"from": "w", "to": "harbour", "time": "2d"},
            {"from": "harbour", "to": "b", "time": "1d"},
            {"from": "b", "to": "w", "time": "1d"},
        ],
        sourcing=[{"at": "b", "from": "maker"}],
        replenishment=[{"at": "all", "policy": "base_stock", "level": 0}],
        stock=[{"at": "w", "on_hand": 100}, {"at": "a", "on_hand": 90}, {"at": "b", "on_hand": 12}],
        **more,
    )


def test_a_ban_stops_what_would_leave_and_turns_back_what_is_on_its_way() -> None:
    """Without a ban b has 13 on day 3, lent. Under one from day 0 on nothing leaves. One from day 1 on catches the 13
    on their way to the harbour: they are w's again, who owes nobody anything, and sends them no more."""
    free = run(abroad())
    assert gifts(free)[0] == (0, "w", "b", 13) and column(free, "b", "received")[3] == 13
    ban = {"kind": "export_ban", "country": "AA", "from": "2001-01-01", "for": "90d", "at_border": "return"}
    assert not gifts(run(abroad(disruptions=[ban])))
    caught = run(abroad(disruptions=[ban | {"from": "2001-01-02"}]))
    assert gifts(caught) == [(0, "w", "b", 13)] and not any(column(caught, "b", "received"))
    assert column(caught, "w", "on_hand") == [87, *[100] * 9] and not any(column(caught, "b", "on_order")[1:])
    assert caught.loans["lent"].tolist() == [0] and caught.metrics["loans_outstanding"].value == 0


def loss(z: float) -> float:
    """The standard normal loss function L(z) = phi(z) - z (1 - Phi(z))."""
    return float(norm.pdf(z) - z * (1 - norm.cdf(z)))


@pytest.mark.parametrize(("places", "z"), [(2, 0.0), (2, 0.5), (4, 0.5)])
def test_complete_pooling_after_demand_moves_what_the_formula_says(places: int, z: float) -> None:
    """Tagaras (1989): n places with N(m, s) and stock m + z s lack n s L(z) alone, sqrt(n) s L(z sqrt(n)) together, and
    the difference is moved. Here demand is Poisson of mean 400 (s = 20), one day of it, for 150 goods at once, each a
    trial of its own; who lacks waits over the evening, in which all that others have left is given."""
    trials, spread, mean = 150, 20.0, 400
    goods = {f"p{k}": {"unit": "box", "cost": 1} for k in range(trials)}
    clinics = [f"c{k}" for k in range(places)]
    level = mean + round(z * spread)
    spec = world(
        {"rule": "nearest", "from": "facilities", "time": "0d", "keep": 0, "below": 0},
        end="2001-01-03", products=goods, suppliers={"maker": {"country": "AA", "makes": {name: {} for name in goods}}},
        facilities={name: {"country": "AA"} for name in clinics},
        demand=[
            {"at": "facilities", "product": name, "per_day": mean, "distribution": "poisson", "shortage": "backorder"}
            for name in goods
        ],
        stock=[{"at": "facilities", "on_hand": level}],
    )  # fmt: skip
    done = run(spec)
    first = done.daily[done.daily["day"] == 0].pivot_table(
        index="product", columns="site", values="demand", observed=True
    )
    over = np.maximum(0, first[clinics].to_numpy() - level).sum(axis=1)
    left = np.maximum(0, level - first[clinics].to_numpy()).sum(axis=1)
    given = done.transfers.query("day == 0").groupby("product", observed=True)["units"].sum()
    moved = given.reindex(first.index, fill_value=0).to_numpy()
    assert (moved == np.minimum(over, left)).all()
    n = places
    alone, together = n * spread * loss(z), math.sqrt(n) * spread * loss(z * math.sqrt(n))
    for found, expected in ((over, alone), (over - moved, together), (moved, alone - together)):
        assert abs(found.mean() - expected) <= 3 * found.std(ddof=1) / math.sqrt(trials)
