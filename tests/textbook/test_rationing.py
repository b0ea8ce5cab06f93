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
    return (
        world(
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
        )
        | more
    )


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
    assert shares(done, "depot") == [(0, 0.5), (60, 1.0)]
    assert sent(done, "maker", 0, 60) == [5] * 60 and sent(done, "depot", 0, 61) == [0] + [5] * 60


def test_own_stock_is_added_to_what_comes() -> None:
    """(150 + 300) / 600. Goods come in the morning after, and nothing came on the first: on day 14 there are 115, and
    225 come in time for 46 days."""
    done = run(below(stock=150, level=150))
    assert shares(done, "depot")[:2] == [(0, 0.75), (14, round(340 / 460, 3))]
    assert sent(done, "depot", 0, 14) == [7, 8] * 7 and min(sent(done, "depot", 0, 60)) == 7


def test_own_stock_is_what_is_there_beside_the_usual_turnover() -> None:
    """In balance, ten come every morning and ten leave: with 150 beside, from day 20 on, it is 75% again; with none
    50%, to the end. The maker, who makes what left in the evening before, has 300 of 310 then."""
    later = [OUTAGE | {"from": "2001-01-21"}]
    for stock, share in ((150, 0.75), (0, 0.5)):
        spec = below(stock=stock + 10, level=stock + 10, disruptions=later)
        spec["suppliers"]["maker"]["makes"]["p"]["finished_stock"] = 310
        done = run(spec)
        told = shares(done, "depot")
        assert told[0] == (20, share) and told[-1][0] == 80
        assert all(abs(other - share) < 0.02 for _, other in told[:-1])


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


def two(*rationing: Spec, **more: Any) -> Spec:
    """Two clinics that ask for 10 a day each, a and b, of a maker of 20 a day with 900 in stock, out for 60 days."""
    spec = world(*rationing)
    spec["suppliers"]["maker"]["makes"]["p"] = {"capacity": 20, "finished_stock": 900}
    spec["facilities"] = {"a": {"country": "AA"}, "b": {"country": "AA"}}
    spec["lanes"] = [{"from": "maker", "to": "facilities", "time": "0d"}]
    for part in ("demand", "replenishment", "stock"):
        spec[part][0]["at"] = "facilities"
    return spec | more


def received(done: sim.Run, site: str, first: int, until: int) -> int:
    """What a site received of what was sent on some days: it is there the next morning."""
    table = done.daily[(done.daily["site"] == site)].set_index("day")["received"]
    return int(table.loc[first + 1 : until].sum())


@pytest.mark.parametrize(
    ("terms", "a", "b"),
    [
        ({}, 450, 450),  # 75% each
        ({"contract": "70%"}, 450, 450),  # all have it: 70% for certain, and of the rest a sixth
        ({"contract_first": ["a"]}, 600, 300),
        ({"contract": "70%", "contract_first": "a"}, 530, 369),  # 420, and 480 left for 180 and 600: 61.5% of each
        ({"exempt": "a"}, 600, 300),
        ({"exempt": "b", "contract": "50%", "contract_first": "a"}, 300, 600),
    ],
)
def test_contracts_and_those_exempt_come_first(terms: Spec, a: int, b: int) -> None:
    done = run(two(terms))
    assert (received(done, "a", 0, 60), received(done, "b", 0, 60)) == (a, b)


def waiting(first: Any, more: list[Spec] | None = None) -> sim.Run:
    """Out for 20 days, 100 in stock, patients wait: 100 are owed when the maker, of 20 a day at most, begins again."""
    spec = world({"restart": first}, disruptions=[OUTAGE | {"for": "20d", "expected": "20d"}, *(more or [])])
    spec["suppliers"]["maker"]["makes"]["p"] = {"capacity": 20, "finished_stock": 100}
    spec["demand"][0]["shortage"] = "backorder"
    return run(spec)


def test_after_the_restart_customers_get_no_more_than_catching_up_allows() -> None:
    """Up to 150%: 15 a day, 5 of it of what is owed, until no more than a day's orders are: from 110 on day 20, the ten
    that could not be sent for want of stock on day 0 included, that is on day 40."""
    days = sent(waiting({"first": "customers", "at_most": "150%"}), "maker", 18, 42)
    assert days[:2] == [5, 5] and days[2:21] == [15] * 19


def test_trouble_that_stock_carries_does_not_send_all_that_is_owed_at_once() -> None:
    """Catching up at 110%, 11 of 20 made, nine a day are put by: enough for two days of a second outage, which
    everybody hears of on day 30. So 11 a day go on leaving."""
    again = OUTAGE | {"from": "2001-01-31", "for": "2d", "expected": "2d", "name": "again"}
    done = waiting({"first": "customers", "at_most": "110%"}, more=[again])
    assert sent(done, "maker", 20, 40) == [11] * 20


def test_after_the_restart_own_stock_may_come_first() -> None:
    """20 a day are made from day 20 on, 10 sent: on the evening of day 28 there are 100 again, and all that is owed
    leaves as far as that goes."""
    assert sent(waiting("own_stock"), "maker", 18, 29) == [5, 5] + [10] * 8 + [100]


def test_after_the_restart_both_may_get_their_part() -> None:
    """On day 20 110 are owed, ten of them usual, and 80 of 100 lack in stock: of the 50% above usual 100 / 180 are for
    customers, so 12 of 12.78 leave."""
    assert sent(waiting({"first": "proportional", "at_most": "150%"}), "maker", 18, 21) == [5, 5, 12]


def test_after_the_restart_contracts_may_come_first() -> None:
    """Of 125% only the part above usual of those with a contract: 12.5 a day for a, 10 for b."""
    spec = two({"restart": "contract", "contract_first": "a"})
    spec["demand"][0]["shortage"] = "backorder"
    spec["suppliers"]["maker"]["makes"]["p"] = {"capacity": 40, "finished_stock": 900}
    spec["rationing"][0]["contract"] = "0%"
    done = run(spec | {"rationing": [spec["rationing"][0] | {"contract": "100%"}]})
    assert received(done, "a", 0, 60) == 600
    assert received(done, "b", 60, 70) == 100


def rivals(take: Any, capacity: int = 15, *more: Spec, **makes: Any) -> sim.Run:
    """x, which is out from day 10 to 40, has clinic a; y has clinic b, and is on stand-by for a."""
    spec = two()
    spec["suppliers"] = {
        "x": {"country": "AA", "makes": {"p": {"capacity": 20}}},
        "y": {"country": "AA", "makes": {"p": {"capacity": capacity} | makes}},
    }
    spec["lanes"] = [{"from": s, "to": "facilities", "time": "0d"} for s in ("x", "y")]
    spec["sourcing"] = [{"at": "a", "from": {"x": "100%", "y": "0%"}}, {"at": "b", "from": {"y": "100%"}}]
    spec["stock"] = [{"at": "facilities", "on_hand": 30}]
    spec["replenishment"][0]["level"] = 30
    spec["disruptions"] = [OUTAGE | {"at": "x", "from": "2001-01-11", "for": "30d", "expected": "30d"}, *more]
    spec["rationing"] = [{"at": "y", "after": "0d", "new_customers": take}] if take else []
    return run(spec)


@pytest.mark.parametrize(
    ("take", "a"),
    [
        (None, None),
        ("none", 0),
        ("spare", 5),
        ("after_own", 5),
    ],
)
def test_makers_that_are_not_struck_say_whether_they_take_new_customers(take: Any, a: int | None) -> None:
    """y makes 15 a day at most, of which its own clinic takes 10."""
    done = rivals(take)
    table = done.daily[done.daily["site"] == "a"].set_index("day")["received"]
    days = [int(units) for units in table.loc[14:38]]
    if a is None:
        assert sum(days) > 5 * len(days)  # shared in proportion to what is asked for
    else:
        assert days == [a] * len(days)
    own = done.daily[done.daily["site"] == "b"].set_index("day")["received"].loc[14:38]
    assert take is None or (own == 10).all()


def test_new_customers_are_refused_for_so_long_and_while_the_trouble_lasts() -> None:
    events = rivals({"take": "none", "lasts": "20d"}).events
    told = events[events["event"].str.startswith("new_customers")]
    assert list(zip(told["day"], told["event"], strict=True)) == [
        (10, "new_customers_limited"), (30, "new_customers_free")
    ]  # fmt: skip
    events = rivals("none").events
    assert list(events.loc[events["event"].str.startswith("new_customers"), "day"]) == [10, 40]


def test_own_customers_get_up_to_a_share_above_usual() -> None:
    """b orders 20 a day more from day 10 on; y sends it 10.5 a day while it takes nobody new: 210 in 20 days, and
    the ten that it could not send on the first evening of all."""
    rush = {"kind": "extra_orders", "from": "2001-01-11", "for": "30d", "at": "b", "source": "y", "per_day": 20}
    done = rivals("none", 40, rush)
    assert received(done, "b", 10, 30) == 210 + 10
    assert received(rivals(None, 40, rush), "b", 10, 30) >= 380


def test_a_maker_short_of_a_material_deals_out_what_it_can_make() -> None:
    """Its source of api sends nothing for 40 days from day 20 on; what it sends then is there on day 61. Until then
    there are 200 finished and api for 100: 300 for 41 evenings."""
    spec = world({}, end="2001-05-01")
    spec["products"]["api"] = {"unit": "g"}
    spec["suppliers"] = {
        "maker": {
            "country": "AA",
            "makes": {"p": {"capacity": 10, "finished_stock": 200, "from": {"api": 1}}},
        },
        "works": {"country": "BB", "makes": {"api": {}}},
    }
    spec["lanes"].append({"from": "works", "to": "maker", "time": "1d"})
    spec["replenishment"].append({"at": "maker", "policy": "base_stock", "level": 110})
    spec["disruptions"] = [
        {"kind": "export_ban", "country": "BB", "from": "2001-01-21", "for": "40d", "expected": "40d"}
    ]
    done = run(spec)
    assert shares(done, "maker") == [(20, round(300 / 410, 3)), (60, 1.0)]  # on day 60 it is known to come
    assert sum(sent(done, "maker", 20, 61)) == 300


def test_who_can_turn_to_another_source_has_no_trouble() -> None:
    """The depot buys half of each of two makers, one of which stops; the other makes as much as is ordered of it."""
    spec = below(stock=50, level=50)
    spec["suppliers"]["other"] = {"country": "AA", "makes": {"p": {}}}
    spec["lanes"].append({"from": "other", "to": "depot", "time": "0d"})
    spec["sourcing"] = [{"at": "depot", "from": {"maker": "50%", "other": "50%"}}]
    spec["suppliers"]["maker"]["makes"]["p"] = {"capacity": 10}
    assert not shares(run(spec), "depot")
    spec["sourcing"][0]["keep_shares"] = True
    assert shares(run(spec), "depot")[0] == (0, round((50 + 300) / 600, 3))
    # and who makes 7 a day at most has 2 beside its half
    spec["sourcing"][0]["keep_shares"] = False
    spec["suppliers"]["other"]["makes"]["p"] = {"capacity": 7}
    assert shares(run(spec), "depot")[0] == (0, round((50 + 60 * 7) / 600, 3))


def test_what_is_beyond_a_ration_waits_or_is_cancelled() -> None:
    """Patients wait, so that ten more are ordered every day: after 20 days 110 of 210 (its
    level of ten among them) wait at the maker, or none."""
    for unfilled, owed in (("wait", 110), ("cancel", 0)):
        spec = world({"unfilled": unfilled})
        spec["demand"][0]["shortage"] = "backorder"
        done = run(spec)
        table = done.daily[done.daily["site"] == "maker"].set_index("day")
        assert table["owed"].loc[19] == owed and sent(done, "maker", 0, 60) == [5] * 60
    made = world({"unfilled": "cancel"}, disruptions=[OUTAGE | {"capacity": "50%"}])
    made["suppliers"]["maker"]["makes"]["p"]["finished_stock"] = 0
    days = sent(run(made), "maker", 2, 58)
    assert days == [5] * 56  # what is made the next morning within the ration is not cancelled


def test_a_reserve_gives_beside_rations() -> None:
    """The depot deals out half; the reserve that it holds gives the clinic the rest as long as it lasts: 100."""
    reserve = {
        "held_at": "depot", "size": 100, "members": "clinic",
        "release": {"when": {"trigger": "declared", "after": "0d"}},
    }  # fmt: skip
    done = run(below(reserves={"national": reserve}))
    assert sum(sent(done, "depot", 0, 60)) == 295 + 100


def test_a_ration_has_a_date_like_other_policies() -> None:
    """From day 20 on only: 300 for 20 days as usual are 100 left for 40 days."""
    done = run(world({"from": "2001-01-21"}))
    assert shares(done, "maker")[0] == (20, round(100 / 400, 3))
    assert sent(done, "maker", 0, 20) == [10] * 20


def test_a_strategy_may_bring_rationing_or_take_it_away() -> None:
    spec = world() | {"rationing": [], "strategies": {"ration": {"rationing": [{"at": "maker", "after": "0d"}]}}}
    assert run(spec).rations.empty
    assert shares(run(spec, strategy="ration"), "maker")[0] == (0, 0.5)


def test_reaction_times_are_drawn_for_each_source_and_the_same_under_all_strategies() -> None:
    days = {
        shares(run(world({"after": "uniform(2d, 20d)"}, seed=seed), replication=k), "maker")[0][0]
        for seed, k in ((1, 0), (1, 1), (2, 0), (2, 1))
    }
    assert len(days) >= 3 and all(2 <= day <= 20 for day in days)
