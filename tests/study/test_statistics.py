"""Intervals cover as often as they say, the best is picked as often as promised, and equal strategies are equal."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import sim
from sim.report.study.comparison import sentences
from sim.study.design.measures import Measure
from sim.study.infer.compare import SAME, UNDETECTED, compare, minimax_regret, rank, select_best, summarise
from sim.study.infer.intervals import holm, interval
from sim.study.infer.ranking import kim_nelson, probability_best
from tests.study.conftest import WriteStudy


def rows_of(
    values: np.ndarray, strategies: list[str], scenario: str = "s", measure: str = "units_unmet"
) -> pd.DataFrame:
    """Rows of a study as its workers leave them, from (replications, strategies)."""
    parts = [
        pd.DataFrame(
            {"scenario": scenario, "strategy": name, "variant": "", "replication": np.arange(len(values))}
            | {"measure": measure, "breakdown": "all", "group": "", "value": values[:, k], "twin": 0.0}
        )
        for k, name in enumerate(strategies)
    ]  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def binomial_sd(p: float, n: int) -> float:
    return math.sqrt(p * (1 - p) / n)


def test_students_interval_is_the_textbook_one() -> None:
    x = np.array([4.0, 7.0, 5.0, 6.0, 8.0, 5.5, 6.5, 7.5])
    found = interval(x)
    half = stats.t.ppf(0.975, 7) * x.std(ddof=1) / math.sqrt(8)
    assert found.method == "t"
    assert (found.low, found.high) == pytest.approx((x.mean() - half, x.mean() + half))
    assert found.p == pytest.approx(stats.ttest_1samp(x, 0).pvalue)


def test_no_resampled_p_value_is_nothing() -> None:
    """A hundred and more, with a skewness above one: no resample is as far from its mean as nought is. What was seen
    counts as one of 5000, on two sides: p = 2 (1 + 0) / (4999 + 1) (Davison and Hinkley 1997, equation 4.11)."""
    x = 100 + 1.2 ** np.arange(20)
    found = interval(x, bca=False)
    assert found.method == "bootstrap-t"
    assert found.p == pytest.approx(0.0004)


@pytest.mark.slow
@pytest.mark.parametrize("size", [20, 50])
def test_the_headline_interval_covers_a_skewed_mean_where_students_does_not(size: int) -> None:
    """Unmet demand that is zero in seven years of ten and exponential in the others; its mean is 0.3."""
    generator, studies = np.random.default_rng(7), 400
    headline = student = 0
    for _ in range(studies):
        x = generator.exponential(1.0, size) * (generator.random(size) < 0.3)
        found = interval(x, bca=False)
        headline += found.low <= 0.3 <= found.high
        student += found.t[0] <= 0.3 <= found.t[1]
    assert headline / studies >= 0.95 - 3 * binomial_sd(0.95, studies)
    assert student < headline
    if size == 20:
        assert student / studies < 0.95 - 3 * binomial_sd(0.95, studies)


def test_the_p_value_and_the_interval_agree() -> None:
    generator = np.random.default_rng(11)
    methods = set()
    for shift in np.linspace(-0.6, 0.2, 30):
        found = interval(generator.exponential(1.0, 40) - 1 + shift, bca=False)
        methods.add(found.method)
        assert (found.p < 0.05) == (not found.low <= 0 <= found.high) or abs(found.p - 0.05) < 0.002
    assert methods == {"t", "bootstrap-t"}


def test_bca_is_nearly_students_where_values_are_normal() -> None:
    found = interval(np.random.default_rng(3).normal(10, 2, 200))
    assert found.method == "t"
    # the ends of both have a Monte Carlo and a sampling part; a tenth of the width is far beyond either
    assert found.bca == pytest.approx(found.t, abs=found.half_width / 5)


@pytest.mark.parametrize(
    ("values", "method"),
    [([], "too few"), ([1.0], "too few"), ([2.0, 2.0, 2.0], "exact"), ([0.0] * 19 + [5.0], "t")],
)
def test_hard_cases_have_an_answer(values: list[float], method: str) -> None:
    found = interval(np.array(values))
    assert found.method == method
    if method == "exact":
        assert (found.low, found.high, found.p) == (2.0, 2.0, 0.0)


def test_holm_is_holms() -> None:
    p = np.array([0.01, 0.04, 0.03, np.nan, 0.005])
    assert holm(p) == pytest.approx([0.03, 0.06, 0.06, np.nan, 0.02], nan_ok=True)  # by hand: 4p, 3p, 2p, p, rising


def test_strategies_that_are_the_same_differ_by_exactly_nothing(write_study: WriteStudy, tmp_path: Path) -> None:
    study = """
study: same
title: Twice the same
scenarios: [starter.yaml]
strategies: [none, {name: again, set: {reserves.national.size: 0d}}, {name: renamed, use: none, set: {title: New}}]
measures: [units_unmet, fill_rate, cost]
replications: 4
end_is_enough: What happens later is not asked.
"""
    result = sim.run_study(write_study(study), tmp_path / "out", workers=1)
    assert set(result.comparisons["verdict"]) == {SAME}
    assert (result.comparisons["difference"] == 0).all()
    assert (result.comparisons[["low", "high"]] == 0).all(axis=None)
    assert all("no difference at all" in text for text in sentences(result.comparisons))
    assert result.best["probability_best"].tolist() == pytest.approx([1 / 3] * 9, abs=0.001)


def test_strategies_that_differ_in_sampling_only_are_not_told_apart() -> None:
    draws = np.random.default_rng(5).gamma(2.0, 50.0, (60, 2))
    found = compare(rows_of(draws, ["a", "b"]), ["a", "b"], [("b", "a")], 0.95)
    assert found["verdict"].tolist() == [UNDETECTED]
    assert "no detectable difference in 60 draws" in sentences(found)[0]


def test_one_comparison_of_many_that_stands_out_alone_is_told_as_that() -> None:
    """Five differences, one of which has a p-value between 1% and 5%: alone its interval leaves out zero, among five it
    is not enough (Holm)."""
    even = np.tile([-1.0, 1.0], 10)
    # Student's t of 20 draws: 2.5 standard errors are p = 2.2%, five times that is 11%
    shifted = even + 2.5 * even.std(ddof=1) / np.sqrt(20)
    values = np.column_stack([np.zeros(20), shifted, *[even] * 4])
    names = list("abcdef")
    found = compare(rows_of(values, names), names, [(name, "a") for name in names[1:]], 0.95)
    assert set(found["verdict"]) == {UNDETECTED} and found["low"].iloc[0] > 0 > found["low"].iloc[1]
    first, second, *_ = sentences(found)
    assert "no detectable difference once it is counted how many were looked for" in first
    assert "no detectable difference in 20 draws" in second


@pytest.mark.slow
def test_a_false_difference_is_rarer_than_the_confidence_allows_over_all_comparisons() -> None:
    generator, studies, false = np.random.default_rng(8), 100, 0
    names = ["base", "a", "b", "c"]
    for _ in range(studies):
        found = compare(
            rows_of(generator.normal(100, 10, (10, 4)), names), names, [(n, "base") for n in names[1:]], 0.95
        )
        false += bool((found["verdict"] != UNDETECTED).any())
    assert false / studies <= 0.05 + 3 * binomial_sd(0.05, studies)


@pytest.mark.slow
@pytest.mark.parametrize("correlation", [0.0, 0.8])
def test_kim_and_nelsons_procedure_keeps_its_promise(correlation: float) -> None:
    """Five normal systems, the best ahead of all others by just the indifference: the hardest case of the guarantee."""
    generator, studies, indifference, sd = np.random.default_rng(4), 300, 1.0, 2.0
    means = np.array([10.0, 11.0, 10.0, 10.0, 10.0])
    names = list("abcde")
    right, used = 0, []
    for _ in range(studies):
        common = generator.normal(0, 1, (400, 1)) * math.sqrt(correlation)
        noise = common + generator.normal(0, 1, (400, 5)) * math.sqrt(1 - correlation)
        values = -(means + sd * noise)  # units unmet: fewer are better
        found = select_best(rows_of(values, names), Measure("units_unmet"), names, indifference, 0.9, 10)["s"]
        assert found.best is not None
        right += names[found.best] == "b"
        used.append(found.used)
    assert right / studies >= 0.9 - 3 * binomial_sd(0.9, studies)
    assert 10 < np.mean(used) < 250  # it neither stops at once nor looks at everything


def test_kim_and_nelsons_procedure_by_hand() -> None:
    """Two systems, first stage of 3: h² = 2 ((2 x 0.1)^-1 - 1) = 8; differences 1, 3, 5 have S² = 4."""
    values = np.array([[1.0, 0.0], [3.0, 0.0], [5.0, 0.0], [3.0, 0.0], [3.0, 0.0]])
    # N = h² S² / 2² = 8; margin after r replications (2 / 2r)(8 - r): 5/3 at r = 3, and the means differ by 3
    found = kim_nelson(values, indifference=2.0, confidence=0.9, first_stage=3)
    assert (found.best, found.used) == (0, 3)
    # with an indifference of 1 N = 32 and the margin is (1 / 2r)(32 - r): 4.8 at 3, 3.5 at 4, 2.7 at 5
    found = kim_nelson(values, indifference=1.0, confidence=0.9, first_stage=3)
    assert (found.best, found.used) == (0, 5)
    found = kim_nelson(values[:4], indifference=1.0, confidence=0.9, first_stage=3)
    assert (found.best, found.left, found.used) == (None, (0, 1), 4)


def test_the_probability_of_being_best_follows_the_data() -> None:
    """Two independent normal means with a known difference: the bootstrap comes near the normal probability."""
    generator = np.random.default_rng(2)
    values = generator.normal(0, 1, (400, 2))
    values -= values.mean(axis=0) - np.array([0.05, 0.0])
    gap = values[:, 0] - values[:, 1]
    expected = stats.norm.cdf(gap.mean() / (gap.std() / math.sqrt(400)))
    assert probability_best(values)[0] == pytest.approx(expected, abs=4 * binomial_sd(expected, 2000) + 0.01)


def test_regret_over_scenarios() -> None:
    """Unmet means: scenario s: a 10, b 14; t: a 30, b 25. Largest regrets: a 5 in t, b 4 in s; b is chosen."""
    rows = pd.concat(
        [
            rows_of(np.array([[9.0, 15.0], [11.0, 13.0]]), ["a", "b"], "s"),
            rows_of(np.array([[31.0, 24.0], [29.0, 26.0]]), ["a", "b"], "t"),
        ]
    )
    found = minimax_regret(rank(rows, ["a", "b"]))
    assert dict(zip(found["strategy"], found["largest_regret"], strict=True)) == {"a": 5.0, "b": 4.0}
    assert found.loc[found["chosen"], ["strategy", "in_scenario"]].to_numpy().tolist() == [["b", "s"]]


def test_the_tail_is_the_bad_one() -> None:
    values = np.arange(1.0, 11.0)[:, None]
    worse_high = summarise(rows_of(values, ["a"]), ["a"], 0.95, 0.8).iloc[0]
    assert (worse_high["var"], worse_high["cvar"]) == (8.0, 9.5)
    worse_low = summarise(rows_of(values, ["a"], measure="fill_rate"), ["a"], 0.95, 0.8).iloc[0]
    assert (worse_low["var"], worse_low["cvar"]) == pytest.approx((3.0, 1.5))


def test_a_figure_that_is_not_defined_leaves_its_pair_out_and_is_counted() -> None:
    values = np.array([[1.0, 2.0], [np.nan, 3.0], [4.0, 6.0], [5.0, 8.0]])
    found = compare(rows_of(values, ["a", "b"]), ["a", "b"], [("b", "a")], 0.95).iloc[0]
    assert (found["n"], found["left_out"], found["difference"]) == (3, 1, 2.0)


def test_a_difference_is_told_from_the_confidence_on_at_which_its_interval_leaves_zero_out() -> None:
    """Differences of 1, 2 and 3 and Student's p of scipy: just below 1 - p they are told, just above they are not."""
    rows = rows_of(np.array([[0.0, 1.0], [0.0, 2.0], [0.0, 3.0]]), ["a", "b"])
    p = stats.ttest_1samp([1.0, 2.0, 3.0], 0).pvalue
    for confidence, verdict in ((1 - 1.01 * p, "higher"), (1 - 0.99 * p, UNDETECTED)):
        found = compare(rows, ["a", "b"], [("b", "a")], confidence).iloc[0]
        assert found["verdict"] == verdict
        assert (found["low"] > 0) == (verdict == "higher")


def test_what_common_draws_save_is_measured_against_the_sum_of_both_variances() -> None:
    """1, 2, 3 and 0, 3, 6 have the variances 1 and 9, their differences 1, -1, -3 have 4: four tenths."""
    rows = rows_of(np.array([[1.0, 0.0], [2.0, 3.0], [3.0, 6.0]]), ["a", "b"])
    for pair in (("a", "b"), ("b", "a")):
        assert compare(rows, ["a", "b"], [pair], 0.95).iloc[0]["independent_ratio"] == pytest.approx(0.4)


def test_few_values_have_students_interval_however_skewed() -> None:
    """t(0.975; 3) = 3.1824 (tables): 2.5 ± 3.1824 x 5 / 2; the studentised bootstrap needs eight values."""
    few = np.array([0.0, 0.0, 0.0, 10.0])
    found = interval(few, bca=False)
    assert (found.method, found.n) == ("t", 4)
    assert (found.low, found.high) == pytest.approx((2.5 - 3.1824 * 2.5, 2.5 + 3.1824 * 2.5), abs=1e-3)


def test_resamples_of_nearly_one_value_do_not_stretch_an_interval_without_end() -> None:
    """Nineteen values that nearly agree and one that does not: resamples without it have next to no spread."""
    values = np.array([0.0] * 17 + [1e-9, 2e-9, 1000.0])
    found = interval(values, bca=False)
    assert found.method == "t" and found.high - found.low < 1000.0 * 6
