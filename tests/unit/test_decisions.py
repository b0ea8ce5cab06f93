"""A decision is the same run as its raw effects and policies, written for the day on which it comes into force."""

from __future__ import annotations

import copy
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml

from sim.decisions import DECISIONS
from sim.engine.bound.impacts import in_order
from sim.engine.bound.in_force import added, moved
from sim.engine.compile.plan import compile_plan
from sim.engine.plan import Plan
from sim.engine.run import Outcome, Running, simulate
from sim.errors import ScenarioError
from sim.scenario.load import load
from tests.contract.network import STANDARD, example

ON = {"trigger": "on", "date": "2024-01-20"}
"""Day 19."""


def plan_of(spec: dict[str, Any]) -> Plan:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.yaml"
        path.write_text(yaml.safe_dump(spec, sort_keys=False))
        return compile_plan(load(path))


def deciding(*decisions: dict[str, Any], **more: Any) -> dict[str, Any]:
    """The standard scenario with some decisions, by kenya unless they say otherwise."""
    spec = example("decisions", "corridor") | copy.deepcopy(more)
    spec["decisions"] = [{"by": "kenya"} | decision for decision in decisions]
    return spec


def lines(outcome: Outcome) -> list[tuple[float, str, str, str]]:
    """(day, event, product, cause) of all that the journal tells of decisions."""
    events = outcome.journal[outcome.journal["event"].astype(str).str.startswith("decision")]
    shown = (events[name].astype(str) for name in ("event", "product", "cause"))
    return list(zip(events["day"].astype(float), *shown, strict=True))


def days(outcome: Outcome, event: str) -> list[float]:
    return [day for day, what, *_ in lines(outcome) if what == event]


def same(one: Outcome, other: Outcome) -> None:
    """Two runs that differ in nothing but what the journal tells of decisions."""
    assert one.record.table is not None and other.record.table is not None
    for name, figure in one.record.table.items():
        assert np.array_equal(figure, other.record.table[name]), name
    mine, theirs = (
        frame[~frame["event"].astype(str).str.startswith("decision")].reset_index(drop=True).astype(str)
        for frame in (one.journal, other.journal)
    )
    pd.testing.assert_frame_equal(mine, theirs)


def raw(plan: Plan, outcome: Outcome) -> Plan:
    """The plan with what was decided written into it for the days on which it came into force, and no decisions."""
    bare, found, policies, ends = replace(plan, decisions=()), list(plan.impacts), [], []
    by_name = {one.name: one for one in plan.decisions}
    for taken in outcome.decisions:
        one = by_name[taken.name]
        acts = one.acts[one.product.index(taken.product)]
        over = taken.until if one.lasts else np.inf
        for impact in acts.impacts:
            late = impact.moved(taken.since)
            found.append(late if late.end <= over else late.ended(over))
        policies += [moved(policy, taken.since, over) for policy in acts.policies]
        ends += [(name, taken.since) for name in acts.ends]
    for name, day in ends:
        left = [impact.lifted(day) if impact.cause == name else impact for impact in found]
        found = [impact for impact in left if impact is not None]
    bare = replace(bare, impacts=in_order(found))
    return added(bare, policies, -plan.network.calendar.warm_up) if policies else bare


@pytest.mark.parametrize("name", list(DECISIONS))
def test_a_decision_is_the_same_as_its_raw_effects_written_for_its_day(name: str) -> None:
    plan = plan_of(example("decisions", name))
    outcome = simulate(plan)
    assert outcome.decisions, "its example comes into force"
    same(outcome, simulate(raw(plan, outcome)))


@pytest.mark.parametrize("name", list(DECISIONS))
def test_a_decision_that_is_never_taken_changes_not_a_byte(name: str) -> None:
    spec = example("decisions", name)
    spec["decisions"][0]["when"] = {"trigger": "days_of_cover", "below": "0d"}
    plan = plan_of(spec)
    outcome = simulate(plan)
    assert not outcome.decisions and not lines(outcome)
    same(outcome, simulate(replace(plan, decisions=())))


@pytest.mark.parametrize("name", list(DECISIONS))
def test_a_run_with_decisions_may_be_copied_on_the_way(name: str) -> None:
    plan = plan_of(example("decisions", name))
    whole = simulate(plan)
    for day in (1, 9):
        running = Running(plan, open_to_change=False)
        running.go_on(day)
        other = running.copy()
        other.go_on(day + 5)
        same(other.resume(), whole)
        same(running.resume(), whole)


CLOSE = {"decision": "close_reserve", "reserve": "national"}


def test_a_date_and_a_choice_are_in_force_from_the_midnight_of_their_day() -> None:
    dated = simulate(plan_of(deciding(CLOSE | {"name": "a", "when": ON})))
    assert days(dated, "decision_in_force") == [19]
    running = Running(plan_of(deciding(CLOSE | {"name": "a", "when": {"trigger": "chosen"}})))
    running.go_on(19)
    running.choose("a")
    chosen = running.resume()
    assert days(chosen, "decision_in_force") == [19]
    same(dated, chosen)


def test_on_the_first_day_a_date_decides_from_its_first_midnight() -> None:
    first = simulate(plan_of(deciding(CLOSE | {"when": {"trigger": "on", "date": "2024-01-01"}})))
    assert days(first, "decision_in_force") == [0]


def test_the_delay_runs_from_the_midnight_after_the_condition() -> None:
    # the ban is announced on day 7; looked at in the evening of day 7, in force 5 days after midnight of day 8
    when = {"trigger": "announced"}
    late = simulate(plan_of(deciding(CLOSE | {"when": when, "after": "5d", "for": "4d"})))
    assert [(d, e) for d, e, *_ in lines(late)] == [
        (7, "decision_due"), (13, "decision_in_force"), (17, "decision_over"),
    ]  # fmt: skip


def test_what_would_be_in_force_on_the_day_on_which_it_is_to_be_over_is_not() -> None:
    # due on day 19 + 5: until the 26th it holds for one day, until the 25th for none
    late = CLOSE | {"when": ON, "after": "5d"}
    assert days(simulate(plan_of(deciding(late | {"until": "2024-01-26"}))), "decision_in_force") == [24]
    assert not simulate(plan_of(deciding(late | {"until": "2024-01-25"}))).decisions


def test_it_comes_again_once_it_is_over_and_no_more_often_than_said() -> None:
    # announced on days 7 to 26: looked at in the evening before it is over, so that there is no gap
    again = simulate(plan_of(deciding(CLOSE | {"when": {"trigger": "announced"}, "for": "4d", "at_most": 3})))
    assert days(again, "decision_in_force") == [8, 12, 16]
    assert days(again, "decision_over") == [12, 16, 20]


def test_what_lapses_is_carried_out_unless_it_has_to_be_needed() -> None:
    # announced up to day 26, with 25 days of delay from day 8: in force on day 33, when the ban is over
    decision = CLOSE | {"when": {"trigger": "announced"}, "after": "25d"}
    kept = simulate(plan_of(deciding(decision)))
    assert days(kept, "decision_in_force") == [33]
    given_up = simulate(plan_of(deciding(decision | {"while_needed": True})))
    assert not given_up.decisions and days(given_up, "decision_given_up") == [27]


def test_a_drawn_delay_belongs_to_the_name_and_to_how_often_it_was_taken() -> None:
    def drawn(name: str, times: int, seed: int = 5) -> list[float]:
        decision = CLOSE | {
            "name": name, "when": {"trigger": "announced"}, "after": "uniform(1d, 9d)", "for": "1d", "at_most": times,
        }  # fmt: skip
        outcome = simulate(plan_of(deciding(decision, seed=seed)))
        met = [taken.met for taken in outcome.decisions]
        return [taken.since - evening for taken, evening in zip(outcome.decisions, met, strict=True)]

    three = drawn("a", 3)
    assert drawn("a", 1) == three[:1] and drawn("a", 2) == three[:2]
    assert len(set(three)) > 1 and all(2 <= wait <= 10 for wait in three)
    assert drawn("b", 3) != three or drawn("a", 3, seed=6) != three


def test_each_product_is_decided_on_by_itself() -> None:
    # clinics keep 4 days of both; the maker of oxytocin is cut off first, that of saline later
    stop = [
        {"kind": "site_outage", "at": "other-maker", "from": "2024-01-05", "for": "40d"},
        {"kind": "export_ban", "country": "IN", "from": "2024-02-01", "for": "20d"},
    ]
    order = {"decision": "emergency_order", "at": "store", "source": "maker", "amount": "2d"}
    low = {"trigger": "days_of_cover", "below": "2d"}
    both = deciding({"decision": "extend_shelf_life", "longer": "9d", "when": low}, disruptions=stop)
    both["products"]["saline"]["shelf_life"] = both["products"]["oxytocin"]["shelf_life"] = "300d"
    outcome = simulate(plan_of(both))
    since = {taken.product: taken.since for taken in outcome.decisions}
    assert set(since) == {"oxytocin", "saline"} and since["oxytocin"] < since["saline"]
    assert order  # one product of the two has this source: the other is left out, not an error
    plan = plan_of(deciding(order | {"when": ON}))
    assert plan.decisions[0].product == ("saline",)


def test_a_party_orders_more_for_its_own_sites_alone() -> None:
    """Two of the three clinics are kenya's, who names all facilities."""
    more = {"decision": "extra_orders", "at": "facilities", "source": "store", "per_day": 40, "products": ["saline"]}
    plan = plan_of(deciding(more | {"when": ON, "for": "5d"}))
    [acts] = plan.decisions[0].acts
    rows = [row for impact in acts.impacts for effect in impact.effects for row in effect.rows.tolist()]
    buyers = plan.network.site_names(plan.network.cell_site[plan.network.flow_buyer[rows]])
    assert sorted(buyers) == ["clinic-a", "clinic-b"]


def test_what_is_done_once_is_done_again_only_after_its_condition_lapsed() -> None:
    order = {"decision": "emergency_order", "at": "store", "source": "maker", "amount": "2d", "at_most": 5}
    # announced from day 7 to day 26 in one go
    outcome = simulate(plan_of(deciding(order | {"when": {"trigger": "announced"}})))
    assert days(outcome, "decision_in_force") == [8]


def test_another_decision_may_wait_for_one_and_ends_with_it() -> None:
    first = CLOSE | {"name": "first", "when": ON, "for": "10d"}
    when = {"trigger": "after_decision", "decision": "first", "for_at_least": "3d"}
    second = {"decision": "corridor", "name": "second", "lanes": ["maker > store"], "when": when, "while_needed": True}
    outcome = simulate(plan_of(deciding(first, second)))
    # in force since day 19: three days in the evening of day 22
    assert [(n, t.since) for t in outcome.decisions for n in [t.name]] == [("first", 19), ("second", 23)]


def test_a_ban_that_is_lifted_is_over_and_what_expected_it_longer_is_not() -> None:
    lift = {
        "decision": "lift_ban",
        "by": "india",
        "ban": "export_ban IN",
        "when": {"trigger": "on", "date": "2024-01-15"},
    }
    lifted = simulate(plan_of(deciding(lift)))
    shorter = copy.deepcopy(deciding())
    shorter["disruptions"] = [{"kind": "export_ban", "country": "IN", "from": "2024-01-08", "for": "7d"}]
    # the journal tells the same end, too
    same(lifted, simulate(plan_of(shorter)))


def test_nothing_goes_wrong_and_nothing_is_decided_in_the_twin() -> None:
    plan = plan_of(deciding(CLOSE | {"when": ON}))
    assert not simulate(plan, disruptions=False).decisions


LATER = {"decision": "supplier_allocation", "by": "india", "supplier": "maker", "share": "40%", "when": ON}


def test_later_shares_of_an_allocation_count_from_the_day_on_which_it_is_in_force() -> None:
    """On 20 January, three days later and for 20: 40% from the 23rd on, 80% from the 28th, all over on 12 February."""
    late = LATER | {"name": "a", "after": "3d", "for": "20d", "steps": [{"after": "5d", "share": "80%"}]}
    entry = {"kind": "supplier_allocation", "name": "a", "supplier": "maker", "share": "40%",
             "from": "2024-01-23", "until": "2024-02-12", "steps": [{"on": "2024-01-28", "share": "80%"}]}  # fmt: skip
    decided, written = (
        simulate(plan_of(spec)) for spec in (deciding(late, disruptions=[]), deciding(disruptions=[entry]))
    )
    assert days(decided, "decision_in_force") == [22]
    for name, figure in written.record.table.items():  # type: ignore[union-attr]
        assert np.array_equal(figure, decided.record.table[name]), name  # type: ignore[index]
    once = simulate(plan_of(deciding(late | {"steps": []}, disruptions=[])))
    assert once.record.sums["dispatched"].sum() != decided.record.sums["dispatched"].sum()


BAD: dict[str, tuple[dict[str, Any], str]] = {
    "unknown party": (CLOSE | {"by": "kenia", "when": ON}, "did you mean 'kenya'"),
    "unknown reserve": ({"decision": "close_reserve", "reserve": "nationl", "when": ON}, "did you mean 'national'"),
    "nothing of its own": (
        {"decision": "change_allocation", "to": [{"rule": "proportional", "at": "maker"}], "when": ON},
        "'maker' is not of 'kenya'",
    ),
    "a date inside": (
        {
            "decision": "change_allocation", "when": ON,
            "to": [{"rule": "proportional", "at": "store", "from": "2024-01-09"}],
        },
        "it holds as long as the decision does",
    ),
    "for and until": (CLOSE | {"when": ON, "for": "3d", "until": "2024-02-01"}, "either for (a duration) or until"),
    "again without an end": (CLOSE | {"when": ON, "at_most": 2}, "it is never over"),
    "an end of what is done once": (
        {"decision": "lift_ban", "ban": "export_ban IN", "when": ON, "for": "3d"}, "this is done once",
    ),
    "an unknown decision": (
        CLOSE | {"when": {"trigger": "after_decision", "decision": "close"}}, "unknown decision",
    ),
    "no product": (CLOSE | {"when": ON, "products": []}, "at least 1 entries"),
    "no source of theirs": (
        {"decision": "emergency_order", "when": ON, "at": "store", "source": "clinic-c", "amount": 9,
         "products": ["saline"]},
        "(got 'clinic-c'); expected maker",
    ),
    "shares of no source": (
        {"decision": "shift_orders", "when": ON, "at": "store", "to": {"clinic-c": "100%"}, "products": ["saline"]},
        "(got 'clinic-c'); expected",
    ),
    "sites by what they are": (
        {"decision": "add_capacity", "when": ON, "at": {"kind": ["facility", "port"], "country": "KE"}, "more": "5%"},
        "(got '{kind: [facility, port], country: KE}'); expected makers",
    ),
    "an unknown ban": ({"decision": "lift_ban", "ban": "export_ban INN", "when": ON}, "did you mean 'export_ban IN'"),
    "an unknown kind": ({"decision": "close_reserves", "when": ON}, "did you mean 'close_reserve'"),
    "a later share that is earlier": (
        LATER | {"steps": [{"after": "5d", "share": "60%"}, {"after": "5d", "share": "80%"}]}, "more than 5 days",
    ),
    "a later share at once": (LATER | {"steps": [{"after": "0d", "share": "60%"}]}, "more than 0 days"),
    "a later share once it is over": (
        LATER | {"for": "20d", "steps": [{"after": "20d", "share": "60%"}]}, "less than 20 days",
    ),
    "measures": ({"decision": "ban_exports", "country": "FR", "when": ON}, "has no site there"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_what_is_wrong_with_a_decision_is_told_with_its_line(name: str) -> None:
    decision, words = BAD[name]
    with pytest.raises(ScenarioError) as caught:
        plan_of(deciding(decision))
    assert words in str(caught.value)
    assert all(problem.line for problem in caught.value.problems)


def test_the_standard_scenario_has_none() -> None:
    assert plan_of(STANDARD).decisions == ()
