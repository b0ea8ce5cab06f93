"""Two ways from a source to a buyer, sea as a rule and air when cover is low, by hand."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from sim.errors import ScenarioError
from tests.property.running import plan_of, run

Spec = dict[str, Any]
FOUND = Path(__file__).parents[1] / "data" / "found"
TWO = yaml.safe_load((FOUND / "two-lanes-between-two-sites.yaml").read_text(encoding="utf-8"))
"""Twenty a day at the clinic, up to forty days of use on hand and on order; by sea 20 days, by air 4."""
LOW = {"by": "air", "when": {"trigger": "days_of_cover", "below": "10d"}}


def lanes(sourcing: Spec, **more: Any) -> Spec:
    return copy.deepcopy(TWO) | {"sourcing": [{"at": "clinic", "from": {"maker": "100%"}} | sourcing]} | more


def sent(done: Any) -> dict[str, int]:
    """Units that set out on each lane."""
    names = [lane.name for lane in done.outcome.plan.network.lanes]
    return dict(zip(names, done.outcome.record.lane_units.tolist(), strict=True))


def clinic(done: Any) -> pd.DataFrame:
    return done.daily[done.daily["site"] == "clinic"].set_index("day")


def test_without_a_choice_it_is_an_error_that_says_what_to_write() -> None:
    with pytest.raises(ScenarioError) as error:
        plan_of(TWO)
    (problem,) = error.value.problems
    assert problem.line > 0 and "'maker > clinic' and 'maker > clinic (air)'" in str(problem)
    assert "sourcing: [{at: clinic, from: {maker: 100%}, usual: sea}]" in str(problem)


def test_many_sites_on_two_entries_are_one_error() -> None:
    spec = copy.deepcopy(TWO)
    spec["facilities"] |= {"post": {"country": "KE"}, "ward": {"country": "KE"}}
    for lane in spec["lanes"]:
        lane["to"] = "facilities"
    spec["demand"][0]["at"] = spec["replenishment"][0]["at"] = "facilities"
    with pytest.raises(ScenarioError) as error:
        plan_of(spec)
    assert len(error.value.problems) == 1


@pytest.mark.parametrize("word", ["sea", "maker > clinic"])
def test_the_usual_way_is_the_one_named(word: str) -> None:
    """Twenty days' orders of 20 are under way at any time."""
    done = run(lanes({"usual": word}))
    assert sent(done)["maker > clinic (air)"] == 0
    assert (clinic(done)["in_transit"] == 400).all()


def test_by_air_four_days_are_under_way() -> None:
    assert (clinic(run(lanes({"usual": "air"})))["in_transit"] == 80).all()


def test_enough_on_the_shelf_and_nothing_is_urgent() -> None:
    pd.testing.assert_frame_equal(run(lanes({"usual": "sea", "urgent": LOW})).daily, run(lanes({"usual": "sea"})).daily)


SURGE = {"kind": "demand_surge", "at": "clinic", "from": "2024-03-01", "for": "20d", "factor": 3}


def test_below_ten_days_of_cover_orders_go_by_air_until_cover_is_back() -> None:
    """From day 60 on 60 a day are used; 20 a day come by sea: 400 fall by 40 a day. Below 200 in the evening of day 65
    (400 - 6 x 40 = 160): its order of 60 comes on day 69 (four days to go, used on the first day at or after), when
    what was ordered by sea still comes, 20 a day."""
    done = run(lanes({"usual": "sea", "urgent": LOW}, disruptions=[SURGE]))
    here = clinic(done)
    assert here.loc[64, "on_hand"] == 200 and here.loc[65, "on_hand"] == 160
    assert here.loc[60:68, "received"].eq(20).all() and here.loc[69, "received"] == 80
    by_air = sent(done)["maker > clinic (air)"]
    urgent = here.loc[here["on_hand"] < 200, "ordered"].sum()
    assert by_air == urgent > 0
    assert not here["unmet"].any()


def test_a_share_of_the_urgent_orders_may_go_by_air() -> None:
    """Shares carry fractions: of all that is ordered while cover is low, 40% to the unit and less than one."""
    done = run(lanes({"usual": "sea", "urgent": LOW | {"share": "40%"}}, disruptions=[SURGE]))
    here = clinic(done)
    urgent = here.loc[here["on_hand"] < 200, "ordered"].sum()
    assert abs(sent(done)["maker > clinic (air)"] - 0.4 * urgent) < 1


def test_what_goes_by_air_costs_what_the_lane_costs() -> None:
    spec = lanes({"usual": "sea", "urgent": LOW}, disruptions=[SURGE])
    spec["lanes"][1]["cost"] = 3
    dear = run(spec)
    cheap = run(lanes({"usual": "sea", "urgent": LOW}, disruptions=[SURGE]))
    more = dear.metrics.cost["transport by air"].value - cheap.metrics.cost["transport by air"].value
    assert more == pytest.approx(3 * sent(dear)["maker > clinic (air)"]) and more > 0


def test_with_the_sea_closed_goods_come_by_air_whatever_the_cover() -> None:
    closed = {"kind": "route_closure", "lane": "maker > clinic", "from": "2024-02-01", "for": "60d"}
    never = LOW | {"when": {"trigger": "declared", "after": "900d"}}
    done = run(lanes({"usual": "sea", "urgent": never}, disruptions=[closed]))
    assert sent(done)["maker > clinic (air)"] == 60 * 20
    kept = lanes({"usual": "sea", "urgent": never, "keep_shares": True}, disruptions=[closed])
    assert sent(run(kept))["maker > clinic (air)"] == 0


def test_a_way_through_ports_may_be_the_usual_one_though_there_is_a_quicker_lane() -> None:
    spec = lanes({"usual": "sea", "urgent": LOW})
    spec["ports"] = {"quay": {"country": "KE"}}
    spec["lanes"] = [
        {"from": "maker", "to": "quay", "mode": "sea", "time": "19d"},
        {"from": "quay", "to": "clinic", "mode": "road", "time": "1d"},
        {"from": "maker", "to": "clinic", "mode": "air", "time": "4d"},
    ]
    done = run(spec)
    assert sent(done)["maker > clinic"] == 0 and (clinic(done)["in_transit"] == 400).all()


def test_two_sources_of_which_one_has_two_ways() -> None:
    """`usual: sea` is about the source that has a sea lane; the other has a road."""
    spec = lanes({"from": {"maker": "50%", "near": "50%"}, "usual": "sea", "urgent": LOW}, disruptions=[SURGE])
    spec["suppliers"]["near"] = {"country": "KE", "makes": {"saline": {}}}
    spec["lanes"].append({"from": "near", "to": "clinic", "mode": "road", "time": "2d"})
    found = sent(run(spec))
    assert found["maker > clinic"] > 0 and found["near > clinic"] > 0


@pytest.mark.parametrize(
    ("sourcing", "message"),
    [
        ({"usual": "rail"}, "no way of this kind from 'maker' to 'clinic'.*air, sea"),
        ({"usual": "sea", "urgent": LOW | {"by": "see"}}, "no way of this kind.*air, sea"),
        ({"usual": "sea", "urgent": LOW | {"by": "sea"}}, "this is the usual way already"),
        ({"urgent": LOW}, "lead between the same sites"),
        ({"usual": "sea", "urgent": {"by": "air"}}, "when"),
        ({"usual": "sea", "urgent": {"by": "air", "when": {"trigger": "days_of_covr"}}}, "days_of_cover"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused(sourcing: Spec, message: str) -> None:
    with pytest.raises(ScenarioError, match=message):
        plan_of(lanes(sourcing))
