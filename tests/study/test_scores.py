"""Scores of a replay by hand: the weighted interval score, coverage, turns, guesses without a model."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from sim.observations import OBSERVATIONS
from sim.observations.base import Threshold
from sim.observations.points import Points
from sim.report.replay.words import replay_words
from sim.study.score import SCORES, sampling
from sim.study.score.base import Told, band
from sim.study.score.baselines import naive, persistence
from sim.study.score.board import Scored
from sim.study.score.relative import relative, verdict
from sim.study.score.wis import interval_parts, parts, scored_intervals

START = dt.date(2024, 1, 1)


def points(days: list[int], values: list[float], held: int = 0, asked: int = 0) -> Points:
    """Points of one day each, the last of them held out."""
    n, day = len(days), np.array(days)
    held_out = np.arange(n) >= n - held
    texts = ("survey",) * n
    return Points(day, day, np.array(values, float), np.full(n, asked), held_out, texts, texts, tuple(range(2, n + 2)))


def series(model: str = "stock", **fields: Any) -> Any:
    """A series of a kind."""
    kind = OBSERVATIONS[model]
    return kind.model_validate({"model": model} | kind.example | fields)


def told(samples: Any, observed: list[float], **more: Any) -> Told:
    """What draws say of points a week apart."""
    return Told(np.array(samples, float), np.array(observed, float), 7 * np.arange(len(observed)), **more)


def value(name: str, one: Told) -> float:
    """A score."""
    return SCORES[name].figure(one).value


def test_the_weighted_interval_score_of_the_worked_example_is_6_and_twice_the_mean_pinball_loss() -> None:
    """Median 10, half in [8, 12], four fifths in [5, 15], observed 18.

    IS50 = 4 + 2/0.5 x 6 = 28, IS80 = 10 + 2/0.2 x 3 = 40; (8/2 + 0.25 x 28 + 0.1 x 40) / 2.5 = 15 / 2.5 = 6.
    """
    ends = np.array([[8.0], [5.0]]), np.array([[12.0], [15.0]])
    found = interval_parts(np.array([10.0]), (0.5, 0.2), *ends, np.array([18.0]))[:, 0]
    assert found.sum() == pytest.approx(6)
    # spread (0.25 x 4 + 0.1 x 10) / 2.5; too low (8/2 + 6 + 3) / 2.5
    assert found.tolist() == pytest.approx([0.8, 0, 5.2])
    levels, quantiles = np.array([0.1, 0.25, 0.5, 0.75, 0.9]), np.array([5, 8, 10, 12, 15])
    pinball = np.where(quantiles < 18, levels * (18 - quantiles), (1 - levels) * (quantiles - 18))
    assert found.sum() == pytest.approx(2 * pinball.mean())


def test_the_score_is_twice_the_mean_pinball_loss_of_all_quantiles_that_the_draws_have() -> None:
    generator = np.random.default_rng(1)
    one = told(generator.normal(50, 10, (99, 5)), [20, 45, 50, 60, 90])
    levels = np.array([0.01, 0.025, *np.arange(1, 20) / 20, 0.975, 0.99])  # the 23 of the forecast hubs
    quantiles = np.quantile(one.samples, levels, axis=0, method="weibull")
    below = quantiles < one.observed
    distance = np.abs(one.observed - quantiles)
    pinball = np.where(below, levels[:, None], 1 - levels[:, None]) * distance
    assert parts(one).sum(axis=0) == pytest.approx(2 * pinball.mean(axis=0))


def test_data_times_k_score_k_times_as_much_and_the_log_scores_are_of_logs() -> None:
    generator = np.random.default_rng(2)
    samples, observed = generator.gamma(4, 10, (40, 6)), [10, 30, 50, 70, 20, 0]
    one = told(samples, observed)
    for name in ("wis", "dispersion", "overprediction", "underprediction", "mae", "bias"):
        assert value(name, told(7 * samples, [7 * x for x in observed])) == pytest.approx(7 * value(name, one))
    logs = told(np.log(samples + 1), [float(np.log(x + 1)) for x in observed])
    assert value("wis_log", one) == pytest.approx(value("wis", logs))
    assert np.isnan(value("wis_log", told(samples - 50, observed)))  # no log below -1


def test_bands_are_those_that_the_next_draw_lies_in_and_take_3_9_and_39_draws() -> None:
    nine = told(np.arange(1.0, 10)[:, None], [5])  # places (9 + 1) x 0.1 and x 0.9: the first and the last
    assert band(nine, 0.8)[:, 0].tolist() == [1, 9]
    for share, draws in ((0.5, 3), (0.8, 9), (0.95, 39)):
        for n in (draws - 1, draws):
            assert np.isnan(band(told(np.arange(float(n))[:, None], [0]), share)).all() == (n < draws)
    assert scored_intervals(98)[0] == 0.05
    assert scored_intervals(99)[0] == 0.02


def test_bias_is_above_0_where_the_model_says_too_much() -> None:
    """Medians of 12 and 5 where 10 was seen: off by +2 and -5, in the mean -1.5, and by 3.5 without their signs."""
    one = told([[11, 4], [12, 5], [13, 6]], [10, 10])
    assert (value("bias", one), value("mae", one)) == (-1.5, 3.5)


def test_coverage_has_wilsons_interval() -> None:
    """4 of 8: centre (0.5 + z2/16) / (1 + z2/8) = 0.5, half width z / (1 + z2/8) x sqrt(0.25/8 + z2/256) = 0.285."""
    samples = np.tile(np.arange(1.0, 10)[:, None], 8)
    found = SCORES["coverage_80"].figure(told(samples, [5, 5, 5, 5, 0, 0, 99, 99]))
    assert (found.value, found.n) == (0.5, 8)
    assert (found.low, found.high) == pytest.approx((0.2152, 0.7848), abs=1e-4)


def test_a_point_at_the_end_of_a_band_lies_inside() -> None:
    """Whole figures are often as high as a draw: of draws 1 to 9 the band of 80% goes from 1 to 9, both included."""
    samples = np.tile(np.arange(1.0, 10)[:, None], 4)
    assert SCORES["coverage_80"].function(told(samples, [1, 9, 0.9, 9.1])).tolist() == [1, 1, 0, 0]


@pytest.mark.parametrize("draws", [9, 40])
def test_bands_of_300_synthetic_crises_hold_four_of_five(draws: int) -> None:
    """Each has a mean and a spread of its own; 80 % of 300 are within 240 ± 3 x 6.9, 73 to 87 %."""
    generator = np.random.default_rng(3)
    mean, spread = generator.uniform(10, 90, 300), generator.uniform(1, 20, 300)
    samples = generator.normal(mean, spread, (draws, 300))
    observed = generator.normal(mean, spread)
    assert 0.73 < value("coverage_80", told(samples, observed.tolist())) < 0.87


def test_persistence_is_the_last_value_with_the_differences_over_as_many_steps_either_way() -> None:
    """10, 12, 11, 15 in four weeks. Over one week +2, -1, +4; over two +1, +3; over three there is one pair only, so
    those of one week times the root of 3."""
    seen = points([0, 7, 14, 21, 28, 35, 42], [10, 12, 11, 15, 99, 99, 99], held=3)
    found = persistence(series(), seen, 1000)
    assert np.isnan(found[:, :4]).all()
    assert np.median(found[:, 4:], axis=0) == pytest.approx([15, 15, 15])
    # drawn at even probabilities from the lowest to the highest of the differences with either sign
    assert found[:, 4:].max(axis=0) == pytest.approx([19, 18, 15 + 4 * 3**0.5], abs=0.02)
    assert found[:, 4:].min(axis=0) == pytest.approx([11, 12, 15 - 4 * 3**0.5], abs=0.02)


def test_persistence_goes_by_dates_where_these_are_uneven_and_stays_within_what_can_be() -> None:
    """Points after 7 and 14 days more: differences -4 and -1; 28 days on: times sqrt(28/7) = 2 and sqrt(28/14)."""
    found = persistence(series(), points([0, 7, 21, 49], [10, 6, 5, 0], held=1), 1000)[:, 3]
    assert found.max() == pytest.approx(13, abs=0.02)
    assert found.min() == 0  # 5 - 8 is -3, and no stock lies below 0
    share = series("share_out")
    assert persistence(share, points([0, 7, 14, 21], [80, 99, 97, 0], held=1), 99)[:, 3].max() == 100
    assert np.isnan(persistence(series(), points([0, 7, 14], [1, 2, 3], held=1), 9)).all()  # one difference


def test_pairs_of_points_count_as_alike_to_within_half_of_the_shortest_step() -> None:
    """Points after 7, 9 and 16 days; over 7 days to the next: 10 to 12 (7 days), 20 to 30 (7), and to within a day none
    of 2, 9 and 16 days apart: +2 and +10, from 30 on up to 40."""
    found = persistence(series(), points([0, 7, 9, 16, 23], [10, 12, 20, 30, 0], held=1), 1000)[:, 4]
    assert (found.min(), found.max()) == pytest.approx((20, 40), abs=0.1)


def test_persistence_of_a_change_may_fall_as_far_as_to_nothing() -> None:
    """40, 10, 5 % above usual: differences -30 and -5 at one step, either way; over three steps -35 and twice sqrt(3)
    of the others. From 5 down to 5 - 30 = -25, which no count of units could be."""
    change = series("use", over="7d", told_as="change")
    found = persistence(change, points([0, 7, 14, 21], [40, 10, 5, 0], held=1), 1000)[:, 3]
    assert found.min() == pytest.approx(-25, abs=0.1)
    deep = persistence(change, points([0, 7, 14, 21], [40, -60, -95, 0], held=1), 1000)[:, 3]
    assert deep.min() == -100  # -95 - 100 would be less than nothing


def test_the_guess_without_a_model_is_what_is_left_of_supply() -> None:
    cut = {"share": "60%", "cut": "60%", "from": "2024-01-15"}  # 64 % left from day 14 on
    seen = points([13, 14, 20], [1, 1, 1])
    assert naive(series(naive=cut | {"usual": 50}), seen, START, 4)[0] == pytest.approx([50, 32, 32])
    # an average over seven days: none, one, all of them after the cut
    week = replace(seen, first=seen.day - 6)
    filled = naive(series("fill_rate", naive=cut), week, START, 4)[0]
    assert filled == pytest.approx([100, 100 * (6 + 0.64) / 7, 64])
    # empty shelves: what is lost, beside the usual 6 %
    assert naive(series("share_out", naive=cut), week, START, 4)[0] == pytest.approx([6, 6 + 36 / 7, 42])
    assert naive(series("use", over="7d", told_as="change", naive=cut), week, START, 4)[0] == pytest.approx(
        [0, -36 / 7, -36]
    )
    assert np.isnan(naive(series(), seen, START, 4)).all()


def test_the_guess_of_a_count_and_of_a_change_starts_from_what_is_usual() -> None:
    """10 a day from day 4 on: on day 4 one day, on day 13 ten, of which the five from day 9 on bring half: 50 + 25.
    20% above usual, of which 64% are left, is 120 x 0.64 = 76.8: 23.2% below."""
    half = {"share": "50%", "from": "2024-01-10", "usual": 10}
    count = series("cumulative_deliveries", since="2024-01-05", naive=half)
    assert naive(count, points([4, 13], [1, 1]), START, 2)[0] == pytest.approx([10, 75])
    above = {"share": "60%", "cut": "60%", "from": "2024-01-01", "usual": 20}
    change = series("use", over="7d", told_as="change", naive=above)
    assert naive(change, points([9], [1]), START, 2)[0] == pytest.approx([-23.2])


def test_by_the_guess_without_a_model_all_sites_fall_short_on_one_day_or_none_does() -> None:
    """10 days of stock, of which 0.5 a day are missing: below 8 after the fifth evening (10 - 2.5)."""
    low = series(
        "share_of_sites", cover_below="8d", naive={"share": "50%", "from": "2024-01-01", "usual": 10}, of=4
    )  # fmt: skip
    seen = points([3, 4], [0, 0])
    assert naive(low, seen, START, 3).tolist() == [[0, 100]] * 3
    asked = naive(series("share_out", naive={"share": "50%"}, plus=0), points([0], [0], asked=4), START, 1000)[:, 0]
    # as a survey of four sees a share of a half: 1, 4, 6, 4, 1 sixteenths
    assert np.unique(asked, return_counts=True)[1] / 1000 == pytest.approx(np.array([1, 4, 6, 4, 1]) / 16, abs=0.002)


def test_better_is_said_only_where_the_whole_interval_of_the_ratio_lies_below_1() -> None:
    """Draws that are all at the median score their distance: 1 against 2 everywhere is a ratio of exactly a half."""
    observed = [10.0, 12, 9, 14, 11, 10, 13, 12]
    near, far = (told(np.tile(np.array(observed) + off, (9, 1)), observed) for off in (1, 2))
    half = relative(near, far)
    assert (half.value, half.low, half.high, verdict(half)) == (0.5, 0.5, 0.5, "beats")
    assert verdict(relative(far, near)) == "worse"
    assert verdict(relative(near, near)) == "level"
    few = np.arange(8) < 7
    assert relative(near.at(few), far.at(few)).value == 0.5
    assert verdict(relative(near.at(few), far.at(few))) == ""  # seven points do not tell
    mixed = told(np.tile(np.add(observed, [0, 5, 0, 5, 0, 1, 0, 1]), (9, 1)), observed)  # 12 against 16 in all
    found = relative(mixed, far)
    assert found.value == pytest.approx(0.75)
    assert found.low < 0.75 < 1 < found.high
    assert verdict(found) == "level"
    often = told(np.tile(np.add(observed, [0, 0, 0, 0, 0, 0, 4, 4]), (9, 1)), observed)
    found = relative(near, often)  # of resamples (6/8)^8 = 10 % have only points at which the other is without error
    assert (found.value, found.high) == (1, np.inf)
    exact = told(np.tile(np.array(observed), (9, 1)), observed)
    assert (relative(near, exact).value, verdict(relative(near, exact))) == (np.inf, "worse")
    assert (relative(exact, exact).value, verdict(relative(exact, exact))) == (1, "level")


def test_onset_worst_point_and_recovery_are_told_in_days() -> None:
    """Weekly, threshold above 10. Observed 0 12 20 11 5: past it from day 7, worst on 14, back on 28."""
    draws = [[0, 0, 12, 30, 5]] * 2 + [[12, 30, 20, 9, 5]]  # onset 14 and 0, worst 21 and 7, back 28 and 21
    one = told(draws, [0, 12, 20, 11, 5], threshold=Threshold(above=10))
    assert [value(name, one) for name in ("onset", "peak", "recovery")] == [7, 7, 0]
    below = told([[100, 50, 90]] * 3, [90, 95, 60], threshold=Threshold(below=80))
    assert value("peak", below) == -7
    never = told([[0, 0, 0]] * 2 + [[0, 12, 0]], [0, 12, 0], threshold=Threshold(above=10))
    found = SCORES["onset"].figure(never)
    assert np.isnan(found.value)  # most draws never come so far
    assert found.n == 1
    half = told([[0, 0, 0]] * 2 + [[0, 12, 0]] * 2, [0, 12, 0], threshold=Threshold(above=10))
    assert np.isnan(value("onset", half))  # nor does the middle one of four
    assert value("onset", told([[0, 0, 0]] + [[0, 12, 0]] * 2, [0, 12, 0], threshold=Threshold(above=10))) == 0
    assert np.isnan(value("onset", told(draws, [0, 12, 20, 11, 5])))  # nobody said from where on


def test_a_survey_of_n_has_the_error_of_n_and_a_draw_of_its_own_for_each_date() -> None:
    """100 asked of whom half are short: sqrt(50 x 50 / 100) = 5 points; of 400 draws known to 5 / sqrt(800) = 0.18."""
    share, draws = series("share_out", of=100), range(400)
    about = points([3, 10, 17], [50, 50, 50], asked=100)
    half = np.full((400, 3), 50.0)
    found = sampling.seen(share, about, half, draws, 1, START)
    assert found.std(axis=0) == pytest.approx([5, 5, 5], abs=3 * 0.18)
    assert abs(np.corrcoef(found.T)[0, 1]) < 3 / 400**0.5
    # without the first point, and counted from a day earlier, the others are asked the same
    later = about.at(np.array([False, True, True]))
    later = replace(later, first=later.first + 1, day=later.day + 1)
    again = sampling.seen(share, later, half[:, 1:], draws, 1, START - dt.timedelta(days=1))
    assert (again == found[:, 1:]).all()
    # and those asked about a week are others than those asked about its last day
    weeks = replace(about, first=about.first - np.array([3, 6, 6]))
    week = sampling.seen(share, weeks, half, draws, 1, START)
    assert abs(np.corrcoef(week[:, 0], found[:, 0])[0, 1]) < 3 / 400**0.5
    assert (sampling.seen(share, points([3], [50]), half[:, :1], draws, 1, START) == 50).all()  # nobody asked


def words(*tellers: float) -> str:
    """What is said of eight held-out points that lie 2 off what the guess says, and as far off the model as told."""
    one = series(held_out="2024-01-22", naive={"share": "50%", "usual": 20}, title="Stock")
    days = [0, 7, 14, *(21 + 7 * k for k in range(8))]
    about = points(days, [12.0] * 11, held=8)
    samples = np.tile(12 + np.array([0, 0, 0, *tellers]), (9, 1))
    return replay_words([Scored(one, about, samples, START)], 9)[1]


def test_words_say_what_the_ratios_let_one_say() -> None:
    """The last value again is without error, so that nothing beats it; 1 - share x cut is 10, where 12 was seen."""
    exact = "worse than persistence (ratio of scores ∞), "
    assert words(*[1] * 8).startswith(
        f"Stock (8 held-out points): {exact}beats 1 − share × cut (ratio of scores 0.50, 0.50 to 0.50)"
    )
    assert f"beats neither baseline: {exact}worse than 1 − share × cut (ratio of scores 2.00" in words(*[4] * 8)
    assert f"{exact}cannot be told apart from 1 − share × cut (ratio of scores 1.00" in words(*[0, 4] * 4)


def test_every_score_says_what_it_is() -> None:
    assert all(one.definition and one.label for one in SCORES.values())
