"""Scenarios written as text, run through the public interface without twin and journal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import sim
from sim.api import Run

Simulate = Callable[..., Run]


@pytest.fixture(scope="session")
def simulate(tmp_path_factory: pytest.TempPathFactory) -> Simulate:
    """Write a scenario's text to a file and run it."""

    def run(text: str, **options: Any) -> Run:
        file = tmp_path_factory.mktemp("scenario") / "case.yaml"
        file.write_text("scenario: case\ntitle: a textbook case\nstart: 2001-01-01\n" + text, encoding="utf-8")
        return sim.run(file, **({"twin": False, "detail": "none"} | options))

    return run
