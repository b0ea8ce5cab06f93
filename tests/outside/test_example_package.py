"""The example of a package with kinds of its own: installed by pip beside Tideover, everything knows them."""

from __future__ import annotations

import copy
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from tests.contract.network import STANDARD
from tests.kinds import ROOT, contract, tideover

PACKAGE = ROOT / "examples" / "more-kinds"
FUEL = {"kind": "fuel_shortage", "from": "2024-01-11", "for": "20d", "slower": 3}
RULE = {"rule": "kept_for_first", "at": "warehouses", "share_kept": "100%"}


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder into which the package was installed."""
    place = tmp_path_factory.mktemp("package")
    shutil.copytree(PACKAGE, place / "source", ignore=shutil.ignore_patterns("__pycache__"))
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
    words = [*pip, "--no-build-isolation", "--target", str(place / "site"), str(place / "source")]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return place / "site"


def written(folder: Path, **parts: Any) -> Path:
    """The standard scenario with some parts of it replaced; goods keep for 8 days, so that some go to waste."""
    spec = copy.deepcopy(STANDARD) | parts
    spec["products"] = {name: fields | {"shelf_life": "8d"} for name, fields in spec["products"].items()}
    path = folder / "mine.yaml"
    path.write_text(yaml.safe_dump(spec, sort_keys=False), encoding="utf-8")
    return path


def test_it_is_listed_and_in_the_schemas(installed: Path) -> None:
    listed = tideover(installed, "list", "kinds").stdout
    for line in ("Journeys by road take a multiple", "Keep a share for priority group 1", "Expired per unit needed"):
        assert line in listed
    schema = json.loads(tideover(installed, "schema").stdout)
    assert schema["$defs"]["FuelShortage"]["properties"]["kind"] == {"const": "fuel_shortage"}
    assert "share_kept" in schema["$defs"]["KeptForFirst"]["properties"]
    assert "fuel_shortage" in json.dumps(schema["$defs"]["Hazard"])
    assert '"expired_share"' in tideover(installed, "schema", "--study").stdout


def test_without_it_they_are_unknown(tmp_path: Path) -> None:
    path = written(tmp_path, disruptions=[FUEL])
    assert "fuel_shortage" not in tideover(tmp_path, "list", "kinds").stdout
    done = tideover(tmp_path, "validate", str(path))
    assert done.returncode == 2 and "unknown kind (got 'fuel_shortage')" in done.stderr


def test_scenarios_are_checked_with_it(installed: Path, tmp_path: Path) -> None:
    good = written(tmp_path, disruptions=[FUEL], allocation=[RULE])
    assert tideover(installed, "validate", str(good)).stdout == f"{good}: fine\n"
    bad = written(
        tmp_path, allocation=[{"rule": "kept_for_first", "at": "warehouses"}], disruptions=[FUEL | {"slwer": 2}]
    )
    done = tideover(installed, "validate", str(bad))
    assert done.returncode == 2 and done.stdout == ""
    assert "'share_kept' is missing from" in done.stderr
    assert "unknown key 'slwer'" in done.stderr and "did you mean 'slower'?" in done.stderr
    assert done.stderr.count("mine.yaml:") == 2


def test_runs_use_it_and_say_which_version_it_was(installed: Path, tmp_path: Path) -> None:
    """Where all is kept for group 1, its only member, clinic-a, lacks less than where all share alike."""
    unmet = {}
    for name, allocation in (("kept", [RULE]), ("plain", [])):
        path = written(tmp_path, disruptions=[*STANDARD["disruptions"], FUEL], allocation=allocation)
        done = tideover(installed, "run", str(path), "-q", "--out", str(tmp_path / name))
        assert done.returncode == 0, done.stderr
        daily = pd.read_parquet(tmp_path / name / "daily.parquet")
        unmet[name] = int(daily.loc[daily["site"] == "clinic-a", "unmet"].sum())
    assert unmet["kept"] < unmet["plain"]
    found = json.loads((tmp_path / "kept" / "metrics.json").read_text(encoding="utf-8"))
    figures = {key: found["overall"][key]["value"] for key in ("expired_share", "units_expired", "units_demanded")}
    assert figures["expired_share"] == figures["units_expired"] / figures["units_demanded"] > 0
    assert "Expired per unit needed" in (tmp_path / "kept" / "report.html").read_text(encoding="utf-8")
    assert "written off at facilities" in found["definitions"]["expired_share"]
    manifest = json.loads((tmp_path / "kept" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["libraries"]["tideover-more-kinds"] == "1.0"


def test_the_worker_processes_of_a_study_know_it(installed: Path, tmp_path: Path) -> None:
    """Two workers; the figures are those of this process alone."""
    written(tmp_path, disruptions=[FUEL], allocation=[RULE])
    study = {
        "study": "mine", "title": "With kinds of our own", "scenarios": ["mine.yaml"],
        "strategies": [{"name": "as-is"}, {"name": "small", "set": {"reserves.national.size": "1d"}}],
        "replications": 4,
        "measures": ["expired_share", "expired_share by region", "units_unmet"],
    }  # fmt: skip
    (tmp_path / "study.yaml").write_text(yaml.safe_dump(study, sort_keys=False), encoding="utf-8")
    found = []
    for workers in ("1", "2"):
        out = tmp_path / f"out-{workers}"
        done = tideover(installed, "study", str(tmp_path / "study.yaml"), "-q", "-w", workers, "--out", str(out))
        assert done.returncode == 0, done.stdout + done.stderr
        sql = "SELECT * FROM replications WHERE measure = 'expired_share' ORDER BY ALL"
        found.append(tideover(installed, "query", str(out), sql, "--csv").stdout)
    assert found[0] == found[1] and found[0].count("\n") == 1 + 2 * 4 * 3  # in all, and in two regions


def test_it_keeps_the_contracts(installed: Path) -> None:
    """Each kind those of every kind (5, less that of golden results), of the reference (3) and of the schema (1); the
    disruption that it makes a difference, those of severity (2 without any, 2 with little), and that none is told; the
    metric its 4."""
    done = contract(installed, "fuel_shortage", "kept_for_first", "expired_share")
    assert done.returncode == 0, done.stdout[-3000:]
    passed = int(done.stdout.rpartition(" passed")[0].rpartition("\n")[2].split()[-1])
    assert passed == 2 * (5 + 3 + 1) + (1 + 2 + 2 + 1) + 4, done.stdout[-300:]
