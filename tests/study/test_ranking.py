"""Kim and Nelson's procedure against a few lines written from the paper, one pair and one observation at a time."""

from __future__ import annotations

import itertools
import math
import statistics
from collections import Counter

import numpy as np

from sim.study.infer.ranking import kim_nelson


def published(values: np.ndarray, delta: float, alpha: float, n0: int) -> tuple[int | None, tuple[int, ...], int]:
    """(selected, still in the race, observations used) after Kim and Nelson (2001), ACM TOMACS 11(3), § 3, c = 1.

    Setup: eta = [(2 alpha / (k - 1))^(-2 / (n0 - 1)) - 1] / 2 and h² = 2 eta (n0 - 1). Initialisation: S²_il is the
    sample variance of the differences of the first n0 observations, N_il = floor(h² S²_il / delta²); if n0 > max N_il,
    select the largest mean. Screening: i stays where its mean is at least that of every other one in the race less
    W_il(r) = max(0, delta / (2 r) (h² S²_il / delta² - r)). Stopping: if one is left, select it; else observe once
    more, and if r = max N_il + 1, select the largest mean of those left.
    """
    rows, k = values.shape
    eta = 0.5 * ((2 * alpha / (k - 1)) ** (-2 / (n0 - 1)) - 1)
    h2 = 2 * eta * (n0 - 1)
    reach = {}
    for i, other in itertools.permutations(range(k), 2):
        gaps = [float(values[j, i] - values[j, other]) for j in range(n0)]
        reach[i, other] = h2 * statistics.variance(gaps) / delta**2
    last = max(math.floor(n) for n in reach.values())
    race, r = list(range(k)), n0
    while r <= last:
        mean = {i: sum(values[:r, i].tolist()) / r for i in race}
        margin = {pair: max(0.0, delta / (2 * r) * (n - r)) for pair, n in reach.items()}
        race = [i for i in race if all(mean[i] >= mean[x] - margin[i, x] for x in race if x != i)]
        if len(race) == 1:
            return race[0], tuple(race), r
        if r == rows:
            return None, tuple(race), r
        r += 1
    return max(race, key=lambda i: sum(values[:r, i].tolist())), tuple(race), r


def test_the_selection_is_that_of_the_published_procedure_row_by_row() -> None:
    """Systems of different means and spreads on common noise: fast and slow decisions, and rows that do not suffice."""
    generator, ways = np.random.default_rng(2001), Counter[str]()
    for systems, n0, _ in itertools.product((2, 3, 5, 8), (2, 3, 5, 10), range(40)):
        spread = generator.uniform(0.2, 3, systems)
        values = generator.normal(0, 1, (40, 1)) + generator.normal(0, 1, (40, systems)) * spread
        values += generator.uniform(0, 1, systems) * generator.choice([0.0, 1.0, 4.0])
        delta, confidence = float(generator.uniform(0.5, 8)), float(generator.choice([0.8, 0.9, 0.95]))
        found = kim_nelson(values, delta, confidence, n0)
        assert (found.best, found.left, found.used) == published(values, delta, 1 - confidence, n0)
        ways["undecided" if found.best is None else "one left" if len(found.left) == 1 else "at the end"] += 1
    assert min(ways[way] for way in ("undecided", "one left", "at the end")) >= 20, "all ways of stopping come up"


def test_ties_to_the_last_digit_go_on_until_nothing_more_can_be_told() -> None:
    """Two systems whose differences are +3, -3, +3, ...: S² = 12 of three rows, h² = 2 (0.2^-1 - 1) = 8.

    With an indifference of 4 N = floor(8 x 12 / 16) = 6. Means differ by 3 / r on odd rows, not at all on even ones;
    the margin 2 / r x (6 - r) is 2, 1 and 0.4 after 3, 4 and 5 rows. After 5 the means differ by 0.6: the first wins.
    """
    gaps = np.array([3.0, -3.0] * 6)
    values = np.column_stack([gaps, np.zeros(12)])
    found = kim_nelson(values, indifference=4.0, confidence=0.9, first_stage=3)
    assert (found.best, found.left, found.used) == (0, (0,), 5)
    # 5.0: 8 x 12 / 25 = 3.84 and N = 3; after three rows the margin is 2.5 / 3 x 0.84 = 0.7, the means differ by 1
    assert kim_nelson(values, indifference=5.0, confidence=0.9, first_stage=3).used == 3
    # differences of 3, -3, 0, 0 have S² = 9 of three rows: N = floor(8 x 9 / 20.25) = 3, and the means are the same
    level = np.column_stack([np.array([3.0, -3.0, 0.0, 0.0, 9.0]), np.zeros(5)])
    found = kim_nelson(level, indifference=4.5, confidence=0.9, first_stage=3)
    assert (found.best, found.left, found.used) == (0, (0, 1), 4), "row max N + 1, before it is screened"
