"""What decisions do, to the unit and the day: capacity that comes on top, other use, other products, approvals."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import numpy as np
import pytest

from sim.decisions.reserve_by_hand import always, never
from sim.engine.bound.in_force import BoundRule, Bounds, ReserveChange, settled
from sim.policies.replenishment.base import Rule
from sim.policies.reserves.reserve import Refill, Release
from tests.property.running import run
from tests.textbook.test_effects_only import at, chain

Spec = dict[str, Any]
ON: Spec = {"trigger": "on", "date": "2001-01-11"}
"""In force from day 10 on."""
PARTIES: Spec = {"all": {"kind": "agency", "sites": "all"}}


def decided(*decisions: Spec, disruptions: tuple[Spec, ...] = (), **more: Any) -> Spec:
    entries = [{"by": "all", "when": ON, "name": f"d{k}"} | one for k, one in enumerate(decisions)]
    return chain(*disruptions) | {"parties": PARTIES, "decisions": entries} | more


def made_with(*decisions: Spec, disruptions: tuple[Spec, ...] = ()) -> list[int]:
    """What a maker of ten a day makes, of whom 20 a day are asked, so that it is never idle."""
    maker = {"maker": {"country": "IN", "makes": {"kit": {"capacity": 10, "finished_stock": 0}}}}
    made: list[int] = at(run(decided(*decisions, disruptions=disruptions, suppliers=maker)), "maker")[
        "produced"
    ].tolist()
    return made


MORE: Spec = {"decision": "add_capacity", "at": "maker", "more": "50%"}


def test_capacity_comes_after_licence_and_building_in_a_straight_line() -> None:
    """In force on day 10: two days of licence, three of building; from day 15 on 1/8, 3/8, 5/8, 7/8 of five more."""
    made = made_with(MORE | {"licence": "2d", "build": "3d", "ramp": "4d"})
    assert made[10:15] == [10] * 5
    assert sum(made[15:19]) == 4 * 10 + 10
    assert made[20:30] == [15] * 10


def test_capacity_of_two_plants_adds_up_and_a_strike_stops_its_share_of_all() -> None:
    """Ten and twice five from day 10 on: 20. A strike from day 20 on at which 30% work: six. One is over on day 30."""
    strike = {"kind": "strike", "at": "maker", "from": "2001-01-21", "for": "5d", "staffed": "30%"}
    made = made_with(MORE, MORE | {"for": "20d"}, disruptions=(strike,))
    assert made[10:20] == [20] * 10
    assert made[20:25] == [6] * 5
    assert made[25:35] == [20] * 5 + [15] * 5


def test_a_plant_that_is_out_makes_nothing_whatever_was_added() -> None:
    out = {"kind": "site_outage", "at": "maker", "from": "2001-01-21", "for": "5d"}
    assert made_with(MORE, disruptions=(out,))[18:27] == [15, 15, 0, 0, 0, 0, 0, 15, 15]


def with_second(*decisions: Spec, **more: Any) -> Any:
    """A second maker on stand-by beside the first; each clinic orders its ten every day."""
    makers = {name: {"country": "IN", "makes": {"kit": {}}} for name in ("maker", "second")}
    spec = decided(*decisions, suppliers=makers, **more)
    spec["lanes"] += [{"from": "second", "to": site, "time": "1d", "mode": "air"} for site in ("abroad", "home")]
    spec["sourcing"] = [{"at": "facilities", "from": {"maker": "100%", "second": "0%"}, "keep_shares": True}]
    return run(spec)


def left(done: Any, site: str, first: int, last: int) -> list[int]:
    days: list[int] = at(done, site)["dispatched"].loc[first:last].tolist()
    return days


OPEN: Spec = {"decision": "open_source", "at": "facilities", "source": "second", "share": "40%", "approval": "9d"}


@pytest.mark.parametrize(
    ("sooner", "wait"), [({}, 9), ({"mutual_recognition": "60h"}, 3), ({"pre_authorised": True}, 0)]
)
def test_a_source_gets_its_share_once_it_is_approved(sooner: Spec, wait: int) -> None:
    """40% of twice ten from so many days after day 10 on, the first the other 60%."""
    done = with_second(OPEN | sooner)
    assert left(done, "second", 8, 25) == [0] * (2 + wait) + [8] * (16 - wait)
    assert left(done, "maker", 8, 25) == [20] * (2 + wait) + [12] * (16 - wait)


def test_orders_shift_to_other_shares_for_a_time() -> None:
    shift = {"decision": "shift_orders", "at": "home", "to": {"maker": "30%", "second": "70%"}, "for": "5d"}
    assert left(with_second(shift), "second", 9, 15) == [0, 7, 7, 7, 7, 7, 0]


def test_aid_comes_in_stages() -> None:
    """In force on day 10: 30 on top in the evening of day 12, shared by two of equal use."""
    stages = [{"after": "36h", "amount": 30}, {"after": "4d", "amount": 10}]
    done = with_second({"decision": "request_aid", "at": "facilities", "source": "second", "stages": stages})
    assert left(done, "second", 10, 16) == [0, 0, 30, 0, 10, 0, 0]


def test_staff_that_helps_makes_more_for_as_long_as_it_stays() -> None:
    """Half as much again as ten, for three days from the second day on."""
    aid = {"decision": "request_aid", "at": "maker", "stages": [{"after": "2d", "staff": "150%", "lasting": "3d"}]}
    assert made_with(aid)[10:17] == [10, 10, 15, 15, 15, 10, 10]


@pytest.mark.parametrize(("level", "used"), [("contingency", 8), ("crisis", 5)])
def test_those_who_are_asked_save_as_much_as_the_level_says(level: str, used: int) -> None:
    """A fifth or half of ten for four days, at home alone."""
    never = {"when": {"trigger": "chosen"}}
    levels = [{"at": "facilities", "contingency": never | {"saves": "20%"}, "crisis": never | {"saves": "50%"}}]
    parties = {"all": {"kind": "agency", "sites": "home"}}
    ask = {"decision": "use_level", "level": level, "for": "4d"}
    done = run(decided(ask, use_levels=levels, parties=parties))
    assert at(done, "home")["served"].loc[9:14].tolist() == [10, *[used] * 4, 10]
    assert (at(done, "abroad")["served"] == 10).all()


def test_leave_to_take_another_product_holds_where_and_while_it_is_given() -> None:
    """Nothing is made and nothing there; half of ten a day may have the other product, in the clinic of the party."""
    out = {"kind": "site_outage", "at": "maker", "products": ["kit"], "from": "2001-01-01", "for": "40d"}
    spec = decided({"decision": "substitute", "products": ["kit"], "for": "4d"}, disruptions=(out,))
    spec["parties"] = {"all": {"kind": "agency", "sites": "home"}}
    spec["products"] = {
        "kit": {"unit": "kit", "substitutes": {"other": {"share": "50%", "needs_leave": True}}},
        "other": {"unit": "kit"},
    }
    spec["suppliers"] = {"maker": {"country": "IN", "makes": {"kit": {}, "other": {}}}}
    one = spec["demand"][0]
    spec["demand"] = [one | {"product": name, "shortage": "lost"} for name in ("kit", "other")]
    spec["stock"] = [{"at": "facilities", "products": ["kit"], "on_hand": 0}]
    daily = run(spec).daily
    kit = daily[daily["product"] == "kit"].set_index(["site", "day"])["substituted"]
    assert kit.loc["home"].loc[9:14].tolist() == [0, *[5] * 4, 0]
    assert not kit.loc["abroad"].any()


def test_who_is_exempt_from_a_ban_is_served() -> None:
    """Abroad gets nothing for five days and 60 on the sixth; where it is exempt its ten a day. Home has its own."""
    ban = {"decision": "ban_exports", "country": "IN", "for": "5d"}
    assert left(run(decided(ban)), "maker", 9, 15) == [20, *[10] * 5, 70]
    assert left(run(decided(ban | {"exempt": ["KE"]})), "maker", 9, 15) == [20] * 7


def reserve(*decisions: Spec, when: Spec | None = None) -> Any:
    """A store whose maker makes nothing keeps a reserve of 200 that opens for a choice alone."""
    out = {"kind": "site_outage", "at": "maker", "from": "2001-01-01", "for": "40d"}
    spec = decided(*decisions, disruptions=(out,))
    spec["warehouses"], spec["facilities"] = {"store": {"country": "KE"}}, {"clinic": {"country": "KE"}}
    spec["lanes"] = [{"from": "maker", "to": "store", "time": "1d"}, {"from": "store", "to": "clinic", "time": "1d"}]
    spec["replenishment"].append({"at": "store", "policy": "base_stock", "level": 40})
    release = {"when": when or {"trigger": "chosen"}, "after": "6d", "at_most": "50%"}
    spec["reserves"] = {"own": {"held_at": "store", "size": 200, "members": "clinic", "release": release}}
    return run(spec)


def test_a_reserve_that_is_opened_gives_at_once_no_more_a_day_than_the_party_says() -> None:
    """2% of 200 is four a day on days 10 to 14; its own rule would wait six days and give half of it."""
    opened = {"decision": "release_reserve", "reserve": "own", "share_a_day": "2%", "for": "5d"}
    stock = at(reserve(opened), "store")["reserve"]
    assert stock.loc[9:16].tolist() == [200, 196, 192, 188, 184, 180, 180, 180]


def test_when_nobody_decides_any_more_a_reserve_is_as_its_own_condition_has_it() -> None:
    """Its condition holds from the evening of day 14 on, and it opens six days later. By hand it is kept shut on days
    18 to 22: it opens on day 23, since it would have been open since day 20. Opened by hand on days 10 to 12 before
    its condition held, it is shut on day 13 until day 20."""
    own = {"trigger": "on", "date": "2001-01-15"}
    shut = {"decision": "close_reserve", "reserve": "own", "when": {"trigger": "on", "date": "2001-01-19"}, "for": "5d"}
    opened = {"decision": "release_reserve", "reserve": "own", "for": "3d"}
    assert _days_open(shut, when=own) == [*range(23, 40)]
    assert _days_open(opened, when=own) == [10, 11, 12, *range(20, 40)]
    assert _days_open(opened | {"share_a_day": "1%"}, shut, when=own) == [10, 11, 12, *range(23, 40)]


def _days_open(*decisions: Spec, when: Spec) -> list[int]:
    done = reserve(*decisions, when=when)
    events = done.events[done.events["event"].isin(["reserve_opened", "reserve_closed"])]
    opened, days = False, []
    for day in range(40):
        for event in events[events["day"] == day]["event"]:
            opened = event == "reserve_opened"
        days += [day] * opened
    return days


def test_a_ration_that_is_decided_for_a_time_is_over_with_it() -> None:
    """A maker that is out deals out 160 over the 55 days until it is back, by a decision that holds for six days: under
    three a day of twenty. On day 16 all that is owed leaves at once, and then what is ordered as long as there is any:
    it had 160."""
    out = {
        "kind": "site_outage", "at": "maker", "stock": "ships", "from": "2001-01-05", "for": "60d", "expected": "60d",
    }  # fmt: skip
    maker = {"maker": {"country": "IN", "makes": {"kit": {"capacity": 20, "finished_stock": 300}}}}
    ration = {"decision": "ration", "how": [{"at": "maker", "after": "0d"}], "for": "6d"}
    done = run(decided(ration, disruptions=(out,), suppliers=maker))
    dealt = left(done, "maker", 10, 15)
    assert all(0 < units <= 4 for units in dealt)
    assert left(done, "maker", 16, 19) == [140 - sum(dealt), 20, 0, 0]
    ends = done.events[done.events["event"] == "ration_ends"]
    assert ends[["day", "cause"]].to_numpy().tolist() == [[16, "nothing is dealt out any more"]]


LOW: Spec = {"trigger": "days_of_cover", "below": "3d", "of": "together"}


def test_cover_of_a_party_counts_what_leaves_it_and_no_maker() -> None:
    """A store that feeds the party's own clinic has no demand of its own: together they use ten a day, so that they are
    low on the first evening with less than 30 in all. The maker's stock is not theirs to use."""
    keep = {"decision": "close_reserve", "reserve": "own", "when": LOW}
    done = reserve(keep)
    stock = at(done, "store")["on_hand"] + at(done, "clinic")["on_hand"]
    low = stock.index[stock < 30].tolist()
    assert stock.loc[low[0] - 1] >= 30
    assert [one.met for one in done.outcome.decisions] == [low[0]]
    makers = {"maker": {"country": "IN", "makes": {"kit": {"capacity": 30, "finished_stock": 0}}}}
    plenty = decided(MORE | {"when": LOW | {"below": "1d", "of": "each"}}, suppliers=makers)
    assert not run(plenty).outcome.decisions


@pytest.mark.parametrize(
    ("first", "heard"),
    [
        ({"decision": "corridor", "lanes": ["maker > home"]}, False),
        ({"decision": "shift_orders", "at": "home", "to": {"maker": "100%"}}, False),
        ({"decision": "ban_exports"}, True),
    ],
)
def test_everybody_hears_of_a_ban_and_nobody_else_of_what_a_party_does(first: Spec, heard: bool) -> None:
    second = {"decision": "corridor", "lanes": ["maker > abroad"], "when": {"trigger": "announced"}}
    taken = [one.name for one in run(decided(first, second)).outcome.decisions]
    assert taken == ["d0", "d1"][: 1 + heard]


def test_planned_bounds_are_those_of_before_from_the_day_on_which_others_are_over() -> None:
    """From day 10 to before day 15 five to nine are planned, else one or two."""
    cells = np.zeros(1, dtype=np.int64)
    usual, for_a_time = (
        BoundRule(cells, cast(Rule, None), 1, 0, planned=(cells + low, cells + high)) for low, high in ((1, 2), (5, 9))
    )
    bounds = Bounds.of([usual, replace(for_a_time, since=10, until=15.0)], 1)
    low, high = bounds.on(np.array([9, 10, 14, 15]))
    assert low[:, 0].tolist() == [1, 5, 5, 1] and high[:, 0].tolist() == [2, 9, 9, 2]


def test_a_reserve_keeps_the_settings_that_a_decision_does_not_name() -> None:
    """Shut by hand it is refilled as it was; filled up by hand it opens as it did."""
    release, other = Release(when=never()), Release(when=always())
    refill, more = (Refill.model_construct(after=0.0, at_most=share) for share in (0.1, 0.2))
    changes = [ReserveChange("own", 3, release=other), ReserveChange("own", 5, refill=more, until=7.0)]
    found = [settled(release, refill, changes, day) for day in (2, 3, 5, 7)]
    assert [settings[:2] for settings in found] == [(release, refill), (other, refill), (other, more), (other, refill)]
    assert {times for *_, times in found} == {1}  # nobody changes the size
