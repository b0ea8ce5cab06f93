"""From a scenario as a dictionary to a run, by way of the file a planner would write."""

from __future__ import annotations

import copy
import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml

import sim
from sim.engine.compile.plan import compile_plan
from sim.engine.plan import Plan
from sim.scenario.load import load


@contextmanager
def written(spec: dict[str, Any]) -> Iterator[Path]:
    """The scenario as a file; `spec` is copied, so that YAML makes no anchors of shared parts."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "scenario.yaml"
        path.write_text(yaml.dump(plain_data(spec), Dumper=yaml.CSafeDumper, sort_keys=False), encoding="utf-8")
        yield path


def plain_data(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: plain_data(item) for key, item in value.items()}
    return [plain_data(item) for item in value] if isinstance(value, list) else copy.copy(value)


def run(spec: dict[str, Any], **options: Any) -> sim.Run:
    """Run a scenario, without its twin unless asked for; every lot is looked for every day."""
    with written(spec) as path:
        return sim.run(path, **{"twin": False, "lot_check": 1} | options)


def fingerprint(spec: dict[str, Any], replication: int) -> str:
    """A hash of all the bytes that a run leaves in its tables."""
    done = run(spec, replication=replication, twin=True)
    with tempfile.TemporaryDirectory() as folder:
        left = done.save(Path(folder) / "run", report=False)
        files = sorted(file for file in left.iterdir() if file.name != "manifest.json")
        assert len(files) >= 4
        return hashlib.sha256(b"".join(file.name.encode() + file.read_bytes() for file in files)).hexdigest()


def plan_of(spec: dict[str, Any]) -> Plan:
    """The compiled scenario."""
    with written(spec) as path:
        return compile_plan(load(path))


def changed(spec: dict[str, Any], **parts: Any) -> dict[str, Any]:
    """A copy with some top-level keys set."""
    return copy.deepcopy(spec) | parts


def totals(run: sim.Run, columns: list[str]) -> np.ndarray:
    """Sums over sites for every day and product; shape (days, products, columns)."""
    table = run.daily.groupby(["day", "product"], observed=True)[columns].sum()
    return table.to_numpy(dtype=np.int64).reshape(run.daily["day"].max() + 1, -1, len(columns))


def needed(daily: Any) -> Any:
    """What patients need, whatever they ask for: without what is bought ahead, before it is asked for less for that
    reason, and of the product that was theirs before they went over to another."""
    theirs = daily["demand"] + daily["went_over"] - daily["came_over"]
    return theirs - daily["bought_ahead"] + daily["asked_less"]


def same(one: pd.DataFrame, other: pd.DataFrame) -> None:
    """Assert that two daily tables hold the same numbers, labels aside."""
    keys = ["day", "site", "product"]
    left, right = (t.astype({"site": str, "product": str}).set_index(keys).sort_index() for t in (one, other))
    numbers = list(one.columns[one.columns.get_loc("region") + 1 :])
    pd.testing.assert_frame_equal(left[numbers], right[numbers])
