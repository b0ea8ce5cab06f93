"""Scenarios that are shipped: one run of each, and the report of one.

A run is measured against the draw of as much Poisson demand, day by day: as many calls of numpy on arrays of the same
size. The release that the budget speaks of is not at hand in a checkout; what it took is kept as a ratio to that draw.
"""

from __future__ import annotations

import statistics
from pathlib import Path

from benchmarks import floors
from benchmarks.measure import alone, paired, plan_of, verdict
from sim.engine.run import simulate

SCENARIOS = Path(__file__).parent.parent / "scenarios"
BEFORE = {"crises/red-sea-2024": 83.0, "crises/formula-2022": 125.0, "exercises/vaccine-campaign": 94.0}
"""What a run took in the release before a run's state became a value, in times of the draw."""
BUDGET = 0.67
"""Of that, at most."""
REPORTED = "crises/red-sea-2024"


def shipped(repeats: int) -> None:
    """One run of each after loading, with full journal and daily table, without its twins."""
    print("shipped scenarios, one run with journal and daily table, without twins")
    for name, before in BEFORE.items():
        plan = plan_of(SCENARIOS / f"{name}.yaml")
        calendar = plan.network.calendar
        days = calendar.days + calendar.warm_up
        found = paired(lambda p=plan: simulate(p), lambda p=plan, d=days: floors.draw(p.demand.mean, d), repeats)
        share = found.ratio / before
        print(f"  {Path(name).name}: {1000 * found.ours:.0f} ms, {found.ratio:.1f} x the draw of its demand", end="; ")
        print(f"{share:.2f} of the release before  (budget {BUDGET}: {verdict(share, BUDGET)})")


def report(folder: Path, repeats: int) -> None:
    """The report of a run, imports and metrics included, each time in a process of its own."""
    took = statistics.median(alone("page", str(folder / str(k)), REPORTED)["seconds"] for k in range(repeats))
    print(f"report of {Path(REPORTED).name}, imports and metrics included")
    print(f"  {took:.2f} s (budget 2 s: {verdict(took, 2)})")
