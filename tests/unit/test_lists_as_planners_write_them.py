"""Lists where one value, or a mapping of shares, is usual: each means what a reader takes it to mean."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml
from pydantic import TypeAdapter

import sim
from sim.engine.compile.plan import compile_plan
from sim.errors import PlaceError
from sim.model.parts import equal_parts
from sim.model.selection import SelectorField, select
from sim.scenario.load import Loaded
from tests.contract.network import STANDARD

READ = TypeAdapter(SelectorField)
SITES = pd.DataFrame(
    [("a", "facility", "KE", "coast", "urban", 1), ("b", "facility", "UG", "inland", "rural", 2),
     ("c", "facility", "KE", "inland", "camp", 3), ("s", "warehouse", "KE", "coast", "", 1)],
    columns=["name", "kind", "country", "region", "setting", "priority"],
)  # fmt: skip


def loaded(tmp_path: Path, **parts: Any) -> Loaded:
    """The standard network with some sections replaced."""
    (tmp_path / "s.yaml").write_text(yaml.safe_dump(copy.deepcopy(STANDARD) | parts))
    return sim.validate(tmp_path / "s.yaml")


@pytest.mark.parametrize(
    ("written", "names"),
    [
        ({"setting": ["urban", "camp"]}, "ac"),
        ({"setting": ["urban", "rural"], "country": "KE"}, "a"),
        ({"country": ["KE", "UGA"], "kind": "facility"}, "abc"),
        ({"region": ["coast", "inland"], "kind": ["facilities", "warehouse"]}, "abcs"),
        ({"priority": [2, 3]}, "bc"),
        ({"kind": "facilities"}, "abc"),
        (["s", {"setting": ["camp"]}], "cs"),
        ([{"region": "coast", "kind": "facility"}, {"region": "inland", "country": "UG"}], "ab"),
    ],
)
def test_a_list_in_a_selector_means_any_of_them(written: Any, names: str) -> None:
    assert "".join(SITES["name"].to_numpy()[select(READ.validate_python(written), SITES)]) == names


def test_the_entry_of_a_list_that_names_nobody_is_the_one_told() -> None:
    with pytest.raises(PlaceError) as caught:
        select(READ.validate_python(["a", {"setting": ["urban", "capm"]}]), SITES)
    assert (caught.value.path, caught.value.nearest) == ((1, "setting", 1), "camp")


def test_holders_in_a_list_hold_equal_parts(tmp_path: Path) -> None:
    reserves = copy.deepcopy(STANDARD["reserves"])
    reserves["national"] |= {"held_at": ["store", "clinic-a"], "products": ["saline"]}
    case = loaded(tmp_path, reserves=reserves)
    held = compile_plan(case).reserves[0]
    assert held.size.tolist() == [180, 180]  # ten days of 3 x 12, by halves
    notes = [note.message for note in case.notes if "held_at" in note.message]
    assert notes[:1] == ["'reserves.national.held_at' is a list, so each of the 2 has 50%"]


def test_sources_in_a_list_have_equal_shares_and_one_has_all() -> None:
    assert equal_parts(["a", "b", "c"]) == dict.fromkeys("abc", "33.333333333%")
    assert equal_parts("a") == {"a": "100%"}
    assert equal_parts({"a": "40%"}) == {"a": "40%"}
    with pytest.raises(PlaceError, match="twice"):
        equal_parts(["a", "a"])


def test_a_list_under_from_of_sourcing_is_an_equal_split(tmp_path: Path) -> None:
    suppliers = STANDARD["suppliers"] | {"far": {"country": "US", "makes": {"saline": {}}}}
    lanes = [*STANDARD["lanes"], {"from": "far", "to": "store", "time": "5d"}]
    sourcing = [{"at": "store", "products": ["saline"], "from": ["maker", "far"]}]
    network = compile_plan(loaded(tmp_path, suppliers=suppliers, lanes=lanes, sourcing=sourcing)).network
    store = network.select_cells("store", ["saline"])
    shares = network.flow_share[np.isin(network.flow_buyer, store)]
    assert shares == pytest.approx([0.5, 0.5])


def test_a_list_under_from_of_a_lane_is_a_lane_from_each(tmp_path: Path) -> None:
    lanes = copy.deepcopy(STANDARD["lanes"])
    lanes[0] |= {"from": ["maker", "other-maker"]}
    names = [lane.name for lane in compile_plan(loaded(tmp_path, lanes=lanes)).network.lanes]
    assert {"maker > store", "other-maker > store"} <= set(names)
    lanes[0] |= {"from": ["maker", "othermaker"]}
    with pytest.raises(sim.ScenarioError, match=r"unknown site \(got 'othermaker'\).*did you mean 'other-maker'"):
        loaded(tmp_path, lanes=lanes)


def test_a_trigger_set_over_another_kind_leaves_nothing_of_it(tmp_path: Path) -> None:
    """By the command line, by a strategy and by a file that builds on another; of the same kind it is merged."""
    strategies = {"told": {"reserves.national.release.when": {"trigger": "announced"}}}
    (tmp_path / "s.yaml").write_text(yaml.safe_dump(copy.deepcopy(STANDARD) | {"strategies": strategies}))
    child = {"extends": "s.yaml", "reserves": {"national": {"release": {"when": {"trigger": "announced"}}}}}
    (tmp_path / "child.yaml").write_text(yaml.safe_dump(child))
    path = "reserves.national.release.when"
    for case in (
        sim.validate(tmp_path / "s.yaml", overrides={path: {"trigger": "announced"}}),
        sim.validate(tmp_path / "s.yaml", "told"),
        sim.validate(tmp_path / "child.yaml"),
    ):
        assert case.document.data["reserves"]["national"]["release"]["when"] == {"trigger": "announced"}
    same = sim.validate(tmp_path / "s.yaml", overrides={path: {"trigger": "days_of_cover", "edge": True}})
    assert same.document.data["reserves"]["national"]["release"]["when"]["below"] == "1d"
