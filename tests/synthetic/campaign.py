"""`make synthetic-truth`: replays and counterfactuals of crises whose truth is known, and how often they tell it.

Ends with 1 where a figure is outside of what chance leaves open.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from tests.synthetic.crises import LEAD, SERIES, crises, expected, spared

SHARES = (50, 80, 95)
CONTINUOUS = ("use", "stock")
"""Series without ties: a band holds them as often as it says. Of others, values at its end count as inside."""
WRONG = {"lanes.0.time": f"{LEAD // 2}d"}
STOCK = {"stock": (6, 10, 12, 14, 17, 20)}
"""Days on which stock is counted to tell a right lead time from a wrong one."""


def covered(folder: Path, number: int, draws: int, first: int = 1) -> dict[tuple[str, int], int]:
    """(series, percent) -> in how many crises its one point lies inside the band; bands that `draws` are enough for."""
    found = {(name, share): 0 for name in SERIES for share in SHARES if (draws + 1) * (100 - share) >= 200}
    for crisis in crises(folder, number, first):
        told = crisis.replay(draws)
        for name, share in found:
            found[name, share] += int(told.score(name, f"coverage_{share}"))
    return found


def held(folder: Path, number: int, draws: int, first: int = 1) -> int:
    """In how many crises the interval of 95% holds what a larger stock spares in the mean."""
    truth, found = spared(), 0
    for crisis in crises(folder, number, first):
        told = crisis.what_if(draws)
        found += int(told["low"] <= truth <= told["high"])
    return found


def told_apart(folder: Path, number: int, draws: int, first: int = 1) -> int:
    """In how many crises half the lead time scores worse than the right one."""
    found = 0
    for crisis in crises(folder, number, first, STOCK):
        right, wrong = (crisis.replay(draws, **changed).score("stock", "wis") for changed in ({}, WRONG))
        found += int(right < wrong)
    return found


def main() -> int:
    """Print what came, and what had to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--crises", type=int, default=300)
    number, fine = parser.parse_args().crises, True

    def tell(what: str, found: int, of: int, low: int, high: int) -> None:
        nonlocal fine
        inside = low <= found <= high
        fine = fine and inside
        shares = [f"{100 * count / of:.1f}" for count in (found, low, high)]
        verdict = "as it should" if inside else "OUTSIDE"
        sys.stdout.write(f"{what}: {found} of {of}, {shares[0]}% (from {shares[1]} to {shares[2]}%): {verdict}\n")
        sys.stdout.flush()

    with tempfile.TemporaryDirectory(prefix="tideover-") as place:
        folder = Path(place)
        for (name, share), count in covered(folder, number, 39).items():
            low, high = expected(number, share / 100)
            tell(f"{name} inside its band of {share}%", count, number, low, high if name in CONTINUOUS else number)
        half = max(1, number // 2)
        tell("true difference inside its interval of 95%", held(folder, half, 20), half, *expected(half, 0.95))
        third = max(1, number // 3)
        least = -(-third * 95 // 100)
        tell("half the lead time scores worse", told_apart(folder, third, 19), third, least, third)
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
