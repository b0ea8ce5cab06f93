"""Small studies written to files."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sim.study.run.task import Task

ROOT = Path(__file__).resolve().parents[2]
STARTER = (ROOT / "sim" / "scenario" / "starter.yaml").read_text(encoding="utf-8")
WriteStudy = Callable[..., Path]

SMALL = """
study: small
title: A small study
scenarios: [starter.yaml, {file: starter.yaml, name: longer, set: {disruptions.ban.for: 90d}}]
strategies: [none, double]
measures: [units_unmet, units_unmet by region, recovery_day, cost by line]
replications: 6
daily: true
end_is_enough: What happens later is not asked.
"""


def write_into(folder: Path, text: str = SMALL, scenario: str | None = None) -> Path:
    """Write a study beside a scenario, by default the starter cut to the days that matter; returns its path."""
    starter = STARTER.replace("warm_up: 60d", "warm_up: 10d").replace("end: 2024-07-01", "end: 2024-04-01")
    starter = starter.replace("from: 2024-02-15, for: 75d", "from: 2024-01-08, for: 75d")
    (folder / "starter.yaml").write_text(scenario or starter, encoding="utf-8")
    path = folder / "study.yaml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def write_study(tmp_path: Path) -> WriteStudy:
    """`write_into` for the test's own folder."""
    return lambda *args, **kwargs: write_into(tmp_path, *args, **kwargs)


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of a folder with what it holds."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def runs_of(task: Task) -> Iterator[tuple[str, int]]:
    """(key of the case, replication) of every run of a task."""
    return ((case.key, task.first + k) for k in range(task.count) for case in task.cases)
