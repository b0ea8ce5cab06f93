"""The JSON Schema that editors read: fresh, named by every shipped file, and as strict as the language."""

from __future__ import annotations

import copy
import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from sim.scenario.reading.document import plain
from sim.scenario.reading.schema import schema_text
from sim.scenario.reading.yaml_reader import read_yaml
from sim.study.design.design import study_schema
from tests.contract.network import KINDS, REGISTRIES, STANDARD, example
from tests.contract.regenerate import SCHEMA

ROOT = Path(__file__).resolve().parents[2]
STARTER = ROOT / "sim" / "scenario" / "starter.yaml"
SHIPPED = [STARTER, *sorted(p for p in (ROOT / "scenarios").rglob("*.yaml") if p.parent.name != "studies")]


@cache
def validator() -> Draft202012Validator:
    schema = json.loads(schema_text())
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def content(path: Path) -> Any:
    node, problems = read_yaml(path)
    assert node is not None and not problems
    return plain(node)


def test_the_shipped_schema_is_fresh() -> None:
    """Write it again: tideover schema --out scenarios/schema/scenario.schema.json."""
    again = "run: tideover schema --out scenarios/schema/scenario.schema.json"
    assert SCHEMA.read_text(encoding="utf-8") == schema_text(), again


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_a_shipped_file_names_the_schema_and_keeps_to_it(path: Path) -> None:
    first = path.read_text(encoding="utf-8").splitlines()[0]
    key, _, target = first.partition("$schema=")
    assert key == "# yaml-language-server: "
    assert (path.parent / target).resolve() == SCHEMA
    faults = [f"{list(e.absolute_path)}: {e.message[:200]}" for e in validator().iter_errors(content(path))]
    assert not faults


@pytest.mark.parametrize(("family", "name"), KINDS)
def test_a_kind_is_taken_with_its_example_and_refused_with_an_unknown_key(family: str, name: str) -> None:
    good = example(family, name)
    assert validator().is_valid(good)
    entry = {
        "disruptions": lambda data: data["disruptions"][0],
        "replenishment": lambda data: data["replenishment"][0],
        "allocation": lambda data: data["allocation"][0],
        "triggers": lambda data: data["reserves"]["national"]["release"]["when"],
        "demand": lambda data: data["demand"][0]["distribution"],
        "processes": lambda data: data["hazards"]["breakdown"]["happens"],
        "decisions": lambda data: data["decisions"][0],
        "sourcing": lambda data: data["sourcing"][0]["rule"],
        "forecasting": lambda data: data["replenishment"][0]["forecast"],
        "transfers": lambda data: data["transfers"][0],
        "alarms": lambda data: data["alarms"][0],
        "observations": lambda data: data["observed"][0],
    }[family]
    bad = copy.deepcopy(good)
    entry(bad)["colour"] = "red"
    assert not validator().is_valid(bad)
    bad = copy.deepcopy(good)
    entry(bad)[REGISTRIES[family].key] = f"{name}s"
    assert not validator().is_valid(bad)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("sede", 3),
        ("start", "1 May"),
        ("warm_up", 30),
        ("products", {"saline": {"unit": "bag", "cots": 1}}),
        ("products", {"saline": {"unit": "bag", "cost": -1}}),
        ("lanes", [{"from": "maker", "time": "3d"}]),
        ("demand", [{"at": {"regin": "coast"}, "product": "saline", "per_day": 3}]),
        ("demand", [{"at": "all", "product": "saline", "per_day": 3, "distribution": "poison"}]),
        ("reserves", {"national": {"size": "many"}}),
    ],
)
def test_slips_are_underlined(key: str, value: Any) -> None:
    assert validator().is_valid(STANDARD)
    assert not validator().is_valid(STANDARD | {key: value})


def test_a_file_that_builds_on_another_may_hold_parts_only() -> None:
    part = {
        "extends": "base.yaml",
        "costs": "_remove_",
        "reserves": {
            "national": {"size": "30d", "held_at": {"_replace_": True, "store": "100%"}, "refill": "_remove_"}
        },
        "suppliers": {"maker": {"makes": {"saline": {"capacity": 5}}}},
        "strategies": {"none": None, "both": {"also": ["none"], "reserves.national.size": "3d"}},
    }
    assert not list(validator().iter_errors(part))


def test_the_schema_of_studies_is_fresh_and_the_shipped_study_keeps_to_it() -> None:
    """Write it again: tideover schema --study --out scenarios/schema/study.schema.json."""
    file = SCHEMA.with_name("study.schema.json")
    schema = json.loads(file.read_text(encoding="utf-8"))
    assert schema == json.loads(json.dumps(study_schema()))
    studies = sorted((ROOT / "scenarios" / "studies").glob("*.yaml"))
    assert studies
    for path in studies:
        first = path.read_text(encoding="utf-8").splitlines()[0]
        assert (path.parent / first.partition("$schema=")[2]).resolve() == file
        assert not list(Draft202012Validator(schema).iter_errors(content(path)))
