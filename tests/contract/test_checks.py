"""What every registered check owes: a definition, an example on which it speaks, silence elsewhere."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from docs.make_reference import reference
from sim.engine.checks import CHECKS, Compiled
from sim.engine.compile.plan import compile_plan
from tests.contract.network import STANDARD, lay_over, run

every_check = pytest.mark.parametrize("name", CHECKS)


def said(name: str, over: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The notes of one check alone, on the standard network with something laid over."""
    monkeypatch.setattr(CHECKS, "_kinds", {name: CHECKS[name]})
    spec = copy.deepcopy(STANDARD)
    lay_over(spec, over)
    notes = run(spec).loaded.notes
    assert all(note.line > 0 for note in notes), "a note has its place"
    return [note.message for note in notes]


@every_check
def test_it_says_what_it_looks_for(name: str) -> None:
    assert CHECKS[name].definition.endswith(".")
    assert f"| `{name}` | {CHECKS[name].definition} |" in reference()


@every_check
def test_it_speaks_on_its_example_and_only_there(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The standard network's ban leaves a store that has one source without any, which is told of that network too."""
    as_it_is = said(name, {}, monkeypatch)
    assert len(as_it_is) == (name == "nobody_else_to_turn_to")
    assert {*said(name, CHECKS[name].example, monkeypatch)} - {*as_it_is}


def test_checks_see_what_is_compiled() -> None:
    """And come in the order of their modules, those of warehouses before those of disruptions; clinic-c, from which the
    search for sources begins, has no use for oxytocin."""
    assert {"loaded", "plan", "impacts", "idle"} == set(Compiled.__dataclass_fields__)
    spec = copy.deepcopy(STANDARD)
    for name in ("disruptions_without_effect", "depots_without_goods"):
        lay_over(spec, CHECKS[name].example)
    loaded = run(spec).loaded
    assert [note.message.partition(":")[0] for note in loaded.notes] == [
        "'depot' is no source of 'saline'", "'depot' is no source of 'oxytocin'",
        "'stock_loss store' begins after the last day of the scenario (2024-02-29)",
        "from 'export_ban IN' on, orders of 'store' for 'saline' have nobody else to turn to",
    ]  # fmt: skip
    compile_plan(loaded)
    assert len(loaded.notes) == 8, "another plan of the same scenario is looked at again"
