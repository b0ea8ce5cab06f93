"""The same scenario, seed and version leave the same bytes, however the program is called."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pandas as pd
import pytest

from tests.cli.calls import PROGRAM, tideover

ROOT = Path(__file__).resolve().parents[2]
STRATEGIES = ("", "none", "double")
FILES = [
    "daily.parquet",
    "events.parquet",
    "manifest.json",
    "metrics.csv",
    "metrics.json",
    "metrics.parquet",
    "ports.parquet",
    "report.html",
    "scenario.json",
    "short.parquet",
    "sites.parquet",
    "tideover.json",
]
SEVERAL = """
import sys
from sim.cli import cli
for word in sys.argv[1].split(","):
    chosen = ["-s", word] if word else []
    cli.main(["run", "starter.yaml", "-q", "-o", f"{sys.argv[2]}/{word or 'own'}", *chosen], standalone_mode=False)
"""


def content(folder: Path) -> dict[str, bytes]:
    """Every file of a run, without the time at which it was made."""
    found = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert sorted(found) == FILES
    manifest = json.loads(found["manifest.json"])
    assert manifest.pop("made")
    return found | {"manifest.json": json.dumps(manifest).encode()}


def test_other_processes_and_another_order_leave_the_same_bytes(scenario: Path) -> None:
    for place, order, seed, zone in (("one", STRATEGIES, "0", "UTC"), ("two", STRATEGIES[::-1], "4711", "Asia/Tokyo")):
        program = [sys.executable, "-W", "error", "-c", SEVERAL, ",".join(order), place]
        done = tideover(cwd=scenario.parent, program=program, PYTHONHASHSEED=seed, TZ=zone)
        assert done.returncode == 0, done.stderr
    for word in STRATEGIES:
        one, two = (content(scenario.parent / place / (word or "own")) for place in ("one", "two"))
        assert [name for name in FILES if one[name] != two[name]] == []


@pytest.mark.parametrize(
    "program", [[sys.executable, str(ROOT / "run_scenario.py")], [sys.executable, "-m", "sim", "run"]]
)
def test_other_ways_to_call_it_do_the_same(program: list[str], scenario: Path) -> None:
    words = ["starter.yaml", "-s", "double", "--set", "seed=3", "--seed", "4", "-q"]
    folder = scenario.parent
    path = {"PYTHONPATH": str(ROOT)}
    usual = tideover("run", *words, "-o", "out", cwd=folder)
    bytes_of_usual = content(folder / "out")
    other = tideover(*words, "-o", "out", cwd=folder, program=program, **path)
    assert (other.returncode, other.stdout, other.stderr) == (0, usual.stdout, usual.stderr)
    assert content(folder / "out") == bytes_of_usual
    bad = ["starter.yaml", "-s", "dubble"]
    usual, other = tideover("run", *bad, cwd=folder), tideover(*bad, cwd=folder, program=program, **path)
    assert (other.returncode, other.stdout, other.stderr) == (2, usual.stdout, usual.stderr)
    usual, other = tideover("run", "--help", cwd=folder), tideover("--help", cwd=folder, program=program, **path)
    assert (other.returncode, other.stdout, other.stderr) == (0, usual.stdout, usual.stderr)


def test_the_tables_have_the_columns_that_are_promised(scenario: Path) -> None:
    done = tideover("run", "starter.yaml", "-o", "out", "--no-report", cwd=scenario.parent, program=PROGRAM)
    assert done.returncode == 0, done.stderr
    daily = pd.read_parquet(scenario.parent / "out" / "daily.parquet")
    promised = [
        "date", "day", "site", "product", "on_hand", "backlog", "demand", "served", "unmet", "received", "ordered",
        "dispatched", "in_transit",
    ]  # fmt: skip
    assert set(promised) <= set(daily.columns)
    assert not daily.duplicated(["day", "site", "product"]).any()
    assert len(daily) == daily["day"].nunique() * len(daily[["site", "product"]].drop_duplicates())
    events = pd.read_parquet(scenario.parent / "out" / "events.parquet")
    assert {"date", "day", "event", "site", "product", "units", "shipment", "cause"} <= set(events.columns)
