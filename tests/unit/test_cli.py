"""The command line as a planner meets it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

STARTER = Path(__file__).resolve().parents[2] / "sim" / "scenario" / "starter.yaml"


def tideover(*words: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-W", "error", "-c", "from sim.cli import main; main()", *words]
    environment = {**os.environ, **environment}
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False, env=environment)


@pytest.fixture
def scenario(tmp_path: Path) -> Path:
    path = tmp_path / "starter.yaml"
    path.write_text(STARTER.read_text(encoding="utf-8"), encoding="utf-8")
    return path


def test_help_answers_within_half_a_second(tmp_path: Path) -> None:
    began = time.perf_counter()
    done = tideover("--help", cwd=tmp_path)
    # the quickest of three: what is asked is what the program needs, not what the machine is busy with
    spans = [time.perf_counter() - began]
    for _ in range(2):
        began = time.perf_counter()
        tideover("--help", cwd=tmp_path)
        spans.append(time.perf_counter() - began)
    assert done.returncode == 0
    assert "run" in done.stdout and "validate" in done.stdout
    assert min(spans) < 0.5


def test_bad_input_ends_with_code_2_all_problems_and_nothing_written(scenario: Path) -> None:
    text = scenario.read_text(encoding="utf-8").replace("held_at: store", "held_at: stor").replace("KE", "KN", 1)
    scenario.write_text(text.replace("at: warehouses, policy", "at: warehuses, policy"), encoding="utf-8")
    done = tideover("run", "starter.yaml", cwd=scenario.parent)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert "starter.yaml:" in done.stderr and "did you mean 'warehouses'" in done.stderr
    assert "did you mean 'store'" in done.stderr
    assert sorted(p.name for p in scenario.parent.iterdir()) == ["starter.yaml"]


def test_a_missing_file_is_told_plainly(tmp_path: Path) -> None:
    done = tideover("run", "nowhere.yaml", cwd=tmp_path)
    assert done.returncode == 2
    assert "nowhere.yaml" in done.stderr and "Traceback" not in done.stderr


def test_json_prints_metrics_and_writes_nothing(scenario: Path) -> None:
    done = tideover("run", "starter.yaml", "--json", cwd=scenario.parent)
    metrics = json.loads(done.stdout)
    assert done.returncode == 0
    fill = metrics["overall"]["fill_rate"]
    assert 0 < fill["value"] < fill["twin"] <= 1
    assert [p.name for p in scenario.parent.iterdir()] == ["starter.yaml"]


def test_two_runs_leave_identical_bytes(scenario: Path) -> None:
    folders = [scenario.parent / name for name in ("one", "two")]
    for folder, seed in zip(folders, ("0", "4711"), strict=True):
        done = tideover("run", "starter.yaml", "-o", folder.name, "-q", cwd=scenario.parent, PYTHONHASHSEED=seed)
        assert done.returncode == 0, done.stderr
    names = sorted(p.name for p in folders[0].iterdir())
    expected = ["daily.parquet", "events.parquet", "manifest.json", "metrics.csv", "metrics.json", "ports.parquet"]
    assert names == [*expected, "report.html"]
    for name in names:
        one, two = ((folder / name).read_bytes() for folder in folders)
        if name == "manifest.json":
            first, second = json.loads(one), json.loads(two)
            assert first.pop("made") and second.pop("made")
            assert first == second
        else:
            assert one == two, name


def test_a_folder_that_holds_something_else_is_not_overwritten(scenario: Path) -> None:
    folder = scenario.parent / "precious"
    folder.mkdir()
    (folder / "thesis.txt").write_text("do not lose me")
    done = tideover("run", "starter.yaml", "-o", "precious", "--no-report", cwd=scenario.parent)
    assert done.returncode == 2
    assert "not overwritten" in done.stderr
    assert [p.name for p in folder.iterdir()] == ["thesis.txt"]


def test_show_tells_what_a_strategy_changed(scenario: Path) -> None:
    done = tideover("show", "starter.yaml", "-s", "double", cwd=scenario.parent)
    assert "#   reserves.national.size: 20d -> 40d  (double)" in done.stdout


def test_an_unknown_strategy_is_told_with_the_nearest(scenario: Path) -> None:
    done = tideover("run", "starter.yaml", "-s", "duble", cwd=scenario.parent)
    assert done.returncode == 2
    assert "did you mean 'double'" in done.stderr


def test_new_does_not_overwrite(scenario: Path) -> None:
    done = tideover("new", "starter.yaml", cwd=scenario.parent)
    assert done.returncode == 2
    assert "already" in done.stderr


def test_every_kind_is_listed(tmp_path: Path) -> None:
    done = tideover("list", "kinds", cwd=tmp_path, COLUMNS="200")
    for word in ("export_ban", "route_closure", "base_stock", "equal_days_of_cover", "days_of_cover", "poisson"):
        assert word in done.stdout


def test_a_setting_without_a_value_is_told(scenario: Path) -> None:
    done = tideover("run", "starter.yaml", "--set", "seed", cwd=scenario.parent)
    assert done.returncode == 2
    assert "PATH=VALUE" in done.stderr
