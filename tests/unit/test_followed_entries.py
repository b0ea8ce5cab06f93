"""What is said of a list's entry by its position goes with it when strategies, overrides or files move it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import sim
from sim.errors import ScenarioError
from sim.scenario.load import Loaded, load

STARTER = (Path(sim.__file__).parent / "scenario" / "starter.yaml").read_text(encoding="utf-8")
SURGE = "{kind: demand_surge, at: facilities, from: %s, for: 30d, factor: %s}"
TEXT = f"""
scenario: followed
extends: starter.yaml
disruptions:
  - {SURGE % ("2024-02-01", 1.2)}
  - {SURGE % ("2024-03-01", 1.4)}
  - {SURGE % ("2024-04-01", 1.6)}
use_levels:
  - {{at: clinic-a, contingency: {{below: 5d, saves: 30%}}}}
  - {{at: clinic-b, contingency: {{below: 6d, saves: 20%}}}}
strategies:
  _replace_: true
  first-gone: {{disruptions.0: _remove_, disruptions.1.factor: 1.5, use_levels.0: _remove_}}
  second-gone: {{disruptions.1: _remove_}}
  turned:
    disruptions: [{SURGE % ("2024-04-01", 1.6)}, {SURGE % ("2024-03-01", 1.4)}]
  other: {{_replace_: true, disruptions: [{SURGE % ("2024-05-01", 2)}]}}
evidence:
  disruptions.1.for: {{source: paper}}
  use_levels.1.contingency.saves: {{source: paper}}
sources: {{paper: {{title: A paper}}}}
"""
RANGE = "uncertain: {disruptions.2.factor: 'uniform(1.5, 1.8)'}\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "starter.yaml").write_text(STARTER, encoding="utf-8")
    made = tmp_path / "followed.yaml"
    made.write_text(TEXT, encoding="utf-8")
    return made


def entry_of(loaded: Loaded, section: str) -> Any:
    """The entry of a section that its evidence is for, None where there is no evidence."""
    paths = [path.split(".") for path in loaded.spec.evidence if path.startswith(section)]
    return loaded.document.data[section][int(paths[0][1])] if paths else None


@pytest.mark.parametrize(
    ("strategy", "overrides", "begins"),
    [
        (None, {}, "2024-03-01"),
        ("first-gone", {}, "2024-03-01"),
        ("second-gone", {}, None),
        ("turned", {}, "2024-03-01"),
        ("other", {}, None),
        (None, {"disruptions.0": "_remove_"}, "2024-03-01"),
        ("first-gone", {"disruptions.0": "_remove_"}, None),
    ],
)
def test_evidence_goes_with_its_entry(
    file: Path, strategy: str | None, overrides: dict[str, str], begins: str | None
) -> None:
    loaded = load(file, strategy, overrides)
    found = entry_of(loaded, "disruptions")
    assert begins == (None if found is None else str(found["from"]))
    assert entry_of(loaded, "use_levels")["at"] == "clinic-b"


def test_evidence_of_a_file_goes_with_its_entry_in_the_file_built_upon_it(file: Path) -> None:
    child = file.with_name("child.yaml")
    child.write_text(
        "scenario: child\nextends: followed.yaml\nstrategies: {_replace_: true}\ndisruptions:\n"
        f"  - {SURGE % ('2024-03-01', 1.4)}\n  - {SURGE % ('2024-05-01', 3)}\n",
        encoding="utf-8",
    )
    assert str(entry_of(load(child), "disruptions")["from"]) == "2024-03-01"
    child.write_text(child.read_text(encoding="utf-8").replace("1.4", "1.3"), encoding="utf-8")
    assert entry_of(load(child), "disruptions") is None  # another surge: nobody read its length in the paper


def test_a_range_goes_with_its_entry(file: Path) -> None:
    before, after = TEXT.index("  turned:"), TEXT.index("evidence:")  # these set the range's figure, an error
    file.write_text(TEXT[:before] + TEXT[after:] + RANGE, encoding="utf-8")
    path = "disruptions.2.factor"
    places = [
        load(file, strategy, overrides).document.uncertain[path]
        for strategy, overrides in ((None, {}), ("second-gone", {}), (None, {"disruptions.0": "_remove_"}))
    ]
    assert places == [("disruptions", k, "factor") for k in (2, 1, 1)]
    loaded = load(file, None, {"disruptions.2": "_remove_"})
    assert not loaded.document.uncertain and "it is not drawn" in loaded.notes[0].message


def test_strategies_are_replaced_as_a_whole(file: Path) -> None:
    """The starter's strategies are gone; `_replace_` is no strategy, and nothing that one sets."""
    loaded = load(file, "other")
    assert set(loaded.document.strategies) == {"first-gone", "second-gone", "turned", "other"}
    assert len(loaded.spec.disruptions) == 1
    file.write_text(TEXT.replace("_replace_: true\n  first", "_replace_: 1\n  first"), encoding="utf-8")
    with pytest.raises(ScenarioError, match=r"'_replace_' is not set \(got 1\); expected true"):
        load(file)
