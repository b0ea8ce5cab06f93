"""What every registered check owes: a definition, what to do, a scenario on which it speaks and one on which not."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from docs.make_reference import reference
from sim.disruptions import DISRUPTIONS
from sim.engine.checks import CHECKS, Compiled
from sim.engine.checks.base import check
from sim.engine.compile.plan import compile_plan
from sim.errors import Problem
from sim.scenario.load import Loaded, load
from tests.contract.network import STANDARD, lay_over, scenario_with

every_check = pytest.mark.parametrize("name", CHECKS)
severe = [name for name, kind in DISRUPTIONS.items() if kind.severity]
Told = Callable[[str, Mapping[str, Any]], list[Problem]]


def compiled(folder: Path, spec: Mapping[str, Any]) -> Loaded:
    """A scenario, compiled under its only strategy where it has one, with its notes."""
    path = folder / "scenario.yaml"
    path.write_text(yaml.dump(dict(spec), Dumper=yaml.CSafeDumper, sort_keys=False), encoding="utf-8")
    loaded = load(path, next(iter(spec.get("strategies", {})), None))
    compile_plan(loaded)
    return loaded


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Told:
    """The notes of one check alone, on the standard network with something laid over."""

    def alone(name: str, over: Mapping[str, Any]) -> list[Problem]:
        monkeypatch.setattr(CHECKS, "_kinds", {name: CHECKS[name]})
        spec = copy.deepcopy(STANDARD)
        lay_over(spec, over)
        return compiled(tmp_path, spec).notes

    return alone


@every_check
def test_it_says_what_it_looks_for_and_what_to_do(name: str) -> None:
    one = CHECKS[name]
    assert one.definition.endswith(".") and one.remedy.endswith(".")
    assert f"| `{name}` | {one.definition} | {one.remedy} |" in reference()


@every_check
def test_it_speaks_on_its_example(name: str, told: Told) -> None:
    """Of what is laid over; the standard network's own ban leaves a store without another source."""
    notes = told(name, CHECKS[name].example)
    assert all(note.line > 0 for note in notes), "a note has its place"
    assert {note.message for note in notes} - {note.message for note in told(name, {})}


@every_check
def test_it_is_silent_on_what_is_nearly_the_same(name: str, told: Told) -> None:
    assert {note.message for note in told(name, CHECKS[name].quiet)} <= {note.message for note in told(name, {})}
    assert told(name, {}) == [] or name == "nobody_else_to_turn_to"


def test_a_check_without_both_scenarios_is_refused() -> None:
    with pytest.raises(TypeError, match="quiet"):
        check("half", remedy="Nothing.", example={})  # type: ignore[call-arg]
    with pytest.raises(ValueError, match="'half' needs a scenario"):
        check("half", remedy="Nothing.", example={"end": "2024-02-01"}, quiet={})


@pytest.mark.parametrize("name", severe)
def test_a_disruption_without_severity_is_told_to_change_nothing(
    name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """At the values at which, by what its kind says, it changes nothing."""
    kind = DISRUPTIONS[name]
    mild = (
        (kind.in_part or kind.example) | (kind.severity or {}) | ({"steps": []} if "steps" in kind.model_fields else {})
    )
    monkeypatch.setattr(CHECKS, "_kinds", {"it": CHECKS["disruptions_without_effect"]})
    notes = compiled(tmp_path, scenario_with("disruptions", name, mild)).notes
    assert [note.message for note in notes if "changes nothing" in note.message], name


def test_checks_see_what_is_compiled(tmp_path: Path) -> None:
    """And come in the order of their modules, those of warehouses before those of disruptions; clinic-c, from which the
    search for sources begins, has no use for oxytocin."""
    assert {"loaded", "plan", "impacts", "idle"} == set(Compiled.__dataclass_fields__)
    spec = copy.deepcopy(STANDARD)
    for name in ("disruptions_without_effect", "depots_without_goods"):
        lay_over(spec, CHECKS[name].example)
    loaded = compiled(tmp_path, spec)
    told = [note.message.partition(":")[0] for note in loaded.notes]
    assert told == [
        "'depot' is no source of 'saline'", "'depot' is no source of 'oxytocin'",
        "'stock_loss store' begins after the last day of the scenario (2024-02-29)",
        "from 'export_ban IN' on, orders of 'store' for 'saline' have nobody else to turn to",
        "no goods go over depot > clinic-a, depot > clinic-b, depot > clinic-c",
    ]  # fmt: skip
    compile_plan(loaded)
    assert len(loaded.notes) == 10, "another plan of the same scenario is looked at again"
    compile_plan(loaded, as_written=False)
    assert len(loaded.notes) == 10, "one with drawn values is not"
