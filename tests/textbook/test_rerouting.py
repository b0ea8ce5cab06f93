"""Buyers with two sources turn to the other one, by hand: who is asked for what, who waits, and who is counted on."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from sim.errors import ScenarioError
from tests.property.running import plan_of, run, same

Spec = dict[str, Any]
FOUND = Path(__file__).parents[1] / "data" / "found"
TWO = yaml.safe_load((FOUND / "two-sources-one-banned.yaml").read_text(encoding="utf-8"))
"""A hundred a day at h, 50 from each of a (IN) and b (US), both a day away and without limits; 2,000 on hand and on
order. The ban of a holds from day 31."""
OVER = 182


def two(disruptions: list[Spec] | None = None, sources: dict[str, str] | None = None, **sourcing: Any) -> Spec:
    spec: Spec = copy.deepcopy(TWO)
    if disruptions is not None:
        spec["disruptions"] = [{"from": "2024-02-01", "until": "2024-07-01"} | d for d in disruptions]
    if sources is not None:
        spec["sourcing"][0]["from"] = sources
        for name in sources.keys() - {"a", "b"}:
            spec["suppliers"][name] = {"country": "DE", "makes": {"saline": {}}}
            spec["lanes"].append({"from": name, "to": "h", "time": "1d"})
    spec["sourcing"][0] |= sourcing
    return spec


def orders(done: Any) -> pd.DataFrame:
    """Units ordered, by day and source."""
    told = done.events[done.events["event"] == "order"]
    return told.pivot_table(index="day", columns="other", values="units", aggfunc="sum").reindex(range(OVER)).fillna(0)


def h(done: Any) -> pd.DataFrame:
    return done.daily[done.daily["site"] == "h"].set_index("day")


BAN = {"kind": "export_ban", "name": "ban", "country": "IN"}


def test_who_is_told_of_a_ban_orders_all_of_the_other_source_at_once() -> None:
    done = run(two(), detail="full")
    asked, clinic = orders(done), h(done)
    assert (asked.loc[1:30, "a"] == 50).all() and (asked.loc[1:30, "b"] == 50).all()
    assert (asked.loc[31:, "a"] == 0).all() and (asked.loc[31:, "b"] == 100).all()
    assert (clinic.loc[33:, "received"] == 100).all() and not clinic["unmet"].any()


def test_contracts_that_are_kept_let_orders_pile_up() -> None:
    """From day 31 on 50 a day wait at a, and count as on order. At first 50 a day come; the 2,000 on order and on hand
    are all at a after 40 days, and nothing is ordered of anybody but what comes."""
    clinic = h(run(two(keep_shares=True)))
    assert clinic.loc[100:, "received"].max() <= 1
    assert clinic["served"].sum() / clinic["demand"].sum() == pytest.approx(0.39, abs=0.005)


@pytest.mark.parametrize("quota", [0, 1, 5, 20, 60])
def test_a_quota_is_made_up_for_to_the_unit(quota: int) -> None:
    """Of 50 a day a sends the quota; the rest comes from b, so that nobody is short, and a's orders are sent."""
    done = run(two([BAN | {"quota": f"{quota}%"}]), detail="full")
    asked = orders(done)
    assert asked.loc[31:, "a"].sum() == pytest.approx((OVER - 31) * 50 * quota / 100, abs=1)
    assert (asked.loc[31:].sum(axis=1) == 100).all()
    assert not h(done)["unmet"].any() and h(done)["on_order"].max() <= 200


def test_nobody_else_to_turn_to_changes_nothing() -> None:
    both = [BAN, {"kind": "supplier_allocation", "supplier": "b", "share": "0%"}]
    same(run(two(both)).daily, run(two(both, keep_shares=True)).daily)


def test_a_planner_is_told_who_has_nobody_else_to_turn_to_and_since_when() -> None:
    """With one source as with two; by each disruption that makes it worse, not by one that begins when it is over."""
    strike = {"kind": "strike", "name": "strike", "at": "a", "staffed": "20%"}
    later = strike | {"from": "2024-08-01", "until": "2024-08-05"}
    mild = later | {"name": "mild", "staffed": "60%", "from": "2024-07-10", "until": "2024-07-20"}
    told = "orders of 'h' for 'saline' have nobody else to turn to"
    short = BAN | {"until": "2024-07-02"}
    spec = two([short, mild, later], {"a": "100%"}) | {"end": "2024-09-01"}
    notes = [note.message for note in run(spec).loaded.notes if "nobody else" in note.message]
    assert notes == [f"from '{name}' on, {told}" for name in ("ban", "strike")]
    assert not any("nobody else" in note.message for note in run(two([BAN])).loaded.notes)


@pytest.mark.parametrize(("usual", "received"), [(0.3, 30), (0.6, 40), (1, 40)])
def test_all_that_a_quota_leaves_is_taken_while_the_other_source_stands_still(usual: float, received: int) -> None:
    """Of a's usual 50 a day 40 may cross; that is taken by who needs 60 of the usual 100, though a's share is 30."""
    out = {"kind": "site_outage", "name": "out", "at": "b"}
    need = {"kind": "demand_surge", "at": "h", "factor": usual}
    done = run(two([out, BAN | {"quota": "80%"}, need]))
    assert h(done).loc[100:160, "received"].mean() == pytest.approx(received, abs=0.5)
    told = "find nobody open for more: the sources that still send deal out shares of what is usual"
    assert [told in note.message for note in done.loaded.notes].count(True) == 1


def test_nobody_is_told_of_shares_dealt_out_where_one_lets_buyers_have_more_or_all_are_at_work() -> None:
    out = {"kind": "site_outage", "name": "out", "at": "b"}
    share = {"kind": "supplier_allocation", "supplier": "a", "share": "80%"}
    for disruptions in ([out, share | {"share": "120%"}], [out], [share]):
        assert not any("open for more" in note.message for note in run(two(disruptions)).loaded.notes)


@pytest.mark.parametrize("share", [1, 30, 50, 99, 100, 120])
@pytest.mark.parametrize("policy", [{}, {"policy": "s_S", "s": "10d", "S": "20d", "level": None}])
def test_what_waits_in_vain_keeps_nobody_from_asking_who_sends_a_share(share: int, policy: Spec) -> None:
    """Of 50 a day b sends the share, and a nothing: what waits at a fills the position of 2,000 after some 40 days, but
    that is no reason to ask less of b. All that b would send comes, to the last day."""
    spec = two([BAN, {"kind": "supplier_allocation", "supplier": "b", "share": f"{share}%"}])
    spec["replenishment"] = [{k: v for k, v in (spec["replenishment"][0] | policy).items() if v is not None}]
    got = h(run(spec))
    for first, until in ((90, 120), (120, 150), (150, 180)):
        assert got.loc[first : until - 1, "received"].sum() == pytest.approx(30 * 50 * share / 100, abs=1)


def test_a_maker_that_lets_its_own_customers_have_little_more_is_asked_for_that_while_the_other_is_banned() -> None:
    """b, which makes up to 120 a day to order, gives nobody more than 105% of 50; 20% of 50 come from a: 62.5 a day,
    for the six weeks for which b does so, though a level of 300 is soon filled by what waits at a."""
    spec = two([BAN | {"quota": "20%"}])
    spec["suppliers"]["b"]["makes"]["saline"] = {"capacity": 120}
    spec["replenishment"][0]["level"] = "3d"
    spec["rationing"] = [{"at": "b", "after": "0d", "new_customers": "none"}]
    assert h(run(spec)).loc[40:69, "received"].sum() == pytest.approx(30 * 62.5, abs=1)


def test_who_reviews_weekly_asks_for_a_week_of_what_is_sent() -> None:
    """b sends 30% of 50, 105 a week: with one order a week all of it comes."""
    spec = two([BAN, {"kind": "supplier_allocation", "supplier": "b", "share": "30%"}])
    spec["replenishment"][0]["review"] = "7d"
    assert h(run(spec)).loc[110:179, "received"].sum() == pytest.approx(70 * 15, abs=1)


def test_who_cannot_order_asks_nobody() -> None:
    """From day 121 to 134 h has no connection: nothing is ordered, though a lot waits at a in vain."""
    dark = {"kind": "cyber_blackout", "at": "h", "orders": "none", "from": "2024-05-01", "for": "14d"}
    both = [BAN, {"kind": "supplier_allocation", "supplier": "b", "share": "30%"}]
    spec = two(both)
    spec["disruptions"].append(dark)
    asked = h(run(spec))["ordered"]
    assert not asked.loc[121:134].any() and asked.loc[100:120].any() and asked.loc[135:].any()


def test_what_waits_at_a_source_is_no_reason_to_ask_more_of_itself() -> None:
    """Who has b only, which sends half, orders as who keeps to his shares."""
    half = [{"kind": "supplier_allocation", "supplier": "b", "share": "50%"}]
    only = {"b": "100%"}
    same(run(two(half, only)).daily, run(two(half, only, keep_shares=True)).daily)


def test_a_struck_maker_that_makes_more_is_asked_for_all_that_it_can_make_while_the_other_is_banned() -> None:
    """b makes 60 a day, half of that from the outage on, and half as much again ten days later: (60 + 30) / 2 = 45; a
    sends nothing. Everybody knows of the 30, which are 60% of b's 50, and finds that more comes."""
    spec = two([BAN, {"kind": "site_outage", "at": "b", "capacity": "50%"}])
    more = {"when": {"trigger": "announced"}, "after": "10d", "to": "150%"}
    spec["suppliers"]["b"]["makes"]["saline"] = {"capacity": 60, "more": [more]}
    spec["replenishment"][0]["level"] = "3d"
    assert h(run(spec)).loc[60:89, "received"].sum() == pytest.approx(30 * 45, abs=1)


def test_what_is_asked_of_the_other_beside_what_waits_is_no_more_than_it_sends_till_the_next_review() -> None:
    """From day 70 on the level of 2,000 is full of what waits at a. h asks b each evening for the 25 that it sends, and
    for a day's more at first, as a maker needs it ahead: 25 are under way, and no more than 50 wait."""
    spec = two([BAN, {"kind": "supplier_allocation", "supplier": "b", "share": "50%"}])
    done = run(spec, detail="full")
    asked = orders(done)
    assert not asked.loc[120:, "a"].any()
    assert asked.loc[120:, "b"].sum() == pytest.approx(25 * (OVER - 120), abs=50)
    assert h(done).loc[120:, "on_order"].max() <= asked.loc[31:, "a"].sum() + 25 + 50


def test_who_is_on_stand_by_is_asked_when_all_others_are_cut_and_by_as_much_as_they_lack() -> None:
    sources = {"a": "50%", "b": "50%", "c": "0%"}
    one = orders(run(two([BAN], sources), detail="full"))
    assert "c" not in one or not one["c"].any()
    both = [BAN, {"kind": "supplier_allocation", "supplier": "b", "share": "30%"}]
    asked = orders(run(two(both, sources), detail="full")).loc[31:]
    assert not asked["a"].any()
    assert asked["b"].mean() == pytest.approx(15, abs=0.1) and asked["c"].mean() == pytest.approx(85, abs=0.1)


def test_the_rest_goes_to_open_sources_by_their_shares() -> None:
    asked = orders(run(two([BAN], {"a": "40%", "b": "45%", "c": "15%"}), detail="full")).loc[31:]
    assert asked["b"].mean() == pytest.approx(75, abs=0.1)  # 45 of 60
    assert asked["c"].mean() == pytest.approx(25, abs=0.1)


SILENT = [BAN | {"known_by": "own_orders"}]


def test_who_is_not_told_notices_after_two_weeks_and_orders_what_waits_again() -> None:
    """Days 31 to 44: 50 a day wait at a. On day 45 the 700 are not counted on: 800 are ordered of b. On day 46 they
    come; until then 50 a day were missing, from day 32 to 45: 1,900 - 14 x 50 = 1,200 are left."""
    done = run(two(SILENT), detail="full")
    asked, clinic = orders(done), h(done)
    assert (asked.loc[31:44, "a"] == 50).all() and (asked.loc[31:44, "b"] == 50).all()
    assert asked.loc[45, "b"] == 800 and (asked.loc[46:, "b"] == 100).all() and not asked.loc[45:, "a"].any()
    assert clinic.loc[45, "on_hand"] == 1200 and clinic.loc[46, "on_hand"] == 1900
    assert (clinic.loc[46:, "on_order"] == 800).all()  # 100 from b, and the 700 that wait


def overrun(**more: Any) -> Any:
    """b can make 60 a day; a is banned from day 31 to day 71."""
    spec = two([BAN | {"until": "2024-03-12"}], **more)
    spec["suppliers"]["b"]["makes"]["saline"] = {"capacity": 60}
    return run(spec, detail="full")


def test_a_source_that_is_overrun_is_asked_for_no_more_than_its_share() -> None:
    """Of 100 a day b sends 60: on days 32 to 45 it sends 840, and 14 x 40 = 560 that were due are left. 60% of 1,400
    is less than 90%: from day 46 on half of the orders wait at a again. When the ban ends, the 25 x 50 of days 46 to 70
    come at once, with a's 50 and b's 60 of the day."""
    done = overrun()
    asked, clinic = orders(done), h(done)
    assert (asked.loc[31:45, "b"] == 100).all() and not asked.loc[31:45, "a"].any()
    assert (asked.loc[46:70, "b"] == 50).all() and (asked.loc[46:70, "a"] == 50).all()
    assert clinic.loc[72, "received"] == 25 * 50 + 50 + 60
    assert not clinic["unmet"].any() and clinic["on_order"].iloc[-1] == clinic.loc[30, "on_order"]


@pytest.mark.parametrize(("capacity", "filled"), [(100, 1), (99.9, 0.999), (99, 0.99)])
def test_how_far_an_overrun_source_is_open_has_no_jump(capacity: float, filled: float) -> None:
    """Of what was due b sends 99% in 14 days: it is open for nine tenths, (99% - 90%) / 10%, of the 50 more that it was
    asked for; from day 46 to 60 it loses at most a tenth of 15 x 50."""
    spec = two([BAN])
    spec["suppliers"]["b"]["makes"]["saline"] = {"capacity": capacity}
    asked = orders(run(spec, detail="full")).loc[31:60, "b"].sum()
    assert 3000 - 15 * 50 * (1 - filled) / 0.1 <= asked <= 3000


def test_who_has_only_a_source_with_too_few_at_work_asks_it_for_all_and_a_little_severity_changes_little() -> None:
    """a is banned. Of whatever is asked of b the share at work leaves, and what is left lies there until it does: asked
    for all, at 92% b sends 92 of the first day's 100, then what it owes as well. By day 60 at the latest 100 a day are
    ordered of b, and nobody goes short; from one percent to the next no more than a few of a hundred a day move."""
    asked = {}
    for staffed in (90, 92, 94, 96, 98, 100):
        done = run(two([BAN, {"kind": "strike", "at": "b", "staffed": f"{staffed}%"}]), detail="full")
        asked[staffed] = orders(done).loc[60:90, "b"].mean()
        assert not h(done)["unmet"].any()
    assert max(asked.values()) - min(asked.values()) < 2 and asked[100] == 100


def test_where_another_is_open_who_has_too_few_at_work_is_asked_for_his_part_only() -> None:
    """b, 30% of orders, has half at work: 15; a is banned, c takes the rest."""
    strike = {"kind": "strike", "at": "b", "staffed": "50%"}
    asked = orders(run(two([BAN, strike], {"a": "40%", "b": "30%", "c": "30%"}), detail="full")).loc[31:]
    assert asked["b"].mean() == pytest.approx(15, abs=0.1) and asked["c"].mean() == pytest.approx(85, abs=0.1)


def test_notice_comes_sooner_where_orders_are_watched_more_closely() -> None:
    asked = orders(run(two(SILENT, notices_after="5d"), detail="full"))
    assert (asked.loc[31:35, "a"] == 50).all() and asked.loc[36, "b"] == 350


def test_what_waits_counts_again_when_the_source_sends_again() -> None:
    """The 700 leave a in the evening of day 91, when the ban is over, and come the next day: the buyer, who knows that
    evening, orders nothing until 700 are used: seven days."""
    asked = orders(run(two([SILENT[0] | {"until": "2024-04-01"}]), detail="full"))
    assert (asked.loc[46:91, "b"] == 100).all()
    assert not asked.loc[92:98].any(axis=None)
    assert (asked.loc[99:, "a"] == 50).all() and (asked.loc[99:, "b"] == 50).all()


def test_what_waits_for_too_long_is_cancelled_and_told() -> None:
    """Cut from day 45 on as the buyer sees it: given up on day 58, its fourteenth day, but for a day's 50, which show
    that a sends again: they leave on day 91. Nothing is ordered twice."""
    done = run(two([SILENT[0] | {"until": "2024-04-01"}], rebook_after="14d"), detail="full")
    told = done.events[done.events["event"] == "cancelled"]
    assert told[["day", "site", "other", "units"]].to_numpy().tolist() == [[58.0, "h", "a", 650]]
    clinic = h(done)
    assert clinic["cancelled"].sum() == clinic.loc[58, "cancelled"] == 650
    assert (clinic.loc[58:91, "on_order"] == 150).all()
    assert orders(done).loc[92:].sum(axis=1).tolist() == [50] + [100] * (OVER - 93)


def test_orders_that_still_leave_before_a_ban_are_sent_as_usual() -> None:
    same(run(two()).daily, run(two([BAN | {"notice": "12d"}])).daily)


def test_two_weeks_ahead_nothing_is_ordered_that_would_come_to_the_border_too_late() -> None:
    """Six days to the border: from day 25 on what is ordered of a would be there on day 31. It is ordered of b. What
    was ordered before is under way and counts."""
    spec = two([BAN | {"notice": "14d"}])
    spec["lanes"][0] = {"from": "a", "to": "quay", "time": "6d"}
    spec["ports"] = {"quay": {"country": "IN"}}
    spec["lanes"].append({"from": "quay", "to": "h", "time": "1d"})
    asked = orders(run(spec, detail="full"))
    assert asked.loc[20:24, "a"].tolist() == [50] * 5 and asked.loc[20:24, "b"].tolist() == [50] * 5
    assert not asked.loc[25:, "a"].any() and (asked.loc[25:, "b"] == 100).all()


def test_a_maker_whose_stock_covers_what_it_owes_is_not_felt_to_make_less() -> None:
    """Ten days of finished stock, and nothing is made: a sends from stock until day 40, then b is asked."""
    spec = two([{"kind": "site_outage", "at": "a", "stock": "ships"}])
    spec["suppliers"]["a"]["makes"]["saline"] = {"capacity": 50, "finished_stock": 500}
    done = run(spec, detail="full")
    asked = orders(done)
    assert (asked.loc[31:38, "a"] == 50).all()
    assert not asked.loc[45:, "a"].any() and (asked.loc[45:, "b"] == 100).all()
    assert not h(done)["unmet"].any()


def test_half_the_work_at_one_source_sends_the_other_half_to_the_other() -> None:
    asked = orders(run(two([{"kind": "strike", "at": "a", "staffed": "50%"}]), detail="full")).loc[31:]
    assert asked["a"].mean() == pytest.approx(25, abs=0.1) and asked["b"].mean() == pytest.approx(75, abs=0.1)


@pytest.mark.parametrize(
    ("sourcing", "message"),
    [
        ({"notices_after": "12h"}, "whole days, 1d at least"),
        ({"rebook_after": "0d"}, "whole days, 1d at least"),
        ({"keep_shares": True, "rebook_after": "5d"}, "with keep_shares nobody is turned to: no rebook_after"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused(sourcing: Spec, message: str) -> None:
    with pytest.raises(ScenarioError, match=message):
        plan_of(two(**sourcing))
