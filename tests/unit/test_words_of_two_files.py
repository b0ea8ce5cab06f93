"""`decisions` is a word of scenarios and `measures` one of studies: each, in the wrong file, names the other."""

from __future__ import annotations

from pathlib import Path

import pytest

import sim
from sim.begun import begin
from tests.unit.test_chosen_decisions import CHOSEN, KEEP, written


def test_measures_in_a_scenario_name_decisions(tmp_path: Path) -> None:
    file = written(tmp_path, KEEP % CHOSEN)
    file.write_text(file.read_text() + "measures: [fill_rate]\n", encoding="utf-8")
    with pytest.raises(sim.ScenarioError) as caught:
        sim.validate(file)
    [problem] = caught.value.problems
    assert problem.line == len(file.read_text().splitlines())
    assert "'decisions', if it is what parties do" in str(problem) and "in a study" in str(problem)


def test_measures_set_or_injected_name_decisions(tmp_path: Path) -> None:
    file = written(tmp_path, KEEP % CHOSEN)
    with pytest.raises(sim.ScenarioError, match="'decisions', if it is what parties do"):
        sim.validate(file, overrides={"measures": ["fill_rate"]})
    with pytest.raises(sim.ScenarioError, match="'decisions', if it is what parties do"):
        begin(file).inject(written=f"measures: [{KEEP % CHOSEN}]")


def test_decisions_in_a_study_name_measures_and_the_scenario(tmp_path: Path) -> None:
    file = written(tmp_path, KEEP % CHOSEN)
    study = tmp_path / "study.yaml"
    study.write_text(
        f"study: s\ntitle: t\nscenarios: [{file.name}]\nstrategies: [{{name: a}}]\nreplications: 2\n"
        f"decisions:\n  - {KEEP % CHOSEN}\n",
        encoding="utf-8",
    )
    with pytest.raises(sim.ScenarioError) as caught:
        sim.run_study(study)
    [problem] = caught.value.problems
    assert problem.line == 6 and "'measures'" in str(problem)
    assert "what parties decide stands in the scenario" in str(problem)
