"""What every registered kind owes: documentation, an example that runs, an error that helps, a golden result."""

from __future__ import annotations

import pickle
from typing import Any, get_args

import pytest

from docs.make_reference import PAGE, reference
from sim.docstrings import field_docstrings
from sim.errors import ScenarioError
from sim.policies.triggers.base import Sight, SiteTrigger
from sim.policies.triggers.over import Over
from sim.study.design.fingerprint import digest
from tests.contract.network import (
    GOLDEN,
    KINDS,
    REGISTRIES,
    STANDARD,
    beside,
    example,
    golden,
    kind,
    result,
    run,
    scenario_with,
)

COMMON = ("kind", "policy", "rule", "trigger", "distribution", "process", "decision", "method", "alarm")
UNMET = ("chosen", "lead_time", "price")
"""Triggers that no facility of the standard network meets: nobody chooses, what its store sends is never late, and it
buys of no maker."""
every_kind = pytest.mark.parametrize(("family", "name"), KINDS, ids=lambda word: str(word))


def test_the_standard_network_runs() -> None:
    assert run(STANDARD).daily["unmet"].sum() > 0


@every_kind
def test_it_is_documented(family: str, name: str) -> None:
    """A docstring of its own, and a line on every field whose name does not say it all."""
    cls = kind(family, name)
    assert cls.__dict__.get("__doc__"), "a docstring"
    bare = [f for f in cls.model_fields if not field_docstrings(cls).get(f) and f not in SELF_EXPLAINING]
    assert not bare, f"a docstring under each of {bare}"


SELF_EXPLAINING = (*COMMON, "factor", "extra", "port", "passage", "side", "supplier")


@every_kind
def test_its_example_runs(family: str, name: str) -> None:
    done = run(example(family, name))
    assert len(done.daily) > 0 and done.daily["served"].sum() > 0


@every_kind
def test_its_bad_example_is_refused_with_help(family: str, name: str) -> None:
    fields, message = kind(family, name).bad_example
    with pytest.raises(ScenarioError) as caught:
        run(scenario_with(family, name, fields))
    assert message in str(caught.value)
    assert all(problem.line > 0 for problem in caught.value.problems)


@every_kind
def test_its_golden_result_holds(family: str, name: str) -> None:
    """If the change is meant: python -m tests.contract.regenerate."""
    known = golden(family)
    assert name in known, "no golden result: python -m tests.contract.regenerate"
    assert result(run(example(family, name))) == known[name]


@every_kind
def test_its_plan_reaches_a_worker_process_unchanged(family: str, name: str) -> None:
    plan = run(example(family, name)).outcome.plan
    assert digest(pickle.loads(pickle.dumps(plan))) == digest(plan)


@every_kind
def test_it_stands_in_the_reference(family: str, name: str) -> None:
    assert f"### `{name}`" in reference()


@pytest.mark.parametrize("name", list(REGISTRIES["triggers"]))
def test_a_trigger_serves_use_levels_as_it_serves_reserves(name: str) -> None:
    """Its example runs there, its bad example is refused there; what it sees and over whom is declared."""
    trigger = kind("triggers", name)
    made = trigger.model_validate({"trigger": name} | trigger.example)
    assert made.all_sees and made.all_sees <= set(get_args(Sight))
    assert set(trigger.over) <= set(get_args(Over)) and trigger.over
    fields, message = trigger.bad_example
    level = {"when": {"trigger": name} | trigger.example, "saves": "20%"}
    bad = {"when": {"trigger": name} | fields, "saves": "20%"}
    standard = STANDARD | beside(name)
    saved = run(standard | {"use_levels": [{"at": "facilities", "contingency": level}]}).daily["conserved"].sum()
    assert (saved > 0) == (name not in UNMET)
    with pytest.raises(ScenarioError) as caught:
        run(standard | {"use_levels": [{"at": "facilities", "contingency": bad}]})
    assert message in str(caught.value)


@pytest.mark.parametrize("name", list(REGISTRIES["triggers"]))
def test_a_trigger_offers_what_it_declares_over_whom(name: str) -> None:
    trigger = kind("triggers", name)
    of_sites = issubclass(trigger, SiteTrigger)
    assert ("of" in trigger.model_fields) == of_sites
    for word in get_args(Over):
        fields = {"trigger": name} | trigger.example | {"of": word}
        spec = scenario_with("triggers", name, fields)
        if of_sites:
            assert word in trigger.over
            run(spec)
        else:
            assert trigger.over == ("together",)
            with pytest.raises(ScenarioError, match="of"):
                run(spec)


def test_no_golden_result_is_left_over() -> None:
    found: dict[str, Any] = {path.stem: golden(path.stem) for path in GOLDEN.glob("*.json") if path.stem in REGISTRIES}
    assert {family: sorted(known) for family, known in found.items()} == {
        family: list(kinds) for family, kinds in REGISTRIES.items()
    }


def test_the_reference_is_up_to_date() -> None:
    """docs/reference/kinds.md is what docs/make_reference.py writes."""
    assert PAGE.read_text(encoding="utf-8") == reference(), "python -m docs.make_reference"


@pytest.mark.parametrize("name", list(REGISTRIES["disruptions"]))
def test_a_disruption_makes_a_difference(name: str) -> None:
    """Its example is worth a test: something in the daily table or in the cost is not as without it."""
    spec = example("disruptions", name)
    spec["products"] = {product: fields | {"cost": 2} for product, fields in spec["products"].items()}
    disturbed, without = run(spec), run(spec | {"disruptions": []})
    same_days = result(disturbed)["daily_sha256"] == result(without)["daily_sha256"]
    assert not same_days or disturbed.metrics.cost["total"] != without.metrics.cost["total"]
