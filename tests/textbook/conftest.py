"""Scenarios written as text, runs without twin and journal, and the expected answers of the textbook cases."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sim
from sim.api import Run

EXPECTED = Path(__file__).parents[1] / "data" / "expected.json"

Simulate = Callable[..., Run]
Close = Callable[..., None]


@pytest.fixture(scope="session")
def expected() -> dict[str, dict[str, Any]]:
    """Case -> metric -> its entry: expected value and tolerance."""
    cases = json.loads(EXPECTED.read_text(encoding="utf-8"))["cases"]
    return {case["id"]: case["metrics"] for case in cases}


@pytest.fixture(scope="session")
def simulate(tmp_path_factory: pytest.TempPathFactory) -> Simulate:
    """Write a scenario's text to a file and run it through the public interface."""

    def run(text: str, **options: Any) -> Run:
        file = tmp_path_factory.mktemp("scenario") / "case.yaml"
        file.write_text("scenario: case\ntitle: a textbook case\nstart: 2001-01-01\n" + text, encoding="utf-8")
        return sim.run(file, **({"twin": False, "detail": "none"} | options))

    return run


@pytest.fixture(scope="session")
def close() -> Close:
    """Hold measured values against a case at the case's own tolerance; `days` are the measured days T."""

    def check(metrics: dict[str, Any], measured: dict[str, Any], days: int = 0) -> None:
        for name, value in measured.items():
            entry = metrics[name]
            target = np.asarray(entry["expected"], dtype=float)
            if "asym_sd" in entry:
                allowed = max(1e-9, 4 * entry["asym_sd"] / math.sqrt(days))
            elif "tol_rel" in entry:
                allowed = entry["tol_rel"] * np.abs(target)
            else:
                allowed = entry["tol_abs"]
            gap = np.abs(np.asarray(value, dtype=float) - target)
            assert (gap <= allowed).all(), f"{name}: {value} where {entry['expected']} +- {allowed} is expected"

    return check
