"""The exercise of alarms: each week of warning is worth days of stock, and the alarm listened to rings in time."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

import sim
from sim.study.infer.worth import read_off

FILE = Path(__file__).resolve().parents[2] / "scenarios" / "exercises" / "warning-worth.yaml"
LEVELS = (64, 106)
WEEKS = (0, 1, 2, 3)


@pytest.fixture(scope="module")
def runs() -> dict[tuple[str, int], sim.Run]:
    """Under either strategy on the same draws: by the store's days of stock, and by weeks lost."""
    settings = {("unwarned", level): {"replenishment.1.level": f"{level}d"} for level in LEVELS}
    settings |= {("warned", week): {"decisions.second maker.after": f"{7 * week}d"} for week in WEEKS}
    return {
        key: sim.run(FILE, key[0], overrides=values, twin=False, detail="none", without_decisions=False)
        for key, values in settings.items()
    }


def test_each_week_of_warning_is_worth_days_of_stock(runs: dict[tuple[str, int], sim.Run]) -> None:
    """The plant stands still for so long that stock runs out under all of them. Orders go elsewhere at weekly reviews:
    three weeks more of that bring no more than the use of three weeks and of a review."""
    unmet = {key: done.metrics["units_unmet"].value or 0.0 for key, done in runs.items()}
    means = np.array([[unmet["unwarned", level] for level in LEVELS]])
    days = [read_off(np.array(LEVELS), means, np.array([unmet["warned", week]]))[0][0] for week in WEEKS]
    assert all(later < earlier for earlier, later in pairwise(days)) and days[0] - days[-1] <= 28


def test_orders_that_stay_away_announce_the_shortage(runs: dict[tuple[str, int], sim.Run]) -> None:
    table = runs["unwarned", 64].alarms
    mine = table[table["alarm"] == "orders stay away"]
    assert mine["came"].tolist() == ["true"] and mine["warning"].iloc[0] > 30
