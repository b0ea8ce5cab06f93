"""Metrics by hand, where a figure next to the right one is easily taken."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from sim.metrics.base import METRICS
from sim.metrics.resilience import value_at_risk
from tests.textbook.test_by_hand import day, direct


def days(**figures: list[int]) -> Any:
    """A view of some days."""
    return SimpleNamespace(daily=lambda name: np.array(figures[name]), days=len(next(iter(figures.values()))))


@pytest.mark.parametrize(
    ("demand", "unmet", "worst"),
    [
        # days 7 to 13 lack 280 of 700, days 0 to 6 only 42, but of 70; with k days of the former 42 + 34 k of 70 + 90 k
        ([10] * 7 + [100] * 7, [6] * 7 + [40] * 7, 42 / 70),
        # five days short in a row, all within seven days of 70; six days would make it 50 of 60
        ([10] * 20, [0] * 6 + [10] * 5 + [0] * 9, 50 / 70),
        # two spells six days apart fit into one week, seven days apart do not
        ([10] * 20, [0] * 4 + [10] + [0] * 5 + [10] + [0] * 9, 20 / 70),
        ([10] * 20, [0] * 4 + [10] + [0] * 6 + [10] + [0] * 8, 10 / 70),
        # a run of three days is its own week; a week without demand has no share
        ([10] * 3, [0, 10, 0], 10 / 30),
        ([0] * 10, [0] * 10, None),
        ([0] * 7 + [10], [0] * 7 + [10], 1.0),
    ],
)
def test_the_worst_week_is_the_largest_share_of_seven_days(
    demand: list[int], unmet: list[int], worst: float | None
) -> None:
    found = METRICS["worst_week_unmet"].function(days(demand=demand, unmet=unmet))
    assert found == (worst if worst is None else pytest.approx(worst))


def test_bullwhip_is_the_median_of_the_sites_ratios() -> None:
    """Two days each. Demand 0 and 2, 0 and 4, 0 and 20 has the variances 2, 8 and 200; orders 0 and 4, 0 and 2, 0 and
    60 have 8, 2 and 1800: ratios 4, 1/4 and 9, of which 4 is in the middle. The ratio of the medians would be 1."""
    highest = {"demand": np.array([2, 4, 20]), "ordered": np.array([4, 2, 60])}
    record = SimpleNamespace(squares={name: x**2 for name, x in highest.items()})
    view: Any = SimpleNamespace(
        outcome=SimpleNamespace(record=record), days=2, cells=np.arange(3), cell_sum=lambda name: highest[name]
    )
    assert METRICS["bullwhip"].function(view) == pytest.approx(4)


def test_what_a_substitute_served_counts_in_one_fill_rate_and_not_in_the_other() -> None:
    totals = {"demand": 40, "served": 12, "substituted": 5}
    view: Any = SimpleNamespace(total=lambda name: totals[name])
    assert METRICS["fill_rate"].function(view) == pytest.approx(12 / 40)
    assert METRICS["fill_rate_with_substitutes"].function(view) == pytest.approx(17 / 40)


def test_stock_at_its_planned_bounds_is_according_to_plan(simulate: Any) -> None:
    """70 less ten a day: 60 and 20, the bounds, and all between them on five of six evenings; 10 on the last."""
    text = direct(6, more="stock: [{at: clinic, on_hand: 70}]", level=7)
    run = simulate(text.replace("base_stock, level: 7", "max_min, max: 60, min: 20, review: 30d, first_review: 30d"))
    assert run.metrics["according_to_plan"].value == pytest.approx(5 / 6)


def test_the_gap_is_urban_less_rural(simulate: Any) -> None:
    """Of ten asked for, the town has ten and the village four."""
    run = simulate(f"""
end: {day(1)}
products: {{kit: {{unit: kit}}}}
suppliers: {{maker: {{makes: {{kit: {{}}}}}}}}
facilities: {{town: {{setting: urban}}, village: {{setting: rural}}}}
lanes: [{{from: maker, to: facilities, time: 9d}}]
demand: [{{at: facilities, product: kit, per_day: 10, distribution: deterministic}}]
stock: [{{at: town, on_hand: 10}}, {{at: village, on_hand: 4}}]
replenishment: [{{at: facilities, policy: base_stock, level: 0}}]
""")
    assert run.metrics["urban_rural_gap"].value == pytest.approx(0.6)


@pytest.mark.parametrize(("alpha", "value"), [(0.5, 5), (0.8, 8), (0.85, 9), (0.9, 9), (0.95, 10), (1.0, 10)])
def test_value_at_risk_is_the_smallest_loss_that_is_not_exceeded_so_often(alpha: float, value: int) -> None:
    """Of the losses 1 to 10, k are at most k: P(loss <= 8) is 80%, P(loss <= 9) the first of 85% or more."""
    assert value_at_risk(np.arange(10.0, 0.0, -1), alpha) == value
