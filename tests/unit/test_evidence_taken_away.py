"""Evidence goes with the figure: a strategy that takes something away leaves no evidence of it behind, and no error."""

from __future__ import annotations

from pathlib import Path

import pytest

import sim
from sim.errors import ScenarioError
from sim.report.run.evidence import sourced

STARTER = (Path(sim.__file__).parent / "scenario" / "starter.yaml").read_text(encoding="utf-8")
TEXT = """
scenario: told
extends: starter.yaml
use_levels:
  - {at: facilities, contingency: {below: 5d, saves: 30%}}
disruptions:
  - {kind: export_ban, name: ban of St. Nowhere, country: IN, from: 2024-02-01, for: 75d}
  - {kind: demand_surge, name: outbreak, at: facilities, from: 2024-03-01, for: 30d, factor: 1.4}
strategies:
  double: _remove_
  calm: {disruptions.ban of St. Nowhere: _remove_}
  careless: {use_levels: []}
evidence:
  disruptions.ban of St. Nowhere.for: {source: paper}
  disruptions.outbreak.factor: {source: paper}
  use_levels.0.contingency.saves: {source: paper}
sources: {paper: {title: A paper}}
"""


def told(folder: Path, strategy: str | None, text: str = TEXT) -> dict[str, str]:
    (folder / "starter.yaml").write_text(STARTER, encoding="utf-8")
    (folder / "told.yaml").write_text(text, encoding="utf-8")
    return {entry.path: entry.value for entry in sourced(sim.validate(folder / "told.yaml", strategy))}


def test_all_of_it_is_told_where_nothing_is_taken_away(tmp_path: Path) -> None:
    """A name with a dot in it is found too."""
    assert told(tmp_path, None) == {
        "disruptions.ban of St. Nowhere.for": "75d", "disruptions.outbreak.factor": "1.4",
        "use_levels.0.contingency.saves": "30%",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("strategy", "gone"),
    [("calm", "disruptions.ban of St. Nowhere.for"), ("careless", "use_levels.0.contingency.saves")],
)
def test_what_a_strategy_takes_away_has_no_evidence(tmp_path: Path, strategy: str, gone: str) -> None:
    assert set(told(tmp_path, None)) - set(told(tmp_path, strategy)) == {gone}


def test_what_nobody_took_away_must_be_there(tmp_path: Path) -> None:
    wrong = TEXT.replace("use_levels.0.contingency.saves:", "use_levels.0.contingency.save:")
    for strategy in (None, "calm"):
        with pytest.raises(ScenarioError, match="evidence for a figure that is not there"):
            told(tmp_path, strategy, wrong)
