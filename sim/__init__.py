"""Tideover: a simulator of supply chains for critical medical goods under disruption.

import sim
run = sim.run("scenarios/crises/red-sea-2024.yaml", strategy="regional-90")
run.metrics["fill_rate"].value
run.daily, run.events
run.report("report.html")
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"
__all__ = [
    "Begun", "Run", "ScenarioError", "StudyResult", "__version__", "ask", "begin", "compare", "query", "replay", "run",
    "run_many", "run_study", "validate",
]  # fmt: skip
HOMES = {
    "ScenarioError": "sim.errors", "StudyResult": "sim.study.run.run", "run_study": "sim.study.run.run",
    "query": "sim.study.run.query", "Begun": "sim.begun", "begin": "sim.begun", "Run": "sim.api", "run": "sim.api",
    "validate": "sim.api", "run_many": "sim.ask.many", "compare": "sim.ask.comparing",
    "replay": "sim.ask.replaying",
}  # fmt: skip

if TYPE_CHECKING:
    from sim import ask
    from sim.api import Run, run, validate
    from sim.ask.comparing import compare
    from sim.ask.many import run_many
    from sim.ask.replaying import replay
    from sim.begun import Begun, begin
    from sim.errors import ScenarioError
    from sim.study.run.query import query
    from sim.study.run.run import StudyResult, run_study


def __getattr__(name: str) -> Any:
    """Import on first use, so that `import sim` and `tideover --help` stay quick."""
    from importlib import import_module

    if name == "ask":
        return import_module("sim.ask")
    if name in HOMES:
        return getattr(import_module(HOMES[name]), name)
    raise AttributeError(f"module 'sim' has no attribute {name!r}")
