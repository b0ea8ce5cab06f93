"""Metrics stand in one order, whatever a program needs first."""

from __future__ import annotations

import subprocess
import sys

import pytest

from sim.metrics.base import METRICS


@pytest.mark.parametrize("first", ["service", "equity", "resilience", "summary"])
def test_the_order_of_metrics_does_not_hang_on_what_is_imported_first(first: str) -> None:
    code = f"import sim.metrics.{first}; from sim.metrics.base import METRICS; print(*METRICS)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == list(METRICS)
