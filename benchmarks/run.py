"""`make bench`: speed as ratios inside one run, since machines differ and absolute times do not keep.

Each line runs its two sides in turn and takes the median of the ratios; it prints the budget of the design beside it.
"""

from __future__ import annotations

import argparse
import platform
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from importlib.metadata import version
from pathlib import Path

import numpy as np

from benchmarks import floors, networks
from sim.engine.compile.plan import compile_plan
from sim.engine.plan import Plan
from sim.engine.run import Outcome, simulate
from sim.scenario.load import load


def timed(action: Callable[[], object]) -> float:
    """Processor seconds one call takes, which other work on the machine hardly changes."""
    began = time.process_time()
    action()
    return time.process_time() - began


def paired(one: Callable[[], object], other: Callable[[], object], repeats: int) -> tuple[float, float, float]:
    """Medians over repeats of seconds of `one`, of `other`, and of their ratio, run in turn."""
    pairs = [(timed(one), timed(other)) for _ in range(repeats)]
    return (
        statistics.median(a for a, _ in pairs),
        statistics.median(b for _, b in pairs),
        statistics.median(a / b for a, b in pairs),
    )


def plan_of(path: Path) -> Plan:
    """The compiled scenario."""
    return compile_plan(load(path))


def run(plan: Plan) -> Outcome:
    """One replication without its twin, all metrics, no journal and no daily table."""
    return simulate(plan, detail="none", table=False)


def country(folder: Path, facilities: int, repeats: int) -> None:
    """First line of the budget."""
    began = time.process_time()
    plan = plan_of(networks.country(folder, facilities))
    loading = time.process_time() - began
    days = plan.network.calendar.days
    ours, draw, ratio = paired(lambda: run(plan), lambda: floors.draw(plan.demand.mean, days), repeats)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    print(f"country, {facilities:,} facilities x 20 products x {days} days (loading {loading:.1f} s)")
    print(f"  {ours:.2f} s against {draw:.2f} s for the draw alone: {ratio:.2f} x  (budget 2.5 x)")
    print(f"  peak memory {peak:.2f} GB  (budget 1.5 GB)")


def perishable(folder: Path, facilities: int, repeats: int) -> None:
    """Second line of the budget."""
    plan = plan_of(networks.country(folder, facilities, shelf_life="24mo"))
    days = plan.network.calendar.days
    ours, draw, ratio = paired(lambda: run(plan), lambda: floors.draw(plan.demand.mean, days), repeats)
    print(f"the same with a shelf life of 24 months on every product, {facilities:,} facilities")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    print(f"  {ours:.2f} s against {draw:.2f} s for the draw alone: {ratio:.2f} x  (budget 4 x)")
    print(f"  peak memory until now {peak:.2f} GB  (budget 1.5 GB)")


def growth(folder: Path, facilities: int, repeats: int) -> None:
    """Fifth line of the budget: what twice the facilities, products or days cost."""
    print(f"growth from {facilities:,} facilities x 8 products x 365 days")
    sizes = {"facilities": (2 * facilities, 8, 365), "products": (facilities, 16, 365), "days": (facilities, 8, 730)}
    plans = {}
    for name, size in {"once": (facilities, 8, 365), **sizes}.items():
        place = folder / name
        place.mkdir()
        plans[name] = plan_of(networks.country(place, *size))
    for name in sizes:
        _, _, ratio = paired(partial(run, plans[name]), partial(run, plans["once"]), repeats)
        print(f"  twice the {name}: {ratio:.2f} x  (budget 2.1 x)")


def against_peer(folder: Path, repeats: int) -> None:
    """Third line of the budget; skipped in words where the peer is not installed."""
    print("1 supplier -> 1 warehouse -> 100 facilities, (s,S), 365 days, against SupplyNetPy")
    try:
        print(f"  SupplyNetPy {version('supplynetpy')}")
    except ModuleNotFoundError:
        print("  not installed: pip install 'tideover[bench]'")
        return
    from benchmarks.peer import supplynetpy

    plan = plan_of(networks.two_tier(folder))
    found = []
    for _ in range(repeats):
        theirs, asked, fill = supplynetpy(folder)
        found.append((theirs, timed(lambda: run(plan))))
    sums = run(plan).record.sums
    ours = int(sums["demand"].sum()), float(sums["served"].sum() / sums["demand"].sum())
    print(f"  same network? demand {ours[0]:,} and {asked:,.0f} units, fill rate {ours[1]:.4f} and {fill:.4f}")
    ratio = statistics.median(a / b for a, b in found)
    print(f"  {found[0][0]:.2f} s against our {found[0][1]:.3f} s: {ratio:.0f} x faster  (budget 60 x)")


def tabletop(folder: Path, repeats: int) -> None:
    """Fourth line of the budget."""
    plan = plan_of(networks.tabletop(folder))
    network, cells = plan.network, plan.demand.cell
    region = network.sites["region"].astype("category").cat.codes.to_numpy()[network.cell_site[cells]]
    store = np.unique(region * len(network.products) + network.cell_product[cells], return_inverse=True)[1]
    days = network.calendar.days
    ours, bare, ratio = paired(lambda: run(plan), lambda: floors.bare_loop(plan.demand.mean, store, days), repeats)
    print(f"tabletop network, {len(network.sites)} sites x {len(network.products)} products x {days} days")
    print(f"  {1000 * ours:.0f} ms against {1000 * bare:.1f} ms for a bare numpy loop: {ratio:.1f} x  (budget 4 x)")


def main() -> None:
    """Print every line; `--quick` takes a tenth of the country and one repeat."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the country, one repeat")
    quick = parser.parse_args().quick
    print(f"Python {platform.python_version()}, numpy {np.__version__}, {platform.machine()}, {sys.platform}")
    with tempfile.TemporaryDirectory() as root:
        for name, action in {
            "tabletop": lambda f: tabletop(f, 3 if quick else 15),
            "peer": lambda f: against_peer(f, 1 if quick else 5),
            "growth": lambda f: growth(f, 300 if quick else 1_000, 1 if quick else 3),
            "country": lambda f: country(f, 1_000 if quick else 10_000, 1 if quick else 3),
            "perishable": lambda f: perishable(f, 1_000 if quick else 10_000, 1 if quick else 3),
        }.items():
            folder = Path(root) / name
            folder.mkdir()
            action(folder)


if __name__ == "__main__":
    main()
