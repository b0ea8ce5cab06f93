"""Forecasting methods, day by day: tables by hand, and the formulas once more in a few plain lines."""

from __future__ import annotations

import numpy as np
import pytest

from sim.policies import FORECASTING
from sim.policies.forecasting.base import Forecasting, Learned
from tests.cases import Case

ALL = slice(None)


def method(name: str, **fields: object) -> Forecasting:
    found: Forecasting = FORECASTING[name].model_validate({"method": name} | fields)
    return found


def learned(
    one: Forecasting, usual: list[float], days: list[list[float]], out: list[list[bool]] | None = None
) -> Learned:
    """What a method knows after some days, from day 0 on, each with the units of all cells."""
    known = one.begin(np.array(usual, dtype=float))
    for day, units in enumerate(days):
        short = None if out is None else np.array(out[day])
        one.learn(known, ALL, day, np.array(units, dtype=float), short)
    return known


def test_a_moving_average_takes_days_before_the_first_as_usual_and_forgets_the_oldest() -> None:
    """Over 3 days, usual 6: after 3 it is (6 + 6 + 3) / 3 = 5; after 3, 9, 0, 12 it is (9 + 0 + 12) / 3 = 7."""
    one = method("moving_average", over="3d")
    assert one.ahead(learned(one, [6], [[3]]), 1.0).tolist() == [5]
    assert one.ahead(learned(one, [6], [[3], [9], [0], [12]]), 2.5).tolist() == [17.5]


def test_exponential_smoothing_goes_its_part_of_the_way() -> None:
    """alpha 1/2, usual 10: after 14 it is 12, after 8 it is 10, after 20 it is 15."""
    one = method("exponential_smoothing", alpha="50%")
    days = [[14.0], [8.0], [20.0]]
    assert [float(one.ahead(learned(one, [10], days[:n]), 1.0)[0]) for n in (1, 2, 3)] == [12, 10, 15]
    assert one.ahead(learned(one, [10], days), np.array([3.5])).tolist() == [52.5]


def test_holt_winters_by_hand() -> None:
    """A season of two days, all weights 1/2, usual 10, then 14 and 10.

    Day 0: level (14 - 0) / 2 + 10 / 2 = 12, trend (12 - 10) / 2 = 1, season[0] = (14 - 10) / 2 = 2.
    Day 1: level 10 / 2 + 13 / 2 = 11.5, trend -0.5 / 2 + 1 / 2 = 0.25, season[1] = (10 - 13) / 2 = -1.5.
    Days 2, 3, 4: 11.5 + 0.25 + 2 = 13.75; 11.5 + 0.5 - 1.5 = 10.5; 11.5 + 0.75 + 2 = 14.25.
    """
    one = method("holt_winters", season="2d", alpha="50%", beta="50%", gamma="50%")
    known = learned(one, [10], [[14], [10]])
    sums = [float(one.ahead(known, days)[0]) for days in (0.0, 1.0, 2.0, 2.5, 3.0)]
    assert sums == [0, 13.75, 24.25, 24.25 + 14.25 / 2, 38.5]


def test_holt_winters_is_the_textbook_recursion_for_cells_that_know_different_days() -> None:
    """Two cells, one two days behind, against the formulas of Hyndman & Athanasopoulos on plain numbers."""
    m, alpha, beta, gamma = 7, 0.2, 0.1, 0.3
    one = method("holt_winters", season="7d", alpha="20%", beta="10%", gamma="30%")
    units = np.random.default_rng(3).poisson(50, (40, 2)).astype(float)
    known = one.begin(np.array([40.0, 60.0]))
    for step in range(40):
        one.learn(known, np.array([0, 1]), np.array([step + 2, step]), units[step], None)
    days = np.array([10.25, 17.0])
    for cell, (usual, late) in enumerate([(40.0, 2), (60.0, 0)]):
        level, trend, season = usual, 0.0, [0.0] * m
        for step in range(40):
            t, y = step + late, units[step, cell]
            before, old = level, season[t % m]
            level = alpha * (y - old) + (1 - alpha) * (before + trend)
            season[t % m] = gamma * (y - before - trend) + (1 - gamma) * old
            trend = beta * (level - before) + (1 - beta) * trend
        ahead = [level + h * trend + season[(39 + late + h) % m] for h in range(1, 19)]
        whole = int(days[cell])
        expected = sum(ahead[:whole]) + (days[cell] - whole) * ahead[whole]
        assert one.ahead(known, days)[cell] == pytest.approx(expected, rel=1e-12)


def test_a_weekly_rhythm_is_learned() -> None:
    """Demand of 70 on every seventh day and 14 otherwise: after a year each day is foreseen; the usual 22 never is."""
    one = method("holt_winters", season="7d", beta="0%", gamma="50%")
    known = learned(one, [22], [[70 if day % 7 == 0 else 14] for day in range(371)])
    each = np.diff([float(one.ahead(known, float(days))[0]) for days in range(8)])
    assert each.tolist() == pytest.approx([70, *[14] * 6], abs=0.01)


def test_a_falling_trend_ends_at_nothing() -> None:
    one = method("holt_winters", season="1d", alpha="100%", beta="100%", gamma="0%")
    assert one.ahead(learned(one, [30], [[20], [10]]), 30.0).tolist() == [0]


@pytest.mark.case("A8c", "amc_unadjusted", "amc_adjusted_pooled")
def test_consumption_makes_up_for_days_out_of_stock(case: Case) -> None:
    """Three months of 30 days with 30, 15 and 20 days in stock, ten a day on these: 650 x 90 / 65 = 900 in 3 months."""
    in_stock = [day % 30 < there for there, day in zip([30] * 30 + [15] * 30 + [20] * 30, range(90), strict=True)]
    issues, out = [[10.0 * there] for there in in_stock], [[not there] for there in in_stock]
    plain, adjusted = method("amc", over="3mo", adjusted=False), method("amc", over="3mo")
    case.check({
        "amc_unadjusted": float(plain.ahead(learned(plain, [7], issues, out), 30.0)[0]),
        "amc_adjusted_pooled": float(adjusted.ahead(learned(adjusted, [7], issues, out), 30.0)[0]),
    })  # fmt: skip


def test_consumption_is_rounded_up_and_missing_days_are_usual_ones() -> None:
    """QAT: 100 in 90 days with 20 out: ceil(100 x 90 / 70 = 128.6) = 129 in three months, 43 a month. One record of 8
    among 10 days, usual 5: 8 + 9 x 5 = 53 in ten days. Out of stock all the time: nothing is known, so the usual."""
    one, ten = method("amc", over="3mo"), method("amc", over="10d")
    known = learned(one, [7], [[100.0], *[[0.0]] * 89], [[day < 20] for day in range(90)])
    assert one.ahead(known, 30.0).tolist() == pytest.approx([43])
    assert ten.ahead(learned(ten, [5], [[8.0]], [[False]]), 10.0).tolist() == pytest.approx([53])
    assert ten.ahead(learned(ten, [5], [[0.0]] * 10, [[True]] * 10), 10.0).tolist() == pytest.approx([50])


def test_whoever_begins_late_looks_back_as_far_as_counts() -> None:
    """0.9^n falls below 5% with n = 29."""
    assert method("moving_average", over="14d").looks_back == 14
    assert method("exponential_smoothing", alpha="10%").looks_back == 29
    assert method("holt_winters", season="7d").looks_back == 14
    assert method("amc", over="2mo").looks_back == 60
