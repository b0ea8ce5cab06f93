"""Measuring: processor seconds, two things in turn, and what a process of its own takes."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sim.engine.compile.plan import compile_plan
from sim.engine.plan import Plan
from sim.engine.run import Outcome, simulate
from sim.scenario.load import load


def timed(action: Callable[[], object]) -> float:
    """Processor seconds one call takes, which other work on the machine hardly changes."""
    began = time.process_time()
    action()
    return time.process_time() - began


@dataclass(frozen=True)
class Pair:
    """Medians over turns: seconds of ours, of what it is measured against, and of their ratio."""

    ours: float
    other: float
    ratio: float


def paired(one: Callable[[], object], other: Callable[[], object], repeats: int) -> Pair:
    """Both in turn, so that both meet the same machine."""
    return pairs([(timed(one), timed(other)) for _ in range(repeats)])


def pairs(found: list[tuple[float, float]]) -> Pair:
    """Medians of pairs of seconds."""
    ours, other = (statistics.median(side) for side in zip(*found, strict=True))
    return Pair(ours, other, statistics.median(a / b for a, b in found))


def plan_of(path: Path) -> Plan:
    """The compiled scenario."""
    return compile_plan(load(path))


def run(plan: Plan) -> Outcome:
    """One replication without its twin, all metrics, no journal and no daily table."""
    return simulate(plan, detail="none", table=False)


def alone(*words: str) -> dict[str, float]:
    """The figures that `python -m benchmarks.alone WORDS` prints: what a process of its own takes."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.alone", *words], capture_output=True, text=True, check=True
    )
    return {name: float(value) for name, value in (line.split() for line in done.stdout.splitlines())}


def verdict(value: float, budget: float, more_is_better: bool = False) -> str:
    """Whether a figure keeps to its budget."""
    return "met" if (value >= budget if more_is_better else value <= budget) else "NOT MET"
