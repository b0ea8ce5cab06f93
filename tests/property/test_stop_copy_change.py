"""A run can be stopped at a midnight, copied, kept, changed and gone on with; what was known late acts as if early."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml
from hypothesis import assume, given
from hypothesis import strategies as st

import sim
from sim.disruptions import DISRUPTIONS
from sim.engine.bound.in_force import Policy, ReserveChange
from sim.engine.plan import Plan
from sim.engine.run import Outcome, Running, simulate
from sim.model.effects import Impact
from sim.model.part import Part, parts_of
from sim.study.design.fingerprint import digest
from tests.contract.network import STANDARD
from tests.property.choices import Dice, Spec, day
from tests.property.later import with_later
from tests.property.networks import scenario, scenarios, struck, together, with_later_policies
from tests.property.running import changed, plain_data, plan_of, written

EVERYTHING = {"disruptions": 6, "hazards": 3}


def alike(one: Outcome, other: Outcome) -> None:
    """Assert that two runs left the same bytes: every figure on every day, and every line of the journal."""
    left, right = one.record, other.record
    for name, value in vars(left).items():
        _alike(value, getattr(right, name), name)
    pd.testing.assert_frame_equal(one.journal, other.journal)
    for name in ("lots", "substitution", "not_begun"):
        _alike(getattr(one, name), getattr(other, name), name)


def _alike(one: Any, other: Any, name: str) -> None:
    if isinstance(one, np.ndarray):
        assert one.dtype == other.dtype and one.tobytes() == other.tobytes(), name
    elif isinstance(one, tuple | list):
        assert len(one) == len(other), name
        for a, b in zip(one, other, strict=True):
            _alike(a, b, name)
    elif hasattr(one, "items"):
        assert list(one) == list(other), name
        for key in one:
            _alike(one[key], other[key], f"{name}.{key}")
    elif hasattr(one, "__dataclass_fields__"):
        _alike(vars(one), vars(other), name)
    else:
        assert one == other, name


def stopped(plan: Plan, at: int) -> Running:
    """A run of a plan that stands at a midnight."""
    running = Running(plan, lot_check=1)
    running.go_on(at)
    return running


def some_day(plan: Plan, share: float) -> int:
    first = -plan.network.calendar.warm_up
    return first + int(share * (plan.network.calendar.days - first))


@given(scenarios(**EVERYTHING), st.floats(0, 1), st.floats(0, 1))
def test_a_run_that_is_stopped_copied_and_kept_goes_on_as_if_it_had_not_been(
    spec: Spec, share: float, later: float
) -> None:
    plan = plan_of(spec)
    whole = simulate(plan, lot_check=1)
    running = stopped(plan, some_day(plan, share))
    copy, kept, digest = running.copy(), pickle.dumps(running), running.digest()
    copy.go_on(max(copy.day, some_day(plan, later)))
    alike(whole, copy.resume())
    assert running.digest() == digest  # what the copy did is not its business
    read = pickle.loads(kept)
    assert read.digest() == digest
    alike(whole, running.resume())
    alike(whole, read.resume())


def _making_do() -> Spec:
    """The standard network, whose people save, move, stay, and buy ahead of a ban announced a week before."""
    spec = changed(STANDARD)
    spec["products"] = {
        "saline": {"unit": "bag", "substitutes": {"oxytocin": {"stays": "35%", "stays_for": "9d", "come_every": "4d"}}},
        "oxytocin": {"unit": "ampoule"},
    }
    spec["disruptions"][0]["notice"] = "5d"
    cover = {"cover_in": "present", "averaged_over": "5d"}
    rationed = {"trigger": "supplier_fill", "below": "80%", "days": "6d"}
    spec["use_levels"] = [
        {
            "at": "facilities", **cover,
            "contingency": {"when": rationed, "after": "2d", "ramp": "4d", "saves": "30%", "comes_back": "50%"},
            "crisis": {"below": "1d", "saves": "60%", "wears_off": {"half_in": "3d"}},
        }
    ]  # fmt: skip
    ahead = {"families": {"for": "6d", "paid_back_in": "12d"}, "buyers": {"for": "10d"}}
    spec["buying_ahead"] = [{"at": "facilities", "when": {"trigger": "announced"}, **ahead}]
    spec["allocation"] = [{"rule": "equal_days_of_cover", "at": "store", **cover}]
    return spec


@pytest.mark.parametrize("at", [0, 4, 9, 16, 25, 40])
def test_what_people_do_about_scarcity_is_copied_and_kept_with_the_run(at: int) -> None:
    plan = plan_of(_making_do())
    whole = simulate(plan, lot_check=1)
    told = [
        whole.record.sums[name].sum() for name in ("went_over", "conserved", "recovered", "bought_ahead", "asked_less")
    ]
    assert all(told)
    running = stopped(plan, at)
    copy, read = running.copy(), pickle.loads(pickle.dumps(running))
    copy.go_on(at + 7)
    for other in (running, copy, read):
        alike(whole, other.resume())


@given(scenarios(**EVERYTHING))
def test_being_open_to_change_changes_nothing(spec: Spec) -> None:
    plan = plan_of(spec)
    alike(simulate(plan), Running(plan).resume())


@pytest.mark.parametrize("kinds", together(sorted(DISRUPTIONS), 6), ids=", ".join)
def test_late_is_the_same_as_early(kinds: tuple[str, ...]) -> None:
    """Disruptions given to a run, one by one, at the midnight on which the first of them is announced at the latest, do
    what they do from the first day on."""

    @given(struck(*kinds), st.integers(0, 20), st.integers(1, 20), st.integers(0, 3), st.floats(0, 1))
    def holds(struck: tuple[Spec, list[Spec]], begin: int, length: int, notice: int, share: float) -> None:
        spec, bodies = struck
        new = []
        for number, body in enumerate(bodies):
            span = {} if DISRUPTIONS[body["kind"]].instant else {"for": f"{length}d", "notice": f"{notice}d"}
            new.append({"name": f"late {number}", "from": day(begin)} | span | body)
        plan = plan_of(changed(spec, disruptions=[*spec.get("disruptions", []), *new]))
        late = [impact for impact in plan.impacts if impact.cause.startswith("late ")]
        assert len(late) == len(new)
        last = int(np.floor(min(map(begins, late))))
        first = -plan.network.calendar.warm_up
        assume(first <= last)
        early = simulate(plan, lot_check=1)
        rest = replace(plan, impacts=tuple(i for i in plan.impacts if not i.cause.startswith("late ")))
        running = stopped(rest, min(first + int(share * (last - first)), plan.network.calendar.days))
        for impact in late:
            running.inject(impact)
        alike(early, replace(running.resume(), plan=plan))

    holds()


def begins(impact: Impact) -> float:
    """The first time at which a disruption is heard of, or acts."""
    times = [impact.announced, impact.start, *(effect.start for effect in impact.effects)]
    return min(times + [impulse.at for impulse in impact.impulses] + [added.first for added in impact.arrivals])


@given(with_later_policies(), st.floats(0, 1))
def test_policies_given_late_are_the_same_as_those_with_a_date(drawn: tuple[Spec, Spec, int], share: float) -> None:
    """Entries of replenishment, allocation and rationing and changes of reserves given late do what `from` does."""
    spec, later, first = drawn
    plan = plan_of(with_later(spec, later))
    begin = -plan.network.calendar.warm_up
    assume(begin <= first)
    rest, policies = _without(plan, first)
    assume(policies and policies_of(plan_of(spec)) == policies_of(rest))
    early = simulate(plan, lot_check=1)
    running = stopped(rest, begin + int(share * (first - begin)))
    running.inject(policies=policies)
    assert digest(running.plan) == digest(plan)
    alike(early, replace(running.resume(), plan=plan))


@given(with_later_policies(), st.integers(0, 20), st.integers(0, 3), st.booleans(), st.floats(0, 1))
def test_what_is_typed_late_is_the_same_as_what_is_written_early(
    drawn: tuple[Spec, Spec, int], length: int, notice: int, as_text: bool, share: float
) -> None:
    """Policies, changes of reserves and a disruption in the scenario's language, given at a midnight."""
    spec, later, first = drawn
    assume(-int(str(spec.get("warm_up", "0d")).rstrip("d")) <= first - notice)
    fire = {"kind": "site_outage", "name": "late", "at": "all", "from": day(first), "for": f"{length}d"}
    fire["notice"] = f"{notice}d"
    typed = {part: later[part] for part in ("replenishment", "allocation", "rationing") if later[part]}
    typed |= {"disruptions": [fire], "reserves": {name: {"changes": some} for name, some in later["reserves"].items()}}
    whole = with_later(spec, later) | {"disruptions": [*spec.get("disruptions", []), fire]}
    with written(spec) as path, written(whole) as other:
        early = sim.run(other, twin=False, lot_check=1)
        begun = sim.begin(path, twin=False, lot_check=1)
        begun.until(begun.day + int(share * (first - notice - begun.day)))
        begun.inject(written=yaml.safe_dump(plain_data(typed)) if as_text else typed)
        alike(early.outcome, begun.resume().outcome)


def policies_of(plan: Plan) -> list[int]:
    """How many policies a plan has of each family."""
    rationing = len(plan.behaviour.rationing)
    return [
        len(plan.replenishment),
        len(plan.allocation),
        rationing,
        *(len(reserve.changes) for reserve in plan.reserves),
    ]


def _without(plan: Plan, first: int) -> tuple[Plan, list[Policy]]:
    """A plan without the policies that are in force from a day on, and those."""
    dealing = plan.behaviour.rationing
    found: list[Policy] = [p for p in (*plan.replenishment, *plan.allocation, *dealing) if p.since == first]
    found += [change for reserve in plan.reserves for change in reserve.changes if change.since == first]
    reserves = tuple(
        replace(reserve, changes=tuple(c for c in reserve.changes if c.since != first)) for reserve in plan.reserves
    )
    rules = tuple(rule for rule in plan.replenishment if rule.since != first)
    sharing = tuple(rule for rule in plan.allocation if rule.since != first)
    behaviour = replace(plan.behaviour, rationing=tuple(rule for rule in dealing if rule.since != first))
    return replace(plan, replenishment=rules, allocation=sharing, reserves=reserves, behaviour=behaviour), found


def test_policies_that_cannot_come_into_force_are_refused() -> None:
    plan = plan_of(STANDARD)
    running = stopped(plan, 10)
    before = running.digest()
    rule, sharing = plan.replenishment[0], plan.allocation[0]
    for policies, words in (
        ([replace(rule, since=9)], "before the present one"),
        ([replace(rule, since=12), replace(rule, since=12)], "two replenishment policies for 'oxytocin' at 'clinic-a'"),
        ([replace(sharing, since=12), replace(sharing, since=12)], "two allocation rules for"),
        ([ReserveChange("no-such", 12)], "no reserve 'no-such'"),
        ([ReserveChange("national", 12), ReserveChange("national", 12)], "two changes of reserve 'national'"),
    ):
        with pytest.raises(ValueError, match=words):
            running.inject(policies=policies)
    assert running.digest() == before
    with pytest.raises(ValueError, match="open_to_change"):
        Running(plan, open_to_change=False).inject(policies=[replace(rule, since=12)])


def test_what_would_have_been_known_earlier_is_refused() -> None:
    plans = (plan_of(scenario(Dice(number))) for number in range(50))
    plan, impact = next((p, i) for p in plans for i in p.impacts if i.acts and 0 <= begins(i) < 10)
    running = stopped(replace(plan, impacts=()), int(np.floor(begins(impact))) + 1)
    before = running.digest()
    with pytest.raises(ValueError, match="before the present one"):
        running.inject(impact)
    assert running.digest() == before


@given(scenarios(**EVERYTHING), st.floats(0, 1), st.integers(0, 10**6))
def test_other_luck_leaves_the_past_and_is_the_same_for_the_same_number(spec: Spec, share: float, luck: int) -> None:
    plan = plan_of(spec)
    whole, running = simulate(plan), stopped(plan, some_day(plan, share))
    one, again = running.fork(luck).resume(), running.fork(luck).resume()
    alike(one, again)
    alike(whole, running.fork().resume())
    assert whole.record.table is not None and one.record.table is not None
    for name, units in whole.record.table.items():
        np.testing.assert_array_equal(units[: max(0, running.day)], one.record.table[name][: max(0, running.day)])
    alike(whole, running.resume())


def test_other_luck_is_other_luck() -> None:
    """Networks with random demand have other patients under other luck, those without have the same."""
    differ = 0
    for number in range(12):
        plan = plan_of(scenario(Dice(number)))
        running = stopped(plan, 3)
        found = [running.fork(luck).resume().record.sums["demand"] for luck in (1, 2)]
        random = any(entry.kind.random and entry.recorded is None for entry in plan.demand.entries)
        differ += random and not np.array_equal(*found)
        assert random or np.array_equal(*found)
    assert 4 <= differ < 12


@given(scenarios(**EVERYTHING), st.floats(0, 1))
def test_all_that_changes_is_declared(spec: Spec, share: float) -> None:
    """Attributes of parts that no class names as changing hold the same at the end as at a midnight before it."""
    plan = plan_of(spec)
    running = stopped(plan, some_day(plan, share))
    before = dict(_settled(running))
    running.go_on(plan.network.calendar.days)
    after = dict(_settled(running))
    assert before.keys() == after.keys()
    changed = [name for name in before if before[name] != after[name]]
    # a decision that changes the policies makes another plan, of which parts then hold entries
    assert not changed or before[".plan"] != after[".plan"]


def _settled(root: Part) -> Iterator[tuple[str, Any]]:
    """(name, content) of all that parts hold and do not declare."""
    for path, part in parts_of(root).items():
        kind = type(part)
        declared = {*kind.CHANGES, *kind.GROWS, *kind.SCRATCH, *kind.VIEWS}
        for name, value in vars(part).items():
            if name not in declared:
                yield f"{path}.{name}", _content(value)


def _content(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value.tobytes()
    if isinstance(value, bool | int | float | str | type(None)):
        return value
    if isinstance(value, tuple | list) and len(value) < 1000:
        return tuple(_content(entry) for entry in value)
    return id(value)
