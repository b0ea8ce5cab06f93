"""`make growth`: how the time of a run grows with facilities, products, days and lanes, as a picture and its slopes.

Each size is run in turn with the others, several times; the least processor time counts, since what other work adds is
never negative. The slope is that of the straight line through the points, both axes logarithmic: 1 is linear growth. Of
the two ends is said what a doubling costs there.
"""

from __future__ import annotations

import argparse
import platform
import tempfile
from pathlib import Path

import numpy as np

from benchmarks import networks
from benchmarks.measure import plan_of, run, timed
from sim.engine.plan import Plan

PICTURE = Path(__file__).resolve().parents[1] / "docs" / "growth.svg"
BASE = {"facilities": 500, "products": 8, "days": 365, "sources": 1}
SIZES = {
    "facilities": [125, 250, 500, 1_000, 2_000, 4_000],
    "products": [2, 4, 8, 16, 32, 64],
    "days": [91, 182, 365, 730, 1_460],
    "lanes": [1, 2, 4, 8, 16],
}
STYLE = {
    "facilities": ("#0072b2", "o"),
    "products": ("#d55e00", "s"),
    "days": ("#009e73", "^"),
    "lanes": ("#cc79a7", "D"),
}
"""Colour (Okabe and Ito's, told apart by the colour-blind too) and mark."""


def plans_of(folder: Path, what: str) -> dict[int, Plan]:
    """Compiled networks by size; lanes: 500 facilities x 8 products, each supplied by 1 to 16 of 16 stores."""
    found = {}
    for size in SIZES[what]:
        place = folder / f"{what}{size}"
        place.mkdir()
        if what == "lanes":
            plan = plan_of(networks.many_sources(place, size))
            found[len(plan.network.lanes)] = plan
        else:
            wanted = {name: value for name, value in BASE.items() if name != "sources"} | {what: size}
            found[size] = plan_of(networks.country(place, **wanted, regions=10))
    return found


def measured(plans: dict[int, Plan], repeats: int) -> dict[int, float]:
    """Least processor seconds of each size, all sizes in turn."""
    turns = [[timed(lambda plan=plan: run(plan)) for plan in plans.values()] for _ in range(repeats)]
    return dict(zip(plans, np.min(turns, axis=0).tolist(), strict=True))


def slope(found: dict[int, float]) -> tuple[float, float]:
    """Slope of the line through all points, and between the two largest, both axes logarithmic."""
    size, seconds = np.log(list(found)), np.log(list(found.values()))
    return float(np.polyfit(size, seconds, 1)[0]), float((seconds[-1] - seconds[-2]) / (size[-1] - size[-2]))


def draw(results: dict[str, dict[int, float]], path: Path) -> None:
    """One panel for each: seconds over size, both logarithmic, with the line of linear growth through the largest."""
    import matplotlib.pyplot as plt

    labels = {"facilities": "facilities", "products": "products", "days": "days simulated", "lanes": "lanes"}
    plt.rcParams["svg.hashsalt"] = "growth"
    figure, axes = plt.subplots(1, 4, figsize=(11, 3.2), sharey=True, layout="constrained")
    for axis, (what, found) in zip(axes, results.items(), strict=True):
        colour, mark = STYLE[what]
        sizes, seconds = np.array(list(found)), np.array(list(found.values()))
        axis.loglog(sizes, seconds[-1] * sizes / sizes[-1], color="#999999", linestyle="--", linewidth=1)
        axis.loglog(sizes, seconds, color=colour, marker=mark, linewidth=1.5, markersize=5)
        overall, last = slope(found)
        axis.set_title(f"slope {overall:.2f}, at the end {last:.2f}", fontsize=10)
        axis.set_xlabel(labels[what])
        axis.set_xticks(sizes[:: 1 if len(sizes) < 6 else 2], [f"{s:,}" for s in sizes[:: 1 if len(sizes) < 6 else 2]])
        axis.minorticks_off()
        axis.grid(True, color="#e5e5e5", linewidth=0.6)
    axes[0].set_ylabel("processor seconds of a run")
    axes[0].set_yticks([0.1, 0.2, 0.5, 1, 2], ["0.1", "0.2", "0.5", "1", "2"])
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)


def main() -> None:
    """Measure, print, draw."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=PICTURE)
    parser.add_argument("--repeats", type=int, default=5)
    asked = parser.parse_args()
    print(f"Python {platform.python_version()}, numpy {np.__version__}; least of {asked.repeats} turns")
    results = {}
    with tempfile.TemporaryDirectory() as folder:
        for what in SIZES:
            results[what] = measured(plans_of(Path(folder), what), asked.repeats)
            points = ", ".join(f"{size:,}: {seconds:.3f} s" for size, seconds in results[what].items())
            overall, last = slope(results[what])
            print(f"{what}: slope {overall:.2f}, at the end {last:.2f} (twice costs {2**last:.2f} x)  {points}")
    draw(results, asked.out)
    print(asked.out)


if __name__ == "__main__":
    main()
