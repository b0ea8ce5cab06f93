"""What a replenishment policy sees of the past, and what it remembers."""

from __future__ import annotations

import copy
import pickle
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pytest

from sim.engine.plan import Plan
from sim.engine.run import Running, simulate
from sim.model.part import parts_of
from sim.policies.replenishment.base import Rule
from sim.policies.replenishment.seen import Memory, View
from tests.property.running import plan_of
from tests.property.test_stop_copy_change import alike

SPEC: dict[str, Any] = {
    "scenario": "views", "title": "Two sources", "start": "2024-01-01", "end": "2024-01-21",
    "products": {"kit": {"unit": "kit"}},
    "suppliers": {"far": {"makes": {"kit": {}}}, "near": {"makes": {"kit": {"capacity": 3, "at_start": "empty"}}}},
    "facilities": {"clinic": {}},
    "lanes": [{"from": "far", "to": "clinic", "time": "3d"}, {"from": "near", "to": "clinic", "time": "36h"}],
    "sourcing": [{"at": "clinic", "from": {"far": "50%", "near": "50%"}}],
    "demand": [{"at": "clinic", "product": "kit", "per_day": 6, "distribution": "deterministic"}],
    "stock": [{"at": "clinic", "on_hand": 20}],
    "replenishment": [{"policy": "push", "at": "clinic", "quantity": 10}],
}  # fmt: skip


@dataclass(frozen=True)
class Watching(Rule):
    """Orders ten a day and keeps copies of what it saw, which is not to be kept itself."""

    seen: list[View] = field(default_factory=list)

    @property
    def window(self) -> int:
        return 4

    def orders(self, view: View) -> np.ndarray:
        self.seen.append(copy.deepcopy(view))
        return self.target


@dataclass(frozen=True)
class Smoothing(Rule):
    """Exponential smoothing: up to three days of a forecast, which is what it remembers."""

    @property
    def window(self) -> int:
        return 1

    def first_memory(self) -> Memory:
        return {"forecast": np.full(len(self.target), 6.0)}

    def orders(self, view: View) -> np.ndarray:
        return np.maximum(0, np.rint(3 * self._forecast(view)).astype(np.int64) - view.position)

    def remembers(self, view: View, units: np.ndarray) -> Memory:
        return {"forecast": self._forecast(view)}

    @staticmethod
    def _forecast(view: View) -> np.ndarray:
        assert view.history is not None and view.memory is not None
        return 0.5 * view.history.demand[-1] + 0.5 * view.memory["forecast"]


def with_rule(plan: Plan, rule: Rule) -> Plan:
    """A plan whose policy goes by a rule."""
    return replace(plan, replenishment=(replace(plan.replenishment[0], rule=rule),))


def test_records_are_those_of_the_last_days() -> None:
    """Ten ordered a day, five of each source; the near one makes three a day, from the morning after on."""
    rule = Watching(np.array([10]))
    simulate(with_rule(plan_of(SPEC), rule))
    assert [view.day for view in rule.seen] == list(range(20))
    first, seventh = rule.seen[0].history, rule.seen[7].history
    assert first is not None and seventh is not None
    np.testing.assert_array_equal(first.demand, [[np.nan], [np.nan], [np.nan], [6]])
    np.testing.assert_array_equal(first.ordered, [[np.nan] * 2] * 3 + [[0, 0]])
    # day 7, before its own orders and sending; of the near source's three a day all are sent from day 1 on
    far, near = 0, 1
    np.testing.assert_array_equal(seventh.demand, [[6]] * 4)
    np.testing.assert_array_equal(seventh.ordered, [[5, 5]] * 3 + [[0, 0]])
    np.testing.assert_array_equal(seventh.sent, [[5, 3]] * 3 + [[0, 0]])
    np.testing.assert_array_equal(seventh.arrived[:, far], [5] * 4)
    np.testing.assert_array_equal(seventh.arrived[:, near], [3] * 4)
    np.testing.assert_array_equal(seventh.days_on_the_way[:, far], [3] * 4)
    np.testing.assert_array_equal(seventh.days_on_the_way[:, near], [1.5] * 4)
    assert seventh.buyer.tolist() == [0, 0] and len(seventh.flow) == 2


def test_a_memory_is_part_of_the_run() -> None:
    """Halves of 6 and demand of 6 stay 6; under a surge to 12 the forecast is 9, 10.5, ... at successive reviews."""
    surge = {"kind": "demand_surge", "at": "clinic", "factor": 2, "from": "2024-01-06", "for": "10d"}
    plan = with_rule(plan_of(SPEC | {"disruptions": [surge]}), Smoothing(np.array([18])))
    whole, running = simulate(plan), Running(plan)
    running.go_on(5)
    assert running.world.state.memories.of[0] == {"forecast": np.array([6.0])}
    kept, digest = pickle.dumps(running), running.digest()
    copy = running.copy()
    copy.go_on(7)
    assert copy.world.state.memories.of[0] == {"forecast": np.array([10.5])}
    assert running.digest() == digest and copy.digest() != digest
    alike(whole, copy.resume())
    alike(whole, pickle.loads(kept).resume())
    alike(whole, running.resume())


def test_a_rule_that_comes_late_has_the_records_of_before_and_its_first_memory() -> None:
    plan = plan_of(SPEC)
    (old,) = plan.replenishment
    for rule in (Smoothing(np.array([18])), Watching(np.array([10]))):
        new = replace(old, rule=rule, since=8, begins=8, first=8)
        running = Running(plan)
        running.go_on(6)
        running.inject(policies=[new])
        early = replace(plan, replenishment=(old, new))
        alike(simulate(early), replace(running.resume(), plan=early))
        if isinstance(rule, Watching):
            history = rule.seen[0].history
            assert history is not None and not np.isnan(history.demand).any()


def test_a_memory_is_kept_once_a_review_of_sites_at_several_stages() -> None:
    """The store and the clinic behind it have their turns one after the other."""

    @dataclass(frozen=True)
    class Counting(Smoothing):
        def orders(self, view: View) -> np.ndarray:
            return self.target

        def remembers(self, view: View, units: np.ndarray) -> Memory:
            assert view.memory is not None
            return {"forecast": view.memory["forecast"] + 1}

    near = {"from": "far", "to": "store", "time": "1d"}, {"from": "store", "to": "clinic", "time": "1d"}
    spec = {name: part for name, part in SPEC.items() if name != "sourcing"}
    push = [{"policy": "push", "at": ["store", "clinic"], "quantity": 10}]
    spec |= {"warehouses": {"store": {}}, "lanes": list(near), "suppliers": {"far": {"makes": {"kit": {}}}}}
    running = Running(with_rule(plan_of(spec | {"replenishment": push}), Counting(np.array([10, 10]))))
    running.go_on(5)
    assert running.world.state.memories.of[0] == {"forecast": pytest.approx([11, 11])}


def test_a_memory_of_another_form_is_refused() -> None:
    @dataclass(frozen=True)
    class Growing(Smoothing):
        def remembers(self, view: View, units: np.ndarray) -> Memory:
            return {"forecast": np.zeros(2)}

    with pytest.raises(TypeError, match="a policy remembers"):
        simulate(with_rule(plan_of(SPEC), Growing(np.array([18]))))


def test_nothing_is_recorded_where_no_rule_looks_back() -> None:
    plan = plan_of(SPEC)
    assert Running(plan, open_to_change=False).world.state.records is None
    looking = Running(with_rule(plan, Watching(np.array([10]))), open_to_change=False)
    looking.go_on(20)
    records = looking.world.state.records
    assert records is not None and len(parts_of(looking)["world.state.records"]._asked_before) == 4  # type: ignore[attr-defined]
