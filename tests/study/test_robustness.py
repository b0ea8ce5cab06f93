"""Which strategy is best at each bound of an uncertain value."""

from __future__ import annotations

from typing import cast

import numpy as np
import pytest

from sim.study.bench import Bench
from sim.study.case import Case
from sim.study.design import read_study
from sim.study.measures import Measure
from sim.study.robustness import robustness
from tests.study.conftest import SMALL, WriteStudy

NAN = float("nan")
TRIED = [
    [[3.0, 5.0], [2.0, NAN]],  # as written: means 4 of none and 2 of double
    [[1.0, 1.0], [5.0, 1.0]],  # at the low bound: 1 and 3
    [[6.0, 4.0], [5.0, 5.0]],  # at the high bound: 5 and 5
]
"""What the runs at each point gave, by strategy and replication; a value that is not defined does not count."""


class Given:
    """A bench on which every run has been made."""

    def values(self, cases: list[Case], measure: Measure) -> np.ndarray:
        assert [case.labels[1] for case in cases] == ["none", "double"] * 3
        return np.array(TRIED).reshape(6, 2)


@pytest.mark.parametrize(
    ("measure", "best"),
    [
        ("units_unmet", [False, True, True, False, True, True]),  # fewer are better
        ("fill_rate", [True, False, False, True, True, True]),  # more is better
        ("cost", [False, True, True, False, True, True]),
    ],
)
def test_best_is_the_lowest_or_the_highest_mean_as_the_measure_has_it_and_equals_are_best_together(
    measure: str, best: list[bool], write_study: WriteStudy
) -> None:
    design = read_study(write_study(f"{SMALL}parameters: {{disruptions.ban.for: [2d, 80d]}}\n"))
    table = robustness(design, Measure(measure), cast(Bench, Given()))
    assert table["strategy"].tolist() == ["none", "double"] * 3
    assert table["value"].tolist() == ["", "", "2d", "2d", "80d", "80d"]
    assert table["mean"].tolist() == [4, 2, 1, 3, 5, 5]
    assert table["best"].tolist() == best
