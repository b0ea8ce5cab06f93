"""A shipped scenario can be copied to where nothing else is; files of the other kind are told in a line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import sim
from sim.cli import cli
from sim.errors import ScenarioError
from sim.metrics.base import METRICS
from sim.output.columns import TABLES
from sim.scenario import shipped
from sim.scenario.load import load
from sim.scenario.reading.files import NAMING, files_of, tables_hash
from tests.study.conftest import write_into


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def call(*words: str) -> Result:
    return CliRunner().invoke(cli, list(words))


def problem(result: Result) -> str:
    assert isinstance(result.exception, ScenarioError), result.output
    assert len(result.exception.problems) == 1
    return str(result.exception.problems[0])


@pytest.mark.parametrize("name", shipped.shipped())
def test_a_copy_of_a_shipped_scenario_is_whole_and_means_the_same(name: str, empty: Path) -> None:
    made = call("new", "deep/My copy.yaml", "--from", name)
    assert made.exit_code == 0, made.exception
    old, new = load(shipped.shipped()[name]).document, load(empty / "deep" / "My copy.yaml").document
    assert new.data["scenario"] == "My-copy" and tables_hash(old) == tables_hash(new)
    assert without_folders(old.data) | {"scenario": ""} == without_folders(new.data) | {"scenario": ""}
    assert without_folders(old.strategies) == without_folders(new.strategies)
    assert all(path.resolve().is_relative_to(empty) for path in files_of(empty / "deep" / "My copy.yaml"))


def without_folders(value: Any) -> Any:
    """The same data, files by their names alone."""
    if isinstance(value, dict):
        return {key: Path(child).name if key in NAMING and isinstance(child, str) else without_folders(child)
                for key, child in value.items()}  # fmt: skip
    return [without_folders(child) for child in value] if isinstance(value, list) else value


def test_every_shipped_scenario_is_listed_with_a_title(empty: Path) -> None:
    listed = call("list", "scenarios").stdout
    assert all(name in listed and shipped.title_of(name) for name in shipped.shipped())
    assert "red-sea-2024" in shipped.shipped() and "east-africa" not in shipped.shipped()  # a network runs by no means


def test_nothing_is_written_over_and_an_unknown_name_is_told(empty: Path) -> None:
    (empty / "mine-files").mkdir()
    (empty / "mine-files" / "east-africa.yaml").write_text("my own")
    assert "mine-files/east-africa.yaml: there is a file of this name" in problem(
        call("new", "mine", "--from", "red-sea-2024")
    )
    assert [path.name for path in empty.iterdir()] == ["mine-files"]
    assert "did you mean 'red-sea-2024'" in problem(call("new", "mine", "--from", "red-sea-2042"))
    assert call("new", "mine", "--from", "red-sea-2024", "--study").exit_code == 2


def test_what_is_begun_has_the_name_of_its_file(empty: Path) -> None:
    assert call("new", "flood").exit_code == 0 and call("new", "which.yaml", "--study").exit_code == 0
    assert sim.validate("flood.yaml").spec.scenario == "flood"
    assert "study: which\n" in (empty / "which.yaml").read_text()


def test_metrics_and_columns_are_listed(empty: Path) -> None:
    listed = call("list", "metrics").stdout
    assert all(name in listed for name in (*METRICS, "cost", "net_cost"))
    columns = call("list", "columns").stdout
    assert all(name in columns for table in TABLES.values() for name in table.names)
    one = call("list", "columns", "short").stdout
    assert "share_short" in one and "stood_in" not in one
    assert "did you mean 'sites'" in problem(call("list", "columns", "site"))


def test_a_file_of_the_other_kind_is_told_in_a_line_and_validate_takes_both(empty: Path) -> None:
    write_into(empty)
    for command in (["run"], ["show"], ["search", "--reserve", "r", "--target", "fill_rate>=1%"]):
        told = problem(call(command[0], "study.yaml", *command[1:]))
        assert told.startswith("study.yaml: this is a study, not a scenario") and "tideover study study.yaml" in told
    for command in (["study"], ["brief"]):
        told = problem(call(*command, "starter.yaml"))
        assert told.startswith("starter.yaml: this is a scenario, not a study") and "tideover run" in told
    both = call("validate", "study.yaml", "starter.yaml")
    assert both.exit_code == 0 and "study.yaml: fine" in both.stdout and "starter.yaml: fine" in both.stdout
    text = (empty / "study.yaml").read_text()
    (empty / "study.yaml").write_text(text.replace("double", "dubble"))
    refused = call("validate", "study.yaml").exception
    assert isinstance(refused, ScenarioError) and "did you mean 'double'" in str(refused)
    assert not (empty / "reports").exists()


def test_a_run_can_be_asked_in_sql(empty: Path) -> None:
    write_into(empty)
    ran = call("run", "starter.yaml", "-q", "--no-report", "-o", "out", "--set", "end=2024-01-10")
    assert ran.exit_code == 0, ran.exception
    for name in ("metrics", "sites", "short", "daily", "events"):
        answer = call("query", "out", f"SELECT count(*) AS n FROM {name}", "--csv")
        assert answer.exit_code == 0 and int(answer.stdout.split()[1]) > 0
    unmet = call(
        "query", "out", "SELECT value FROM metrics WHERE metric = 'units_demanded' AND breakdown = 'all'", "--csv"
    )
    summed = call("query", "out", "SELECT sum(demand) AS v FROM daily WHERE kind = 'facility'", "--csv")
    assert float(unmet.stdout.split()[1]) == float(summed.stdout.split()[1]) > 0
    assert "the tables daily, events, metrics" in problem(call("query", "out", "SELECT * FROM replications"))
