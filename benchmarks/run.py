"""`make bench`: speed as ratios inside one run, since machines differ and absolute times do not keep.

Each line runs its two sides in turn and takes the median of the ratios; it prints the budget of the design beside it.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import floors, networks
from benchmarks.cooperation import cooperation
from benchmarks.many import many
from benchmarks.measure import alone, paired, plan_of, run, timed, verdict
from benchmarks.shipped import report, shipped
from benchmarks.strategies import shared
from benchmarks.study import study
from sim.engine.run import Running

COUNTRY: dict[str, Any] = {"detail": "none", "table": False}
"""How large networks are run."""


def country(folder: Path, facilities: int, repeats: int) -> None:
    """First line of the budget; memory in a process of its own."""
    plan = plan_of(networks.country(folder, facilities))
    found = paired(lambda: run(plan), lambda: floors.draw(plan.demand.mean, plan.network.calendar.days), repeats)
    own = alone("country", str(folder / "alone"), str(facilities), "365")
    print(f"country, {facilities:,} facilities x 20 products x 365 days (loading {own['loading']:.1f} s)")
    print(f"  {found.ours:.2f} s against {found.other:.2f} s for the draw alone: {found.ratio:.2f} x", end="  ")
    print(f"(budget 2.5 x: {verdict(found.ratio, 2.5)})")
    print(f"  peak memory of a process of its own {own['peak_gb']:.2f} GB", end="  ")
    print(f"(budget 0.8 GB: {verdict(own['peak_gb'], 0.8)})")


def strategies(folder: Path, facilities: int, repeats: int) -> None:
    """What a shared demand tape saves a study."""
    found = shared(folder, facilities, repeats)
    own = alone("strategies", str(folder / "alone"), str(facilities), "365")
    print(f"one replication of 3 strategies with their twins, {facilities:,} facilities x 20 products x 365 days")
    print(f"  {found.ours:.1f} s on one demand tape against {found.other:.1f} s on six:", end=" ")
    print(f"{found.ratio:.2f} x; peak memory of a process of its own {own['peak_gb']:.2f} GB", end="  ")
    print(f"(budget 1.5 GB: {verdict(own['peak_gb'], 1.5)})")


def perishable(folder: Path, facilities: int, repeats: int) -> None:
    """Second line of the budget."""
    plan = plan_of(networks.country(folder, facilities, shelf_life="24mo"))
    found = paired(lambda: run(plan), lambda: floors.draw(plan.demand.mean, plan.network.calendar.days), repeats)
    print(f"the same with a shelf life of 24 months on every product, {facilities:,} facilities")
    print(f"  {found.ours:.2f} s against {found.other:.2f} s for the draw alone: {found.ratio:.2f} x", end="  ")
    print(f"(budget 3.2 x: {verdict(found.ratio, 3.2)})")


def growth(folder: Path, facilities: int, repeats: int) -> None:
    """Fifth line of the budget: what twice the facilities, products or days cost."""
    print(f"growth from {facilities:,} facilities x 8 products x 365 days")
    sizes = {"facilities": (2 * facilities, 8, 365), "products": (facilities, 16, 365), "days": (facilities, 8, 730)}
    plans = {}
    for name, size in {"once": (facilities, 8, 365), **sizes}.items():
        (folder / name).mkdir()
        plans[name] = plan_of(networks.country(folder / name, *size))
    for name in sizes:
        found = paired(partial(run, plans[name]), partial(run, plans["once"]), repeats)
        print(f"  twice the {name}: {found.ratio:.2f} x  (budget 2.1 x: {verdict(found.ratio, 2.1)})")


def two_tier(folder: Path, repeats: int) -> None:
    """Floor of the third line of the budget, which `make bench-peers` prints: a bare SimPy model of the same network,
    after checking that it serves the same."""
    plan, demand = plan_of(networks.two_tier(folder)), np.load(folder / "demand.npy")
    sums = run(plan).record.sums
    ours, bare = 1 - sums["unmet"].sum() / sums["demand"].sum(), floors.bare_simpy(demand, networks.LEVELS)
    found = paired(lambda: run(plan), lambda: floors.bare_simpy(demand, networks.LEVELS), repeats)
    print("1 supplier -> 1 warehouse -> 100 facilities, (s, S), 365 days")
    print(
        f"  {1000 * found.ours:.0f} ms against {1000 * found.other:.0f} ms for a bare SimPy model: {found.ratio:.2f} x"
    )
    print(f"  fill rates {ours:.5f} and {bare:.5f}: {'the same' if abs(ours - bare) < 1e-9 else 'NOT THE SAME'}")


def tabletop(folder: Path, repeats: int) -> None:
    """Fourth line of the budget."""
    plan = plan_of(networks.tabletop(folder))
    network, cells = plan.network, plan.demand.cell
    region = network.sites["region"].astype("category").cat.codes.to_numpy()[network.cell_site[cells]]
    store = np.unique(region * len(network.products) + network.cell_product[cells], return_inverse=True)[1]
    days = network.calendar.days
    found = paired(lambda: run(plan), lambda: floors.bare_loop(plan.demand.mean, store, days), repeats)
    draw = min(timed(lambda: floors.draw(plan.demand.mean, days)) for _ in range(repeats))
    print(f"tabletop network, {len(network.sites)} sites x {len(network.products)} products x {days} days")
    print(f"  {1000 * found.ours:.0f} ms against {1000 * found.other:.1f} ms for a bare numpy loop", end=" ")
    print(f"(of which the draw {1000 * draw:.1f} ms): {found.ratio:.2f} x  (budget 3.5 x: {verdict(found.ratio, 3.5)})")


def fork(folder: Path, facilities: int, repeats: int) -> None:
    """A copy of a run that stands at the midnight of its middle day; the small one keeps its daily table."""
    for name, path, options, budget in (
        ("tabletop network", networks.tabletop(folder), {}, 0.02),
        (f"country of {facilities:,} facilities", networks.country(folder, facilities), COUNTRY, 1.0),
    ):
        running = Running(plan_of(path), **options)
        running.go_on(running.plan.network.calendar.days // 2)
        took = statistics.median(timed(running.copy) for _ in range(2 * repeats + 1))
        print(f"fork of a run, {name}: {1000 * took:.1f} ms (budget {1000 * budget:.0f} ms: {verdict(took, budget)})")


def large(folder: Path, facilities: int) -> None:
    """The report of a country, the daily table of a large network, and memory against days."""
    own = alone("report", str(folder / "report"), str(facilities), "365")
    print(f"report of {facilities:,} facilities x 20 products x 365 days")
    print(f"  {own['seconds']:.1f} s (budget 2 s: {verdict(own['seconds'], 2)})", end=", ")
    print(f"{own['megabytes']:.1f} MB (budget 5 MB: {verdict(own['megabytes'], 5)})")
    print(f"peak memory against days, {facilities // 4:,} facilities x 20 products, no journal, no daily table")
    for what, how in (
        ("a run with its twin and report", ("command",)),
        ("a replication of a study with its twin", ("replication",)),
        ("the same with daily totals", ("replication", "daily")),
        ("the first of a study, with random journeys and shelf life", ("replication", "random", "shelf-life")),
    ):
        peaks = [
            alone(how[0], str(folder / f"{'-'.join(how)}{d}"), str(facilities // 4), str(d), *how[1:])["peak_gb"]
            for d in (365, 1460)
        ]
        print(f"  {what}: {peaks[0]:.2f} GB for 365 days, {peaks[1]:.2f} GB for 1,460")
    print(f"writing the daily table of {facilities // 4:,} facilities x 2 products")
    for days in (365, 1460):
        own = alone("daily", str(folder / f"daily{days}"), str(facilities // 4), str(days))
        print(f"  {days:,} days: {own['seconds']:.1f} s, {own['written_mb']:.0f} MB, peak +{own['raised_gb']:.2f} GB")


def machine() -> None:
    """What it is measured on, and what else goes on there."""
    numbers = f"Python {platform.python_version()}, numpy {np.__version__}, simpy {version('simpy')}"
    print(f"{numbers}, {platform.machine()}, {os.cpu_count()} processors, {sys.platform}")
    print(f"load before beginning: {os.getloadavg()[0]:.1f} processes")


def main() -> None:
    """Print every line, or those that are named; `--quick` takes a tenth of the country and one repeat."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the country, one repeat")
    parser.add_argument("lines", nargs="*", help="only these: tabletop, two_tier, growth, country, perishable, …")
    asked = parser.parse_args()
    quick = asked.quick
    facilities, repeats = (1_000, 1) if quick else (10_000, 3)
    lines: dict[str, Callable[[Path], None]] = {
        "tabletop": lambda f: tabletop(f, 3 if quick else 15),
        "two_tier": lambda f: two_tier(f, 3 if quick else 15),
        "growth": lambda f: growth(f, 300 if quick else 1_000, repeats),
        "country": lambda f: country(f, facilities, repeats),
        "strategies": lambda f: strategies(f, facilities, repeats),
        "perishable": lambda f: perishable(f, facilities, repeats),
        "cooperation": lambda f: cooperation(f, facilities, repeats),
        "fork": lambda f: fork(f, facilities, repeats),
        "shipped": lambda f: shipped(3 if quick else 15),
        "report": lambda f: report(f, 1 if quick else 5),
        "large": lambda f: large(f, facilities),
        "many": lambda f: many(f, 200 if quick else 1_000, repeats),
        "study": lambda f: study(f, 1 if quick else 3),
    }
    if unknown := set(asked.lines) - set(lines):
        parser.error(f"no such line: {', '.join(sorted(unknown))}; there are {', '.join(lines)}")
    machine()
    with tempfile.TemporaryDirectory() as root:
        for name in asked.lines or lines:
            folder = Path(root) / name
            folder.mkdir()
            lines[name](folder)


if __name__ == "__main__":
    main()
