"""Sourcing rules by hand: who is asked for how much on which day; and Tomlin's contingent source in the long run."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.errors import ScenarioError
from sim.policies.sourcing.base import Offers, with_least
from tests.property.running import run, same
from tests.textbook.test_rerouting import BAN, Spec, two

ABC = {"a": "50%", "b": "50%", "c": "0%"}


def chosen(rule: Spec | str, sources: Spec, disruptions: list[Spec], end: str = "2024-03-11", **more: Any) -> Spec:
    """A hundred a day at h, from sources without limits a day away; a is in IN, b in US, c in DE; 70 days."""
    spec = two(disruptions, copy.deepcopy(sources), rule=rule, **more)
    return spec | {"end": end}


def asked(spec: Spec) -> pd.DataFrame:
    """Units ordered, by day and source."""
    events = run(spec, detail="full").events
    told = events[events["event"] == "order"]
    table = told.assign(other=told["other"].astype(str)).pivot_table("units", "day", "other", aggfunc="sum")
    return table.reindex(index=range(int(told["day"].max()) + 1), columns=["a", "b", "c"]).fillna(0)


def costing(spec: Spec, **lanes: float) -> Spec:
    spec["products"]["saline"]["cost"] = 10
    for lane in spec["lanes"]:
        lane["cost"] = lanes[lane["from"]]
    return spec


def test_fixed_is_what_is_without_a_rule_to_the_byte() -> None:
    spec = chosen("fixed", ABC, [BAN])
    without = copy.deepcopy(spec)
    del without["sourcing"][0]["rule"]
    one, other = run(spec, detail="full"), run(without, detail="full")
    same(one.daily, other.daily)
    pd.testing.assert_frame_equal(one.events, other.events)
    assert one.outcome.plan.sourcing.rules == ()


def test_contingent_turns_to_the_next_while_the_first_is_down_and_back_when_it_is_up() -> None:
    """The ban holds on days 31 to 49. a is known to be up on the evenings of days 50, 51 and 52; the fourth turns."""
    rule = {"rule": "contingent", "order": ["a", "c"], "back_after": "3d"}
    ban = BAN | {"until": "2024-02-20"}
    table = asked(chosen(rule, {"a": "100%", "b": "0%", "c": "0%"}, [ban]))
    assert (table.loc[:30] == [100, 0, 0]).all(axis=None)
    assert (table.loc[31:52] == [0, 0, 100]).all(axis=None)
    assert (table.loc[53:] == [100, 0, 0]).all(axis=None)


@pytest.mark.parametrize(("below", "units"), [("50%", [60, 20, 20]), ("70%", [0, 0, 100])])
def test_a_source_is_down_below_a_share_of_the_usual_and_else_asked_for_that_share(
    below: str, units: list[int]
) -> None:
    """With a quota of 60% a is up at the usual 50%: it is asked for 60, and those on stand-by for the rest."""
    rule = {"rule": "contingent", "order": ["a", "c", "b"], "below": below}
    table = asked(chosen(rule, {"a": "100%", "b": "0%", "c": "0%"}, [BAN | {"quota": "60%"}]))
    assert (table.loc[32:60] == units).all(axis=None)


def test_a_source_that_cancels_is_tried_while_a_rule_leaves_it_out_and_asked_again_once_it_fills_all() -> None:
    """From day 31 to 90 a sends 25 of the 100 that it is asked for, tells nobody, and cancels the rest. Two weeks later
    h knows, and asks b; but a tenth more of a than it sends, 35%: of T = 100 + 0.35 T - 25 = 115.4 these are 40.4. When
    that is filled for a whole look of two weeks, of which the first still holds days of before, all goes to a."""
    cut = {"kind": "supplier_allocation", "supplier": "a", "share": "25%", "known_by": "own_orders"}
    cut |= {"unfilled": "cancel", "until": "2024-04-01"}
    table = asked(chosen({"rule": "contingent"}, {"a": "100%", "b": "0%"}, [cut], end="2024-05-10"))[["a", "b"]]
    assert (table.loc[:44, "b"] == 0).all()
    assert table.loc[60:89].mean().tolist() == pytest.approx([40.4, 75], abs=0.5)
    assert (table.loc[92:100] == [35, 65]).all(axis=None)
    assert (table.loc[91 + 28 + 1 :] == [100, 0]).all(axis=None)


def test_where_all_are_down_orders_stay_with_the_first() -> None:
    cut = [BAN, *({"kind": "supplier_allocation", "supplier": name, "share": "0%"} for name in ("b", "c"))]
    table = asked(chosen("contingent", {"a": "80%", "b": "20%", "c": "0%"}, cut))
    assert (table.loc[:30] == [100, 0, 0]).all(axis=None) and (table.loc[31:, ["b", "c"]] == 0).all(axis=None)


SHOCK = {"kind": "price_shock", "at": "a", "factor": 1.2, "from": "2024-01-21", "until": "2024-01-31"}
"""Days 20 to 29: a unit from a costs 10 x 1.2 + 1 = 13 then, else 11; from b 12 and from c 10."""


@pytest.mark.parametrize(
    ("more", "shocked"),
    [
        ({}, [0, 100, 0]),
        ({"margin": "5%"}, [0, 100, 0]),  # 13 less 5% is 12.35; and back, 12 less 5% is more than 11
        ({"margin": "10%"}, [100, 0, 0]),  # 11.7
        ({"at_least": "15%"}, [15, 85, 0]),
    ],
)
def test_cheapest_goes_by_the_price_of_the_day_and_the_cost_of_the_lane(more: Spec, shocked: list[int]) -> None:
    """c would be cheaper, but is on stand-by."""
    spec = costing(chosen({"rule": "cheapest", **more}, ABC, [SHOCK]), a=1, b=2, c=0)
    table = asked(spec)
    usual = [85, 15, 0] if "at_least" in more else [100, 0, 0]
    assert (table.loc[[*range(20), *range(30, 70)]] == usual).all(axis=None)
    assert (table.loc[20:29] == shocked).all(axis=None)


def test_the_cheapest_is_not_asked_while_it_is_down_and_those_that_are_even_share() -> None:
    spec = costing(
        chosen("cheapest", {"a": "40%", "b": "30%", "c": "30%"}, [BAN | {"until": "2024-02-20"}]), a=1, b=2, c=2
    )
    table = asked(spec)
    assert (table.loc[[*range(31), *range(50, 70)]] == [100, 0, 0]).all(axis=None)
    assert (table.loc[31:49] == [0, 50, 50]).all(axis=None)


def test_fastest_goes_by_the_journeys_of_late_and_by_the_usual_ones_where_none_ended() -> None:
    """a takes 1 day and b 3. What leaves a on days 20 to 29 takes 5, which nobody is told. On the evenings of days 21
    to 24 the last 5 days have seen arrivals of one day; on day 25 those of the delay only, and b is faster. What left a
    until day 24 comes until day 29; from day 34 on none of it lies in the last 5 days."""
    delay = {"kind": "lane_delay", "lanes": ["a > h"], "extra": "4d", "from": "2024-01-21", "until": "2024-01-31"}
    spec = chosen({"rule": "fastest", "over": "5d"}, {"a": "50%", "b": "50%"}, [delay])
    spec["lanes"][1]["time"] = "3d"
    table = asked(spec)[["a", "b"]]
    assert (table.loc[[*range(25), *range(34, 70)]] == [100, 0]).all(axis=None)
    assert (table.loc[25:33] == [0, 100]).all(axis=None)


SCORECARD = {"rule": "scorecard", "over": "10d", "review": "10d", "grace": "0d"}


def test_a_scorecard_counts_what_comes_late_and_how_journeys_spread() -> None:
    """What leaves a on days 10 to 14, 50 a day, comes after 3 days, not 1. On days 11 to 20 come 50, 50 and 50 (after 3
    days) on days 13 to 15, 100 on days 16 and 17 (after 3 and 1, 2 in the mean) and 50 on days 18 to 20 (after 1).
    As the oldest order is filled first, those of days 10 to 15 were filled late: 300 of 500. The mean is 2 days, the
    variance (150 x 1 + 200 x 0 + 150 x 1) / 500 = 0.6. On days 21 to 30 all is well again."""
    delay = {"kind": "lane_delay", "lanes": ["a > h"], "extra": "2d", "from": "2024-01-11", "until": "2024-01-16"}
    done = run(chosen(SCORECARD, {"a": "50%", "b": "50%"}, [delay], end="2024-02-05"), detail="full")
    scores = done.scores.set_index(["day", "source"])
    assert scores.index.get_level_values("day").unique().tolist() == [0, 10, 20, 30]
    assert (scores.drop(index=(20, "a"))[["on_time", "in_full", "steady", "score"]] == 1).all(axis=None)
    steady = 1 - np.sqrt(0.6) / 2
    score = (0.4 + 1 + steady) / 3
    found = scores.loc[(20, "a"), ["on_time", "in_full", "steady", "score", "share"]].astype(float)
    assert found.tolist() == pytest.approx([0.4, 1, steady, score, score / (score + 1)])
    assert scores.loc[(20, "b"), "share"] == pytest.approx(1 / (score + 1))
    assert (scores.loc[[0, 10, 30], "share"] == 0.5).all()
    told = done.events[done.events["event"] == "order"]
    mine = told[(told["other"] == "a") & (told["day"] >= 20) & (told["day"] < 30)]
    assert mine["units"].sum() == pytest.approx(1000 * score / (score + 1), abs=1)


def test_a_scorecard_counts_what_never_comes() -> None:
    """The 50 that left a on day 14 are seized before they come on day 15; of the 150 ordered that evening a sends 75.
    On days 11 to 20 come eight times 50, and 75: 475. Only that counts here, so b has 1 / (1 + 475/525)."""
    seized = {"kind": "seizure", "lanes": ["a > h"], "share": "100%", "from": "2024-01-16"}
    rule = SCORECARD | {"weights": {"on_time": 0, "in_full": 1, "steady": 0}}
    spec = chosen(rule, {"a": "50%", "b": "50%"}, [seized], end="2024-01-25")
    del spec["disruptions"][0]["until"]
    scores = run(spec).scores.set_index(["day", "source"])
    assert scores.loc[(20, "a"), "in_full"] == pytest.approx(475 / 525)
    assert scores.loc[(20, "b"), ["in_full", "share"]].tolist() == pytest.approx([1, 525 / 1000])


def test_the_least_that_sources_get_is_taken_from_the_others_in_proportion() -> None:
    """Of 4%, 6%, 60% and 30%, with 10% at least, 80% are left for 60 and 30; who is on stand-by gets nothing."""
    share, nothing = np.array([0.04, 0.06, 0.6, 0.3, 0.0]), np.zeros(5)
    offers = Offers(
        np.arange(5), np.zeros(5, dtype=np.int64), np.array([0]), np.array(list("abcde")), share, *[nothing] * 4
    )
    assert with_least(share, 0.1, offers) == pytest.approx([0.1, 0.1, 0.8 * 2 / 3, 0.8 / 3, 0.0])
    assert with_least(share, 0.0, offers) is share


@pytest.mark.parametrize(
    ("rule", "sources", "told"),
    [
        ("contingent", {"a": "100%"}, "two sources at least under `from`"),
        ("contingent", {"a": "50%", "b": "50%"}, "order: [a, b], the first first"),
        ({"rule": "contingent", "order": ["a", "bb"]}, {"a": "50%", "b": "50%"}, "did you mean 'b'"),
        ({"rule": "fastest", "at_least": "60%"}, {"a": "50%", "b": "50%"}, "50% at most"),
        ({"rule": "scorecard", "weights": {"on_time": 0, "in_full": 0, "steady": 0}}, ABC, "a weight above 0"),
        ("chepest", ABC, "did you mean 'cheapest'"),
    ],
)
def test_what_a_rule_cannot_be_is_told_with_its_line(rule: Any, sources: Spec, told: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        run(chosen(rule, sources, []))
    assert told in str(caught.value) and all(problem.line > 0 for problem in caught.value.problems)


def test_who_keeps_shares_has_no_rule_that_sets_others() -> None:
    with pytest.raises(ScenarioError, match="the rule 'cheapest' sets other shares"):
        run(chosen("cheapest", ABC, [], keep_shares=True))
    run(chosen("fixed", ABC, [], keep_shares=True, end="2024-01-03"))


@pytest.fixture(scope="module")
def tomlin() -> tuple[np.ndarray, np.ndarray]:
    """(orders served, whether a is up) of each day.

    The setting is that of contingent rerouting in B. Tomlin, On the value of mitigation and contingency strategies
    for managing supply chain disruption risks, Management Science 52 (2006), doi 10.1287/mnsc.1060.0515: supplier a,
    a day away, is up for a geometric time (mean 4 days) and down for another (mean 2); b has no regular orders, is
    never down, and 3 days away. Ten a day are needed, and lost if not there; the level is 10, so that each order is
    placed when the one before has come and was used.
    """
    spec = chosen("contingent", {"a": "100%", "b": "0%"}, [], end="2030-01-01")
    spec["demand"][0]["per_day"], spec["replenishment"][0]["level"] = 10, 10
    spec["lanes"][1]["time"] = "3d"
    ban = {"kind": "export_ban", "country": "IN"}
    happens = {"process": "up_down", "up": "geometric(4d)"}
    spec["hazards"] = {"down": {"disruption": ban, "lasts": "geometric(2d)", "happens": happens}}
    done = run(spec, detail="none")
    served = done.daily.query("site == 'h'")["served"].to_numpy() / 10
    up = np.ones(len(served), dtype=bool)
    for impact in done.outcome.impacts:
        up[int(impact.start) : int(impact.end)] = False
    return served[30:], up[30:]


def test_contingent_orders_come_from_a_where_it_is_up_and_from_b_two_days_later(
    tomlin: tuple[np.ndarray, np.ndarray],
) -> None:
    """After an evening on which a is up comes the next order a day later; after one on which it is down three days
    later, and two days are lost."""
    served, up = tomlin
    expected, day = np.zeros(len(served)), int(served.argmax())
    while day < len(served):
        expected[day] = 1
        day += 1 if up[day] else 3
    assert np.array_equal(served, expected) and 0.3 < (~up).mean() < 0.37


def test_tomlins_contingent_source_serves_what_its_chain_says(tomlin: tuple[np.ndarray, np.ndarray]) -> None:
    """In closed form, by renewal reward. With l = 1/4 the chance to fail on a day and r = 1/2 to be repaired, what is
    down is up n days later with the chance r / (l + r) x (1 - (1 - l - r)^n): for n = 3 it is 2/3 x 63/64 = 21/32. Of
    orders, one a day from up and every third day from down, the share l / (l + 21/32) = 8/29 is placed when a is down,
    by b's longer way; one day of 1 + 2 x 8/29 is served: 29/45."""
    served, up = tomlin
    orders = served.astype(bool)[1:]  # served today, ordered again in the evening
    of_b, of_all = orders & ~up[1:], orders
    served, of_b, of_all = (figure[:2150].reshape(50, 43).sum(axis=1) for figure in (served[1:], of_b, of_all))

    def holds(top: np.ndarray, below: np.ndarray, expected: float) -> None:
        """A ratio of means of 50 batches within three standard errors (delta method), that are themselves small."""
        left = top - expected * below
        error = left.std(ddof=1) / np.sqrt(len(left)) / below.mean()
        assert abs(top.sum() / below.sum() - expected) < 3 * error < 0.05

    holds(served, np.full(50, 43.0), 29 / 45)
    holds(of_b.astype(float), of_all.astype(float), 8 / 29)
