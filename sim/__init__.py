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
__all__ = ["Run", "ScenarioError", "StudyResult", "__version__", "run", "run_study", "validate"]

if TYPE_CHECKING:
    from sim.api import Run, run, validate
    from sim.errors import ScenarioError
    from sim.study.run.run import StudyResult, run_study


def __getattr__(name: str) -> Any:
    """Import on first use, so that `import sim` and `tideover --help` stay quick."""
    if name == "ScenarioError":
        from sim.errors import ScenarioError

        return ScenarioError
    if name in ("StudyResult", "run_study"):
        import sim.study.run.run

        return getattr(sim.study.run.run, name)
    if name in __all__:
        import sim.api

        return getattr(sim.api, name)
    raise AttributeError(f"module 'sim' has no attribute {name!r}")
