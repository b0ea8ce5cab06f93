"""Kinds and metrics that others register: what they may need, and what is refused."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import sim
from sim.metrics.base import METRICS, metric
from sim.model.network import Network
from sim.policies.allocation.base import ALLOCATION, Allocation, Claims, in_turn
from sim.policies.allocation.proportional import Proportional
from sim.policies.reserves.reserve import Reserve
from sim.scenario.reading.schema import scenario_schema, schema_text
from tests.contract.network import STANDARD, run
from tests.kinds import registered_meanwhile


@pytest.fixture
def needy() -> Iterator[type[Allocation]]:
    """A rule that cannot do without a field: those ask in vain whose claim is below it."""

    with registered_meanwhile():

        @ALLOCATION.register("needy")
        class Needy(Allocation):
            at_least: int

            def share(self, claims: Claims, network: Network) -> np.ndarray:
                asked = np.where(claims.requested >= self.at_least, claims.requested, 0)
                return in_turn(claims.available, claims.source, asked, np.argsort(claims.source, kind="stable"))

        yield Needy


def test_a_rule_with_a_required_field_leaves_reserves_with_other_rules_alone(needy: type[Allocation]) -> None:
    assert needy.name_in_yaml in ALLOCATION
    run(STANDARD)
    assert reserve("priority_tiers").release.rule.rule == "priority_tiers"
    assert reserve({"rule": "needy", "at_least": 3}).release.rule.at_least == 3  # type: ignore[attr-defined]
    with pytest.raises(ValueError, match="at_least"):
        reserve("needy")
    with pytest.raises(ValueError, match="unknown allocation rule"):
        reserve("nobody's")


def reserve(rule: Any) -> Reserve:
    spec = copy.deepcopy(STANDARD["reserves"]["national"])
    spec["release"]["rule"] = rule
    return Reserve.model_validate(spec)


def with_rule(rule: Any) -> sim.Run:
    spec = copy.deepcopy(STANDARD)
    spec["reserves"]["national"]["release"]["rule"] = rule
    return run(spec)


def test_a_reserve_shares_by_a_rule_with_its_fields() -> None:
    """A critical level above the whole reserve is kept for the first group: it gets what there is, others nothing."""
    plain, kept = with_rule("priority_tiers"), with_rule({"rule": "priority_tiers", "critical": 1_000_000})
    same = with_rule({"rule": "priority_tiers"})
    assert plain.daily.equals(same.daily)
    released = [done.outcome.record.reserves["released"].sum() for done in (plain, kept)]
    assert 0 < released[1] < released[0]


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ("first_come", "there is no queue of orders here for this rule"),
        ({"rule": "first_come"}, "there is no queue of orders here for this rule"),
        ("proportionl", "did you mean 'proportional'"),
        ({"rule": "priority_tiers", "critical": "many"}, "days of cover"),
        ({"rule": "priority_tiers", "at": "store"}, "no `at` and no `products`"),
        ({"rule": "priority_tiers", "critcal": 3}, "did you mean 'critical'"),
        ({"critical": 3}, "unknown allocation rule"),
    ],
)
def test_a_rule_that_a_reserve_cannot_have_is_told(rule: Any, message: str) -> None:
    with pytest.raises(sim.ScenarioError) as found:
        with_rule(rule)
    assert message in str(found.value)


def test_a_rule_that_is_registered_late_is_known_wherever_rules_are_written(needy: type[Allocation]) -> None:
    """After scenarios have been read: in a list of rules, in the schema, and among the words to expect."""
    spec = copy.deepcopy(STANDARD)
    spec["allocation"] = [{"rule": "needy", "at": "warehouses", "at_least": 10}]
    plan = run(spec).outcome.plan
    assert needy in [type(sharing.rule) for sharing in plan.allocation]
    assert scenario_schema()["$defs"]["Needy"]["properties"].keys() >= {"rule", "at_least"}
    for rules, message in (({"rule": "needy"}, "'at_least' is missing"), ({"rule": "neady"}, "did you mean 'needy'")):
        spec["allocation"] = [rules | {"at": "warehouses"}]
        with pytest.raises(sim.ScenarioError, match=message):
            run(spec)


def test_what_was_registered_for_a_while_is_forgotten() -> None:
    before = schema_text()
    with registered_meanwhile():
        ALLOCATION.register("passing")(type("Passing", (Proportional,), {"__module__": __name__}))
        assert '"passing"' in schema_text()
    assert schema_text() == before and "passing" not in ALLOCATION


def test_a_second_metric_of_one_name_is_refused() -> None:
    before = METRICS["fill_rate"]
    with pytest.raises(ValueError, match="metric 'fill_rate' is registered twice"):
        metric("fill_rate", "Mine", "share")(lambda view: None)
    assert METRICS["fill_rate"] is before
