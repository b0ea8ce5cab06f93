"""Policies with a date take the place of others on that day, worked out by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sim
from sim.errors import ScenarioError

ONE = """
end: 2001-01-21
products: {kit: {unit: kit}}
suppliers: {maker: {makes: {kit: {}}}}
facilities: {a: {}}
lanes: [{from: maker, to: a, time: 1d}]
demand: [{at: a, product: kit, per_day: %s, distribution: deterministic}]
stock: [{at: a, on_hand: %s, on_the_way: none}]
replenishment:
"""


def column(run: sim.Run, name: str, site: str = "a") -> list[int]:
    """A figure of a site, day by day."""
    return [int(units) for units in run.daily[run.daily["site"] == site][name]]


def test_a_level_rises_on_its_day(simulate: Any) -> None:
    """Two a day are used and ordered again; on day 5 the level rises by 10, so that 12 are ordered."""
    rules = "  - {policy: base_stock, at: a, level: 10}\n  - {policy: base_stock, at: a, level: 20, from: 2001-01-06}\n"
    assert column(simulate(ONE % (2, 10) + rules), "ordered") == [2] * 5 + [12] + [2] * 14
    turned = "".join(reversed(rules.splitlines(keepends=True)))
    assert column(simulate(ONE % (2, 10) + turned), "ordered") == [2] * 5 + [12] + [2] * 14


def test_reviews_count_from_the_date(simulate: Any) -> None:
    """Push every four days from day 3 on; with first_review: 2d, from day 5 on."""
    rules = (
        "  - {policy: push, at: a, quantity: 1}\n  - {policy: push, at: a, quantity: 7, review: 4d, from: 2001-01-04"
    )
    ordered = column(simulate(ONE % (1, 10) + rules + "}\n"), "ordered")
    assert ordered[:12] == [1, 1, 1, 7, 0, 0, 0, 7, 0, 0, 0, 7]
    ordered = column(simulate(ONE % (1, 10) + rules + ", first_review: 2d}\n"), "ordered")
    assert ordered[:12] == [1, 1, 1, 0, 0, 7, 0, 0, 0, 7, 0, 0]


def test_a_date_before_the_first_day_holds_from_then_on_and_stock_at_the_start_goes_by_the_undated(
    simulate: Any,
) -> None:
    """At the start 10 - 0 are there by the undated level; on day 0 the other one, of 30, orders 20 and the day's 2."""
    text = (ONE % (2, 10)).replace("stock: [{at: a, on_hand: 10, on_the_way: none}]\n", "").replace("1d}", "0d}")
    rules = "  - {policy: base_stock, at: a, level: 10}\n  - {policy: base_stock, at: a, level: 30, from: 2000-12-01}\n"
    run = simulate(text + rules)
    # a journey of no time is used the next day: one day's demand, 2, is under way at the start, 8 on hand
    assert column(run, "on_hand")[0] == 8 and column(run, "ordered")[:2] == [22, 2]


def test_an_emergency_point_of_a_later_policy_acts_from_its_day_on(simulate: Any) -> None:
    """No regular review; from day 6 on less than 7 on hand orders up to 20. Day 6 ends with 13 - 7 = 6: 14 are due."""
    rules = (
        "  - {policy: push, at: a, quantity: 0}\n"
        "  - {policy: max_min, at: a, max: 20, emergency: 7, review: 100d, first_review: 100d, from: 2001-01-07}\n"
    )
    assert column(simulate(ONE % (1, 13) + rules), "ordered")[:8] == [0, 0, 0, 0, 0, 0, 14, 0]


SHARED = """
end: 2001-01-11
products: {kit: {unit: kit}}
suppliers: {maker: {makes: {kit: {}}}}
warehouses: {store: {}}
facilities: {a: {priority: 1}, b: {priority: 2}}
lanes: [{from: maker, to: store, time: 1d}, {from: store, to: facilities, time: 1d}]
demand: [{at: facilities, product: kit, per_day: 10, distribution: deterministic}]
stock: [{at: store, on_hand: 10, on_the_way: none}, {at: facilities, on_hand: 0, on_the_way: none}]
replenishment: [{at: all, policy: push, quantity: 10}]
"""


def test_a_rule_for_sharing_changes_on_its_day(simulate: Any) -> None:
    """Ten a day for two that order ten each: five each until day 4 is shared out, then the first group gets all."""
    text = SHARED + "allocation: [{rule: priority_tiers, at: store, from: 2001-01-06}]\n"
    run = simulate(text)
    assert column(run, "received", "a") == [0] + [5] * 5 + [10] * 4
    assert column(run, "received", "b") == [0] + [5] * 5 + [0] * 4


def test_who_comes_first_is_known_from_before_the_date(simulate: Any) -> None:
    """First come, first served from day 5 on. Five orders of ten each stand then, of which both got 25 and are owed
    what they booked on days 2 (half) to 5; the order of booking gives a 5 and b 5 of day 2, then a 10 of day 3."""
    text = SHARED + "allocation: [{rule: first_come, at: store, from: 2001-01-06}]\n"
    run = simulate(text)
    assert column(run, "received", "a") == [0] + [5] * 6 + [10, 0, 10]
    assert column(run, "received", "b") == [0] + [5] * 6 + [0, 10, 0]


RESERVE = """
end: 2001-02-20
products: {kit: {unit: kit}}
suppliers: {maker: {makes: {kit: {}}}}
warehouses: {store: {}}
facilities: {a: {}}
lanes: [{from: maker, to: store, time: 1d}, {from: store, to: a, time: 1d}]
demand: [{at: a, product: kit, per_day: 50, distribution: deterministic, shortage: backorder}]
stock: [{at: store, on_hand: 900, on_the_way: steady}, {at: a, on_hand: 100, on_the_way: steady}]
replenishment: [{at: store, policy: base_stock, level: 900}, {at: a, policy: base_stock, level: 200}]
reserves:
  r:
    held_at: store
    size: 100
    members: facilities
    release: {when: {trigger: declared, after: %s}, at_most: 1%%}
    changes: [{from: 2001-01-11, %s}]
disruptions: [%s]
"""


def test_a_reserve_flows_at_another_rate_from_a_day_on(simulate: Any) -> None:
    """One a day from day 1 to day 9; from day 10 on ten a day: of the 91 left, nine days of ten and one of one."""
    empty = "{kind: stock_loss, at: store, from: 2001-01-01, share: 100%}, "
    closed = empty + "{kind: site_outage, at: maker, from: 2001-01-01, until: 2001-02-20}"
    other = "release: {when: {trigger: declared, after: 1d}, at_most: 10%}"
    run = simulate(RESERVE % ("1d", other, closed))
    released = run.outcome.record.reserves["released"][:, 0].tolist()
    assert released[:21] == [0] + [1] * 9 + [10] * 9 + [1, 0]


def test_a_reserve_is_refilled_from_a_day_on_and_opens_by_another_trigger(simulate: Any) -> None:
    """60 of 100 are lost on day 4 and stay lost; from day 10 on five a day are put back: 45 on that evening."""
    loss = "{kind: stock_loss, at: store, from: 2001-01-05, share: 60%, reserves: true}"
    run = simulate(RESERVE % ("200d", "refill: {at_most: 5%}", loss))
    stock = run.outcome.record.reserves["stock"][:, 0]
    assert stock[3:12].tolist() == [100] + [40] * 6 + [45, 50] and stock[21] == 100
    other = "release: {when: {trigger: declared, after: 0d, until: 15d}, after: 3d, stand_down: 0d}"
    run = simulate(RESERVE % ("200d", other, loss))
    # the new condition is met on day 10 and acts three days later, until the emergency ends on day 15
    assert np.flatnonzero(run.outcome.record.reserves["open"][:, 0]).tolist() == [13, 14]


def test_stocked_according_to_plan_goes_by_the_policy_of_the_day(simulate: Any) -> None:
    """Stock at the end of day d is 99 - d: at least 95 on days 0 to 4; of days 10 to 14, at least 85 on all; no plan
    from day 15 on. Ten of fifteen days."""
    plan = "policy: max_min, at: a, max: 200, review: 100d, first_review: 100d"
    rules = (
        f"  - {{{plan}, min: 95}}\n  - {{{plan}, min: 85, from: 2001-01-11}}\n"
        "  - {policy: base_stock, at: a, level: 0, from: 2001-01-16}\n"
    )
    run = simulate(ONE % (1, 100) + rules)
    assert run.metrics["according_to_plan"].value == pytest.approx(10 / 15)


def refused(tmp_path: Path, text: str) -> str:
    """What is said of a scenario that is refused."""
    path = tmp_path / "case.yaml"
    path.write_text("scenario: case\ntitle: refused\nstart: 2001-01-01\n" + text, encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        sim.validate(path)
    return str(caught.value)


def test_dates_that_contradict_each_other_are_refused(tmp_path: Path) -> None:
    late = "  - {policy: base_stock, at: a, level: 5, from: 2001-01-06}\n"
    first = "  - {policy: base_stock, at: a, level: 5}\n"
    twice = refused(tmp_path, ONE % (1, 1) + first + late + late)
    assert "case.yaml:15: replenishment entry 2 holds for 'kit' at 'a' already from 2001-01-06 on" in twice
    assert "an entry without 'from' whose 'at' includes it" in refused(tmp_path, ONE % (1, 1) + late)
    rules = (f"{{rule: {name}, at: store, from: 2001-01-06}}" for name in ("first_come", "proportional"))
    rule = f"allocation: [{', '.join(rules)}]\n"
    assert "allocation entry 1 holds for 'kit' at 'store' already from 2001-01-06 on" in refused(
        tmp_path, SHARED + rule
    )
    change = "refill: {at_most: 5%}}, {from: 2001-01-11, refill: {at_most: 6%}"
    assert "an earlier change has this date already" in refused(tmp_path, RESERVE % ("1d", change, ""))
    assert "release, refill or size" in refused(tmp_path, RESERVE % ("1d", "refill: null", ""))
    dated_rule = "release: {when: {trigger: announced}, rule: {rule: proportional, from: 2001-01-02}}"
    assert "nor `from`" in refused(tmp_path, RESERVE % ("1d", dated_rule, ""))


def test_a_date_after_the_last_day_is_worth_a_note(tmp_path: Path) -> None:
    path = tmp_path / "case.yaml"
    rules = "  - {policy: push, at: a, quantity: 1}\n  - {policy: push, at: a, quantity: 2, from: 2001-02-01}\n"
    path.write_text("scenario: case\ntitle: late\nstart: 2001-01-01\n" + ONE % (1, 1) + rules, encoding="utf-8")
    told = "holds from 2001-02-01 on, after the last day of the scenario (2001-01-20)"
    assert sum(told in str(note) for note in sim.validate(path).notes) == 1
