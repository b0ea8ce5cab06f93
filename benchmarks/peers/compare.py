"""`make bench-peers`: the same two-tier network in SupplyNetPy, in stockpyl and here.

Each peer runs in an environment of its own. First it is checked that all simulate the same: equal total demand, and
fill rates that differ by no more than the standard error of ours over facilities. Differences of the models that the
network leaves aside are told in the documentation.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import networks
from benchmarks.measure import pairs, plan_of, run, timed, verdict

HERE = Path(__file__).parent
BUDGETS = {"supplynetpy": 75.0, "stockpyl": 350.0}


def peer(python: Path, name: str, folder: Path) -> dict[str, Any]:
    """What a peer's script prints."""
    script = str(HERE / f"in_{name}.py")
    done = subprocess.run([str(python), script, str(folder)], capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{name} failed:\n{done.stderr}")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def version_in(python: Path, name: str) -> str:
    """The release of a library in an environment."""
    words = [str(python), "-c", f"from importlib.metadata import version; print(version('{name}'))"]
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout.strip()


def compare(environments: Path, folder: Path, repeats: int) -> bool:
    """Print every peer's line; returns whether all of them simulate the same as we do."""
    plan = plan_of(networks.two_tier(folder))
    sums, cells = run(plan).record.sums, plan.demand.cell
    demand, fill = int(sums["demand"].sum()), 1 - sums["unmet"][cells] / sums["demand"][cells]
    error = float(fill.std(ddof=1) / np.sqrt(len(fill)))
    print("1 supplier -> 1 warehouse -> 100 facilities, (s, S), 365 days")
    print(f"  here: demand {demand:,}, mean fill rate {fill.mean():.5f}, standard error {error:.5f}")
    same = True
    for name, budget in BUDGETS.items():
        python = environments / name / "bin" / "python"
        turns = []
        for _ in range(repeats):
            theirs = peer(python, name, folder)
            turns.append((theirs["seconds"], timed(lambda: run(plan))))
        apart = abs(float(np.mean(theirs["fill"])) - float(fill.mean()))
        agree = theirs["demand"] == demand and apart <= error
        same &= agree
        found = pairs(turns)
        print(
            f"  {name} {version_in(python, name)}, numpy {version_in(python, 'numpy')}: demand {theirs['demand']:,.0f},"
        )
        print(f"    fill rate {np.mean(theirs['fill']):.5f}: {'the same' if agree else 'NOT THE SAME'}")
        if agree:
            print(
                f"    {found.ours:.2f} s against our {found.other:.3f} s: {found.ratio:.0f} x  "
                f"(budget {budget:.0f} x: {verdict(found.ratio, budget, more_is_better=True)})"
            )
    return same


def main() -> None:
    """`python -m benchmarks.peers.compare FOLDER_OF_ENVIRONMENTS`; fails where a peer does not simulate the same."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("environments", type=Path, help="folder with one virtual environment a peer")
    parser.add_argument("--repeats", type=int, default=5)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        sys.exit(0 if compare(asked.environments, Path(folder), asked.repeats) else 1)


if __name__ == "__main__":
    main()
