"""A value of another type than a field takes is refused with its place, whatever the field and the value."""

from __future__ import annotations

import copy
import math
from pathlib import Path
from typing import Any

import pytest
import yaml

import sim
from sim.errors import ScenarioError
from tests.contract.network import STANDARD, example, with_materials
from tests.property.test_mutated_scenarios import places, value_at

WRONG: list[Any] = [
    ["10d"],
    [["x"]],
    {"x": ["y"]},
    {1: 2},
    None,
    True,
    10**30,
    "",
    "²",
    "٣²d",
    "\0",
    math.nan,
    math.inf,
]
MORE: dict[str, Any] = {
    "warm_up": "5d",
    "stock": [{"at": "store", "products": ["saline"], "on_hand": "20d", "age": {"10d": "50%", "20d": "50%"},
               "made_by": {"maker": "100%"}}],
    "sourcing": [{"at": "store", "products": ["saline"], "from": {"maker": "100%"}}],
    "storage": [{"at": "store", "capacity": 100000}],
    "hoarding": [{"at": "facilities", "below": "80%", "at_most": 3, "memory": "7d"}],
    "rationing": [{"at": "maker", "after": "4d", "review": "7d", "until": "horizon", "horizon": "30d",
                   "contract": "50%",
                   "contract_first": "store", "exempt": "store", "restart": {"first": "contract", "at_most": "120%"},
                   "new_customers": {"take": "none", "own_at_most": "105%", "lasts": "30d",
                                     "when": {"trigger": "announced"}}}],
    "use_levels": [{"at": "facilities", "products": ["saline"], "contingency": {"below": "4d", "saves": "30%"}}],
    "buying_ahead": [{"at": "facilities", "when": {"trigger": "announced"}, "families": {"times": 2, "for": "9d"}}],
    "costs": {"currency": "USD", "holding_rate": "20%", "shortage_cost": 1},
    "sources": {"s": {"title": "t", "read": "2024-01-01"}},
    "evidence": {"disruptions.0.for": {"source": "s"}},
    "hazards": {"b": {"disruption": {"kind": "site_outage", "at": "maker", "capacity": "uniform(0%, 30%)"},
                      "lasts": "gamma(5d, 2d)", "happens": {"process": "arrivals", "a_year": 1}}},
    "hazard_sets": {"every-b": ["b"]},
    "active_hazards": ["b"],
    "passages": {"suez": {"convoys": {"all": {"traffic": 50, "ships": 60, "at": ["4h"]}}}},
}  # fmt: skip
"""Sections that the standard network does without."""


def full() -> dict[str, Any]:
    spec = copy.deepcopy(STANDARD)
    with_materials(spec)
    spec["products"]["saline"]["shelf_life"] = "400d"
    return spec | copy.deepcopy(MORE)


def validated(data: dict[str, Any], folder: Path) -> None:
    """Check a scenario; whatever is raised but a ScenarioError with places comes through."""
    file = folder / "scenario.yaml"
    file.write_text(yaml.safe_dump(data, allow_unicode=True, sort_keys=False), encoding="utf-8")
    try:
        sim.validate(file)
    except ScenarioError as error:
        assert error.problems and all(problem.line > 0 and problem.message for problem in error.problems)


def test_the_scenario_itself_is_fine(tmp_path: Path) -> None:
    file = tmp_path / "scenario.yaml"
    file.write_text(yaml.safe_dump(full()), encoding="utf-8")
    assert sim.validate(file).spec.scenario == "contract"


@pytest.mark.parametrize("section", list(full()))
def test_no_value_of_a_section_is_stumbled_over(section: str, tmp_path: Path) -> None:
    ways = [place for place in places(full()) if place[0] == section]
    for number, place in enumerate(ways):
        for wrong in WRONG if len(ways) < 12 else WRONG[number % 2 :: 2]:
            data = full()
            value_at(data, place[:-1])[place[-1]] = copy.deepcopy(wrong)
            validated(data, tmp_path)


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("stock", 0, "age"), ["10d"]), (("stock", 0, "age"), {"10d": ["50%"]}), (("stock", 0, "age"), 10),
        (("stock", 0, "age"), [["10d", "50%"]]), (("stock", 0, "on_hand"), ["20d"]),
        (("demand", 0, "per_day"), math.nan),
    ],
)  # fmt: skip
def test_a_list_or_no_number_where_one_value_belongs_is_told_with_its_line(
    place: tuple[str | int, ...], value: Any, tmp_path: Path
) -> None:
    data = full()
    value_at(data, place[:-1])[place[-1]] = value
    file = tmp_path / "scenario.yaml"
    file.write_text(yaml.safe_dump(data), encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        sim.validate(file)
    assert any(".".join(map(str, place)) in str(problem) for problem in caught.value.problems)


@pytest.mark.parametrize("word", ["²", "٣", "1²", "①", "9" * 5000, "-1", "0x0"])
def test_only_plain_digits_are_positions_in_a_list(word: str, tmp_path: Path) -> None:
    data = example("disruptions", "export_ban") | {
        "sources": {"s": {"title": "t"}}, "evidence": {f"disruptions.{word}.for": {"source": "s"}}
    }  # fmt: skip
    file = tmp_path / "scenario.yaml"
    file.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    with pytest.raises(ScenarioError, match="evidence for a figure that is not there"):
        sim.validate(file)
    del data["evidence"], data["sources"]
    file.write_text(yaml.safe_dump(data), encoding="utf-8")
    with pytest.raises(ScenarioError, match="there is no such entry"):
        sim.validate(file, None, {f"disruptions.{word}.for": "3d"})


def test_a_number_that_is_none_is_refused_from_outside(tmp_path: Path) -> None:
    file = tmp_path / "scenario.yaml"
    file.write_text(yaml.safe_dump(STANDARD), encoding="utf-8")
    for value in (math.nan, math.inf, -math.inf, 10**400):
        with pytest.raises(ScenarioError, match="demand"):
            sim.validate(file, None, {"demand.0.per_day": value})
