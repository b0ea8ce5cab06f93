"""The study file: what it may say, and what is said about its mistakes."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
import yaml

import sim
from sim.errors import ScenarioError
from sim.study.design.design import read_study, study_schema
from sim.study.run.query import query
from tests.study.conftest import ROOT, SMALL, WriteStudy

SHIPPED = sorted((ROOT / "scenarios" / "studies").glob("*.yaml"))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_shipped_studies_are_valid_and_meet_the_schema(path: Path) -> None:
    assert read_study(path).cases
    jsonschema.validate(yaml.safe_load(path.read_text(encoding="utf-8")), study_schema())


def test_the_schema_takes_what_the_reader_takes() -> None:
    jsonschema.validate(yaml.safe_load(SMALL), study_schema())
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(yaml.safe_load(SMALL + "baselin: none"), study_schema())


def test_every_strategy_meets_every_scenario_on_its_seed(write_study: WriteStudy) -> None:
    design = read_study(write_study(SMALL + "seed: 7\ncomparisons: all-pairs\n"))
    assert [case.labels[:2] for case in design.cases] == [
        (scenario, strategy) for scenario in ("my-scenario", "longer") for strategy in ("none", "double")
    ]
    assert design.seeds == {"my-scenario": 7, "longer": 7}
    assert design.loaded["longer", "none"].spec.disruptions[0].for_ == 90
    assert design.pairs == [("double", "none")]


def test_all_pairs_are_compared_each_once(write_study: WriteStudy) -> None:
    text = SMALL.replace("[none, double]", "[none, {name: plain}, double]") + "baseline: double\n"
    assert read_study(write_study(text)).pairs == [("none", "double"), ("plain", "double")]
    pairs = read_study(write_study(text + "comparisons: all-pairs\n")).pairs
    assert pairs == [("none", "double"), ("plain", "double"), ("plain", "none")]


MISTAKES = {
    "measures: [units_unme]": ("study.yaml:6", "did you mean 'units_unmet'"),
    "measures: [units_unmet by regio]": ("study.yaml:6", "did you mean 'region'"),
    "strategies: [none, dubble]": ("study.yaml:5", "did you mean 'double'"),
    "strategies: [none, none]": ("study.yaml", "every strategy once"),
    "strategies: [none, {name: x, set: {reserves.nationl.size: 3d}}]": ("study.yaml:5", "did you mean 'national'"),
    "scenarios: [startr.yaml]": ("study.yaml:4", "did you mean 'starter.yaml'"),
    "scenarios: [starter.yaml, starter.yaml]": ("study.yaml:4", "two scenarios have this name"),
    "scenarios: [../../../../../etc/passwd]": ("study.yaml:4", "leads out of the project's folder"),
    "replications: 1": ("study.yaml:7", "at least 2"),
    "replications: {at_least: 9, at_most: 3}": ("study.yaml:7", "at_most no smaller than at_least (9)"),
    "replications: {at_most: 9, at_least: 3, until: {units_unmet: much}}": ("study.yaml:7", "a share such as 10%"),
    "replications: {at_most: 9, at_least: 3, until: {fill_rate: 1}}": ("study.yaml", "'fill_rate' among the measures"),
    "baseline: nobody": ("study.yaml", "one of the strategies: none, double"),
    "best: {measure: units_unmet by region, indifference: 3}": ("study.yaml:10", "a measure in all"),
    "confidence: 20%": ("study.yaml:10", "above 0.5"),
    "dayly: true": ("study.yaml:10", "did you mean 'daily'"),
}


@pytest.mark.parametrize("line", MISTAKES)
def test_a_mistake_is_told_with_its_line_and_its_remedy(line: str, write_study: WriteStudy) -> None:
    key = line.partition(":")[0] + ":"
    lines = [line if written.startswith(key) else written for written in SMALL.splitlines()]
    text = "\n".join(lines if line in lines else [*lines, line]) + "\n"
    with pytest.raises(ScenarioError) as caught:
        read_study(write_study(text))
    place, words = MISTAKES[line]
    assert place in str(caught.value) and words in str(caught.value), str(caught.value)


def test_all_mistakes_are_told_at_once(write_study: WriteStudy) -> None:
    text = SMALL.replace("double]", "dubble, {name: x, set: {reserves.nationl.size: 3d}}]").replace(
        "[starter", "[nowhere.yaml, starter"
    )
    with pytest.raises(ScenarioError) as caught:
        read_study(write_study(text))
    for word in ("nowhere.yaml", "dubble", "nationl"):
        assert word in str(caught.value)


def test_replications_go_on_until_the_answer_is_precise(write_study: WriteStudy, tmp_path: Path) -> None:
    def run(name: str, until: str) -> sim.StudyResult:
        text = f"""
study: precise
title: Until it is precise
scenarios: [starter.yaml]
strategies: [none, double]
measures: [units_unmet]
replications: {{at_least: 4, at_most: 12, until: {until}}}
"""
        return sim.run_study(write_study(text), tmp_path / name, workers=1)

    easy, hard = run("easy", "{units_unmet: 100%}"), run("hard", "{units_unmet: 0.001}")
    assert (easy.number, easy.precise) == (4, True)
    assert (hard.number, hard.precise) == (12, False)
    first = hard.comparisons.iloc[0]
    half = (first["high"] - first["low"]) / 2
    between = run("between", f"{{units_unmet: {1.2 * half:.6f}}}")
    assert between.precise and 4 <= between.number <= 12


def test_one_strategy_alone_is_a_study_too(write_study: WriteStudy, tmp_path: Path) -> None:
    text = """
study: alone
title: One strategy
scenarios: [starter.yaml]
strategies: [{name: only}]
measures: [mean_stock]
replications: {at_least: 3, at_most: 6, until: {mean_stock: 0.000001}}
twin: false
daily: true
"""
    result = sim.run_study(write_study(text), tmp_path / "out", workers=1)
    assert (result.number, result.precise) == (6, False)
    assert result.comparisons.empty and result.best.empty and result.regret.empty
    assert result.summary["n"].tolist() == [6] and result.fan["twin_unmet"].isna().all()
    assert query(tmp_path / "out", "select count(*) as n from fan")["n"].tolist() == [7 * 91]


def test_results_are_queried_in_sql(write_study: WriteStudy, tmp_path: Path) -> None:
    result = sim.run_study(write_study(), tmp_path / "out", workers=1)
    found = query(
        tmp_path / "out",
        "select strategy, avg(value) as mean from replications "
        "where measure = 'units_unmet' and breakdown = 'all' and scenario = 'longer' group by 1 order by 1",
    )
    rows = result.replications[result.replications["scenario"] == "longer"]
    rows = rows[(rows["measure"] == "units_unmet") & (rows["breakdown"] == "all")]
    assert found["mean"].tolist() == rows.groupby("strategy")["value"].mean().tolist()
    with pytest.raises(ScenarioError, match="replications"):
        query(tmp_path / "out", "select * from nothing")
    with pytest.raises(ScenarioError, match="not the folder of a run or study"):
        query(tmp_path, "select 1")
    assert json.loads((tmp_path / "out" / "manifest.json").read_text())["replications"] == 6
