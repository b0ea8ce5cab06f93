"""Counting what a run does, rather than timing it: the counts are the same on every machine."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import numpy as np
import pytest
import simpy

from sim.engine.compile.plan import compile_plan
from sim.engine.plan import Plan
from sim.engine.run import simulate
from sim.scenario.load import load
from sim.scenario.national import National, write_national


def national_plan(folder: Path, **wanted: Any) -> Plan:
    """A compiled national network."""
    folder.mkdir(parents=True)
    return compile_plan(load(write_national(folder / "national.yaml", National(**wanted))))


def calls_of(action: Callable[[], object]) -> int:
    """Calls of Python functions and of functions in C (numpy's among them) during an action."""
    found = 0

    def count(frame: FrameType, event: str, argument: Any) -> None:
        nonlocal found
        found += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        action()
    finally:
        sys.setprofile(None)
    return found


def calls_by_day(plan: Plan) -> np.ndarray:
    """Calls during each day of a run without journal and daily table."""
    days: list[int] = []
    found = 0

    def count(frame: FrameType, event: str, argument: Any) -> None:
        nonlocal found
        found += event in ("call", "c_call")

    def tick(day: int) -> None:
        nonlocal found
        days.append(found)
        found = 0

    sys.setprofile(count)
    try:
        simulate(plan, detail="none", table=False, progress=tick)
    finally:
        sys.setprofile(None)
    return np.array(days)


def events_by_time(plan: Plan, monkeypatch: pytest.MonkeyPatch) -> Counter[float]:
    """SimPy events of a run at each time."""
    times: Counter[float] = Counter()
    step = simpy.Environment.step

    def counted(environment: simpy.Environment) -> None:
        times[float(environment.peek())] += 1
        step(environment)

    with monkeypatch.context() as patch:
        patch.setattr(simpy.Environment, "step", counted)
        simulate(plan, detail="none", table=False)
    return times
