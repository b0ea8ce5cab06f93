"""Makers that make more than usual in a time of need, against units and days worked out by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.errors import ScenarioError
from sim.metrics.cost import Rates, costs

PLANT = """
end: 2001-04-11
products: {kit: {unit: kit, cost: 2}, pad: {unit: pad}}
suppliers:
  maker: {makes: {kit: {CAPACITYMORE}, pad: {capacity: 20}}}
facilities: {a: {}}
lanes: [{from: maker, to: a, time: 1d}]
demand:
  - {at: a, product: kit, per_day: 10, distribution: deterministic, shortage: backorder}
  - {at: a, product: pad, per_day: 10, distribution: deterministic, shortage: backorder}
replenishment: [{at: a, policy: base_stock, level: 0, plus_lead_time: true}]
"""
OUTAGE = "disruptions: [{kind: site_outage, at: maker, products: [kit], from: 2001-01-21, for: 20d, capacity: 50%}]\n"
"""Days 20 to 39 at half: a hundred kits are not made."""


def plant(more: str = "", capacity: str = "100%", trouble: str = OUTAGE) -> str:
    text = PLANT.replace("MORE", f", more: [{more}]" if more else "")
    return text.replace("CAPACITY", f"capacity: {capacity}") + trouble


def produced(run: Any, product: str = "kit") -> np.ndarray:
    daily = run.daily
    return daily[(daily["site"] == "maker") & (daily["product"] == product)].sort_values("day")["produced"].to_numpy()


def test_overtime_after_a_time_and_over_a_ramp(simulate: Any) -> None:
    """Half as much again, five units: from five days after the announcement over ten, of which the plant, at half, has
    half. Days 25 to 34 bring 2.5 times (0.05 + 0.15 + ... + 0.95) = 12.5 units, days 35 to 39 as many, 75 are left:
    fifteen days of five more, to day 54. All 100 units that were lost are made beyond the usual capacity."""
    more = "{when: {trigger: announced}, after: 5d, ramp: 10d, to: 150%, extra_cost: 3, stand_down: 30d}"
    run = simulate(plant(more), detail="full")
    made = produced(run)
    assert (made[:20] == 10).all() and (made[20:25] == 5).all()
    assert made[25:35].sum() == 62 and made[25:40].sum() == 100  # 62.5 and 100, in whole units
    assert (made[40:55] == 15).all() and (made[55:] == 10).all()
    assert run.outcome.beyond.tolist() == [100.0]
    assert costs(run.outcome, Rates("USD", 0.0, 0.0))["making more"] == 300.0
    events = run.events[run.events["event"].isin(["capacity_raised", "capacity_usual"])]
    # the outage is over on day 40, so the condition was met on day 39 last: thirty days later it ends
    assert list(zip(events["event"], events["day"], events["units"], strict=True)) == [
        ("capacity_raised", 25, 5), ("capacity_usual", 69, 5),
    ]  # fmt: skip


def test_without_it_what_was_lost_is_never_caught_up(simulate: Any) -> None:
    """A plant that can make what is usual and no more stays a hundred behind."""
    run = simulate(plant())
    assert produced(run)[40:].tolist() == [10] * 60
    assert run.daily.groupby("day")["backlog"].sum().iloc[-1] == 100


@pytest.mark.parametrize(
    "more",
    [
        "{when: {trigger: announced}, to: 100%}",
        "{when: {trigger: declared, after: 10d}, to: 100%, moved_from: {product: pad}}",
        "{when: {trigger: declared, after: 200d}, to: 150%, moved_from: {product: pad}}",
        "{when: {trigger: announced}, to: 150%, until: 2001-01-21}",
        "{when: {trigger: announced}, to: 150%, after: 90d}",
    ],
)
def test_nothing_more_is_the_same_to_the_byte(more: str, simulate: Any) -> None:
    with_it, without = simulate(plant(more)), simulate(plant())
    pd.testing.assert_frame_equal(with_it.daily, without.daily)


def test_where_nothing_is_short_more_capacity_changes_nothing(simulate: Any) -> None:
    """It can be made, but nobody orders it."""
    more = "{when: {trigger: declared, after: 10d}, to: 150%}"
    pd.testing.assert_frame_equal(simulate(plant(more, trouble="")).daily, simulate(plant(trouble="")).daily)


def test_a_little_more_is_a_little(simulate: Any) -> None:
    """1% more of ten a day for sixty days after the outage: six units; twice as much for 2%."""
    now = "{when: {trigger: declared, after: 40d}, to: %s}"
    extra = [produced(simulate(plant(now % to))).sum() - produced(simulate(plant())).sum() for to in ("101%", "102%")]
    assert extra == [6, 12]


def test_a_line_moved_over_is_lost_where_it_was(simulate: Any) -> None:
    """Five kits a day more from day 30 on, for each of which two pads are not made: ten of twenty are left, which is
    what is asked for. With a line of twelve, 24 pads would be gone: there are but 20, so ten kits a day are gained."""
    line = "{when: {trigger: declared, after: 30d, until: 50d}, to: %s, moved_from: {product: pad, for_one: 2}}"
    run = simulate(plant(line % "150%"), detail="full")
    kits, pads = produced(run), produced(run, "pad")
    assert (kits[20:30] == 5).all() and kits[30:40].sum() == 75
    assert (kits[40:50] == 15).all() and (kits[50:] == 10).all()
    assert (pads == 10).all()
    events = run.events[run.events["event"].str.startswith("line")]
    assert list(zip(events["event"], events["day"], events["product"], events["units"], strict=True)) == [
        ("line_moved", 30, "pad", 10), ("line_returned", 50, "pad", 10),
    ]  # fmt: skip
    run = simulate(plant(line % "220%"))
    kits, pads = produced(run), produced(run, "pad")
    # 50 are missing on day 30; plant and line at half make ten a day until day 39, then twenty: five days more
    assert (kits[30:40] == 10).all() and (kits[40:45] == 20).all() and (kits[45:] == 10).all()
    # of pads 200 are missing on day 50, and ten a day more are made until they are there
    assert (pads[:30] == 10).all() and not pads[30:50].any() and (pads[50:70] == 20).all() and (pads[70:] == 10).all()


def test_the_cheapest_is_counted_first(simulate: Any) -> None:
    """Two units a day at 1 and three at 4, on top of ten: on days with 15 both are used to the full. A hundred kits are
    missing from day 40 on, and five more a day make up for them in twenty days: 40 and 60."""
    entries = "{when: {trigger: declared, after: 40d}, to: 130%, extra_cost: 4}, "
    entries += "{when: {trigger: declared, after: 40d}, to: 120%, extra_cost: 1}"
    run = simulate(plant(entries))
    assert (produced(run)[40:60] == 15).all()
    assert run.outcome.beyond.tolist() == pytest.approx([40, 60])
    assert costs(run.outcome, Rates("USD", 0.0, 0.0))["making more"] == pytest.approx(40 * 1 + 60 * 4)


def test_the_condition_may_look_at_customers(simulate: Any) -> None:
    """Nine of ten a day are missing from day 20 on: the clinic, which has one day's use on hand, is short on day 22 (a
    day to make, one on the road), and a trigger that counts sites that are short sees that on the morning of day 23."""
    trouble = OUTAGE.replace("50%", "10%")
    more = "{when: {trigger: sites_short, above: 50%}, watching: facilities, to: 200%}"
    run = simulate(plant(more, trouble=trouble), detail="full")
    first_short = run.daily[(run.daily["product"] == "kit") & (run.daily["unmet"] > 0)]["day"].min()
    raised = run.events[run.events["event"] == "capacity_raised"]
    assert raised["day"].iloc[0] == first_short + 1


def test_a_capacity_as_a_share_of_what_is_usual(simulate: Any) -> None:
    """130% of ten a day is thirteen; of a yield of 50% it is 26 begun, of which 13 are good."""
    for makes, begun in (("130%", 13), ("130%, yield: 50%", 26)):
        run = simulate(plant(capacity=makes))
        assert sorted(run.outcome.plan.network.capacity)[:2] == pytest.approx(sorted([20, begun]))
        assert produced(run)[40] == begun


def test_what_nobody_orders_needs_no_more(simulate: Any) -> None:
    """Nobody keeps gauze: nothing can be looked at, and nothing is made."""
    more = "{when: {trigger: announced}, watching: facilities, to: 150%}"
    text = plant().replace("pad: {unit: pad}", "pad: {unit: pad}, gauze: {unit: roll}")
    text = text.replace("pad: {capacity: 20}", f"pad: {{capacity: 20}}, gauze: {{capacity: 9, more: [{more}]}}")
    pd.testing.assert_frame_equal(simulate(text).daily, simulate(plant()).daily)


BAD = [
    ("{when: {trigger: announced}, to: 90%}", "to of at least 100%"),
    ("{when: {trigger: announced}, to: 1.5}", "a share in percent"),
    ("{when: {trigger: announcd}, to: 120%}", "did you mean 'announced'"),
    ("{to: 120%}", "'when' is missing"),
    ("{when: {trigger: announced}, to: 120%, moved_from: {product: pda}}", "did you mean 'pad'"),
    ("{when: {trigger: announced}, to: 120%, moved_from: {at: makr}}", "did you mean 'maker'"),
    ("{when: {trigger: announced}, to: 120%, moved_from: {product: kit}}", "cannot be moved to where it is"),
    ("{when: {trigger: announced}, to: 120%, watching: b}", "unknown"),
]


@pytest.mark.parametrize(("more", "message"), BAD, ids=[message for _, message in BAD])
def test_what_cannot_be_is_refused_with_help(more: str, message: str, simulate: Any) -> None:
    with pytest.raises(ScenarioError) as caught:
        simulate(plant(more))
    assert message in str(caught.value) and all(problem.line > 0 for problem in caught.value.problems)


@pytest.mark.parametrize(
    ("capacity", "message"),
    [("0%", "above 0%"), ("-3", "a number above 0"), ("3d", "a share of the usual output"), (None, "more only with a")],
)
def test_capacities_that_cannot_be_are_refused(capacity: str | None, message: str, simulate: Any) -> None:
    text = plant("{when: {trigger: announced}, to: 120%}", capacity="1" if capacity is None else capacity)
    text = text.replace("capacity: 1,", "lot_span: 1d,") if capacity is None else text
    with pytest.raises(ScenarioError, match=message):
        simulate(text)
