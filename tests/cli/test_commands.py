"""The command line as a planner meets it."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
import yaml

import sim
from tests.bad.calls import typed
from tests.cli.calls import files, tideover

HEAVY = {"matplotlib", "numpy", "pandas", "pyarrow", "pydantic", "rich", "searoute", "simpy", "yaml"}
"""Libraries that take long to import and that help has no need of."""


@pytest.mark.parametrize("words", [["--help"], ["run", "--help"], ["list", "--help"], ["--version"]])
def test_help_imports_nothing_heavy(words: list[str], tmp_path: Path) -> None:
    """What keeps it within half a second: click alone."""
    code = f"""
import sys
from sim.cli import cli
try:
    cli.main({words!r})
except SystemExit as end:
    assert not end.code
print(*sys.modules, file=sys.stderr)
"""
    done = tideover(cwd=tmp_path, program=[sys.executable, "-W", "error", "-c", code])
    assert done.returncode == 0, done.stderr
    assert not HEAVY & set(done.stderr.split())


def test_bad_input_ends_with_code_2_all_problems_and_nothing_written(scenario: Path) -> None:
    text = scenario.read_text(encoding="utf-8").replace("held_at: store", "held_at: stor").replace("KE", "KN", 1)
    scenario.write_text(text.replace("at: warehouses, policy", "at: warehuses, policy"), encoding="utf-8")
    done = tideover("run", "starter.yaml", cwd=scenario.parent)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert "starter.yaml:" in done.stderr and "did you mean 'warehouses'" in done.stderr
    assert "did you mean 'store'" in done.stderr
    assert sorted(p.name for p in scenario.parent.iterdir()) == ["starter.yaml"]


@pytest.mark.parametrize("command", [["run"], ["validate"], ["show"], ["list", "strategies"]])
def test_a_missing_file_is_told_plainly(command: list[str], tmp_path: Path) -> None:
    done = typed(["tideover", *command, "nowhere.yaml"], tmp_path)
    assert done.code == 2
    assert "nowhere.yaml" in done.stderr and "Traceback" not in done.stderr


def test_json_prints_metrics_and_writes_nothing(scenario: Path) -> None:
    done = typed(["tideover", "run", "starter.yaml", "--json"], scenario.parent)
    metrics = json.loads(done.stdout)
    assert done.code == 0
    fill = metrics["overall"]["fill_rate"]
    assert 0 < fill["value"] < fill["twin"] <= 1
    assert [p.name for p in scenario.parent.iterdir()] == ["starter.yaml"]


def test_a_folder_that_holds_something_else_is_not_overwritten(scenario: Path) -> None:
    folder = scenario.parent / "precious"
    folder.mkdir()
    (folder / "thesis.txt").write_text("do not lose me")
    done = typed(["tideover", "run", "starter.yaml", "-o", "precious", "--no-report"], scenario.parent)
    assert done.code == 2
    assert "not overwritten" in done.stderr
    assert [p.name for p in folder.iterdir()] == ["thesis.txt"]


def test_show_tells_what_a_strategy_changed(scenario: Path) -> None:
    done = typed(["tideover", "show", "starter.yaml", "-s", "double"], scenario.parent)
    assert "#   reserves.national.size: 20d -> 40d  (double)" in done.stdout


def test_an_unknown_strategy_is_told_with_the_nearest(scenario: Path) -> None:
    done = typed(["tideover", "run", "starter.yaml", "-s", "duble"], scenario.parent)
    assert done.code == 2
    assert "did you mean 'double'" in done.stderr


def test_new_does_not_overwrite(scenario: Path) -> None:
    done = typed(["tideover", "new", "starter.yaml"], scenario.parent)
    assert done.code == 2
    assert "already" in done.stderr


def test_every_kind_is_listed(tmp_path: Path) -> None:
    done = tideover("list", "kinds", cwd=tmp_path, COLUMNS="200")
    for word in ("export_ban", "route_closure", "base_stock", "equal_days_of_cover", "days_of_cover", "poisson"):
        assert word in done.stdout


def test_a_setting_without_a_value_is_told(scenario: Path) -> None:
    done = typed(["tideover", "run", "starter.yaml", "--set", "seed"], scenario.parent)
    assert done.code == 2
    assert "PATH=VALUE" in done.stderr


def test_every_strategy_is_listed(scenario: Path) -> None:
    assert typed(["tideover", "list", "strategies", "starter.yaml"], scenario.parent).stdout.split() == [
        "none",
        "double",
    ]


def test_what_show_prints_is_a_scenario_that_means_the_same(scenario: Path) -> None:
    words = ["starter.yaml", "-s", "double", "--set", "seed=7", "--set", "disruptions.ban.quota=10%"]
    shown = typed(["tideover", "show", *words], scenario.parent).stdout
    assert "#   disruptions.ban.quota: nothing -> 10%  (override)" in shown
    again = scenario.parent / "again.yaml"
    again.write_text(shown, encoding="utf-8")
    meant = sim.validate(scenario, "double", {"seed": 7, "disruptions.ban.quota": "10%"})
    assert sim.validate(again).document.data == meant.document.data


def test_new_writes_what_validates_and_runs(tmp_path: Path) -> None:
    assert typed(["tideover", "new", "plans/mine"], tmp_path).code == 0
    assert files(tmp_path / "plans") == ["mine.yaml", "scenario.schema.json"]
    assert (
        (tmp_path / "plans" / "mine.yaml")
        .read_text(encoding="utf-8")
        .startswith("# yaml-language-server: $schema=scen")
    )
    printed = typed(["tideover", "validate", "plans/mine.yaml"], tmp_path).printed
    assert "Note: plans/mine.yaml: " in printed and "assumed and without a range" in printed
    assert printed.splitlines()[-1] == "plans/mine.yaml: fine"
    assert typed(["tideover", "new", "plans/mine"], tmp_path).code == 2


def test_new_writes_a_country_that_validates(tmp_path: Path) -> None:
    words = ["--facilities", "30", "--products", "2", "--regions", "3", "--days", "20", "--seed", "5"]
    assert typed(["tideover", "new", "land.yaml", "--country-like", *words], tmp_path).code == 0
    assert files(tmp_path) == ["land-facilities.csv", "land-warehouses.csv", "land.yaml", "scenario.schema.json"]
    printed = typed(["tideover", "validate", "land.yaml"], tmp_path).printed
    assert (
        printed.splitlines()[-1] == "land.yaml: fine" and printed.count("\n") == 3
    )  # and what is assumed, and who has one source


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--country-like", "--facilities", "0"], ["--facilities: this is out of bounds", "got 0", "1 to 200,000"]),
        (
            ["--country-like", "--facilities", "4", "--regions", "5", "--days", "0"],
            ["--regions", "--days", "2 problems"],
        ),
        (["--country-like", "--shelf-life", "24"], ["--shelf-life", "a duration such as 14d"]),
        (["--country-like", "--products", "many"], ["'many' is not a valid integer"]),
        (["--country-like", "--study"], ["--study or --country-like, not both"]),
        (["--shelf-life", "24mo"], ["--shelf-life goes with --country-like only"]),
    ],
)
def test_a_country_that_cannot_be_is_told(words: list[str], told: list[str], tmp_path: Path) -> None:
    outcome = typed(["tideover", "new", "land.yaml", *words], tmp_path)
    assert outcome.code == 2
    for part in told:
        assert part in outcome.printed
    assert files(tmp_path) == []


def test_schema_is_written_over_an_older_one(tmp_path: Path) -> None:
    (tmp_path / "s.json").write_text("{}", encoding="utf-8")
    assert typed(["tideover", "schema", "-o", "s.json"], tmp_path).code == 0
    assert json.loads((tmp_path / "s.json").read_text(encoding="utf-8"))["title"] == "Tideover scenario"


def test_settings_take_any_value_of_the_language(scenario: Path) -> None:
    words = ["--set", "reserves.national.held_at={_replace_: true, store: 60%, clinic-a: 40%}", "--set", "warm_up=0d"]
    outcome = typed(["tideover", "show", "starter.yaml", *words], scenario.parent)
    assert outcome.code == 0, outcome.printed
    data = yaml.safe_load(outcome.printed)
    assert data["reserves"]["national"]["held_at"] == {"store": "60%", "clinic-a": "40%"}


def test_validate_looks_at_every_strategy_and_one_alone_where_asked(scenario: Path) -> None:
    text = scenario.read_text(encoding="utf-8").replace("size: 40d}", "sise: 40d}")
    scenario.write_text(text, encoding="utf-8")
    outcome = typed(["tideover", "validate", "starter.yaml"], scenario.parent)
    assert outcome.code == 2 and "unknown key 'sise'" in outcome.printed
    assert typed(["tideover", "validate", "starter.yaml", "-s", "none"], scenario.parent).code == 0


@pytest.mark.parametrize(
    ("setting", "note"),
    [
        (
            "disruptions.ban.from=2024-09-01",
            "'ban' begins after the last day of the scenario (2024-06-30)",
        ),
        ("disruptions.ban.from=2023-06-01", "'ban' is over before the first day of the scenario (2023-11-02)"),
        ("disruptions.outbreak.at=store", "'outbreak' changes nothing: it meets no site, goods or lane in use"),
    ],
)
def test_a_disruption_that_changes_nothing_is_noted(setting: str, note: str, scenario: Path) -> None:
    outcome = typed(["tideover", "run", "starter.yaml", "--set", setting, "--no-report"], scenario.parent)
    assert outcome.code == 0
    assert outcome.printed.startswith("Note: ") and note in outcome.printed
    assert note not in typed(["tideover", "validate", "starter.yaml"], scenario.parent).printed
