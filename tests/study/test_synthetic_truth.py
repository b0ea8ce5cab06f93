"""Crises whose truth is known, a few of those of `make synthetic-truth`: whether bands and intervals hold it.

Of so many each holds with its probability; ranges are those that chance leaves in 27 of 10,000 cases.
"""

from __future__ import annotations

from pathlib import Path

import sim
from tests.synthetic.campaign import CONTINUOUS, covered, held, told_apart
from tests.synthetic.crises import CLINICS, crises, expected, spared


def test_what_chance_leaves_open_is_the_range_of_a_binomial_number() -> None:
    """Of 300 at 80% three standard errors of sqrt(300 x 0.8 x 0.2) = 6.9 about 240, to within one."""
    low, high = expected(300, 0.8)
    assert abs(low - 219.2) <= 1.5 and abs(high - 260.8) <= 1.5


def test_what_a_larger_stock_spares_is_known_by_arithmetic(tmp_path: Path) -> None:
    """Against a run in which nothing is drawn but patients, with a stop of 7 days and 120 a day.

    Each clinic is asked 120 x (7 + 4) = 1,320 before goods come again and has 800, or 1,200: 12 x 520 and 12 x 120 are
    missing. Of 12 Poisson numbers the sum has a standard error of sqrt(12 x 1320) = 126; the difference is 12 x 400
    where each is above 1,200, three standard errors below their mean.
    """
    (crisis,) = crises(tmp_path, 1)
    worst = {"seed": 1, "demand.0.per_day": 120, "disruptions.stop.for": "7d"}
    done, more = (
        sim.run(crisis.path, name, overrides=worst, twin=False).daily["unmet"].sum() for name in (None, "more")
    )
    assert abs(done - CLINICS * 520) < 4 * 126
    assert done - more == CLINICS * 400
    assert -CLINICS * 400 < spared() < 0


def test_bands_hold_the_truth_of_a_few_crises(tmp_path: Path) -> None:
    """Nine draws have a band of 80%, between the least and the most of them; one of 50% too."""
    number = 12
    found = covered(tmp_path, number, 9)
    assert {share for _, share in found} == {50, 80}
    for (name, share), count in found.items():
        low, high = expected(number, share / 100)
        assert low <= count <= (high if name in CONTINUOUS else number), (name, share)


def test_the_true_difference_lies_inside_the_intervals_of_a_few_what_ifs(tmp_path: Path) -> None:
    low, high = expected(6, 0.95)
    assert low <= held(tmp_path, 6, 8) <= high


def test_half_the_lead_time_scores_worse(tmp_path: Path) -> None:
    """In 95 of 100 at least: of four, in three or more but in 1.4 of 100 cases (1 - 0.95^4 - 4 x 0.05 x 0.95^3)."""
    assert told_apart(tmp_path, 4, 9) >= 3


def test_a_truth_is_no_draw_of_those_that_are_held_against_it(tmp_path: Path) -> None:
    (crisis,) = crises(tmp_path, 1)
    drawn = crisis.replay(9).drawn.query("series == 'use'")["figure"]
    truth = float((tmp_path / "seen.csv").read_text().splitlines()[1].rpartition(",")[2])
    assert drawn.min() != drawn.max()
    assert not (drawn == truth).any()
