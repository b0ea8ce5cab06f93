"""Which strategy is best at each bound of an uncertain value, and what is told where that cannot be run."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
import pandas as pd
import pytest

from sim.ask.briefing import _at_bounds
from sim.errors import SimulationError
from sim.study.ask.robustness import robustness
from sim.study.design.case import Case
from sim.study.design.design import read_study
from sim.study.design.measures import Measure
from sim.study.run.bench import Bench, Stages
from sim.study.run.replicate import Failure
from tests.study.conftest import SMALL, WriteStudy

NAN = float("nan")
TRIED = [
    [[1.0, 1.0, 1.0], [3.0, 3.0, NAN]],  # at the low bound: 1 and 3, 2 apart in every draw
    [[6.0, 4.0, 5.0], [5.0, 6.0, 4.0]],  # at the high bound: 5 and 5, now the one ahead and now the other
]
"""What the runs at each point gave, by strategy and replication; a value that is not defined does not count."""


class Given:
    """A bench on which every run has been made."""

    def values(self, cases: list[Case], measure: Measure) -> np.ndarray:
        assert [case.labels[1] for case in cases] == ["none", "double"] * 2
        return np.array(TRIED).reshape(4, 3)


STANDING = pd.DataFrame({
    "scenario": ["my-scenario", "my-scenario", "another"], "strategy": ["none", "double", "none"], "n": [16, 16, 16],
    "mean": [4.0, 2.0, 9.0], "together": [False, True, True],
})  # fmt: skip
"""How the study's own draws have it, as drawn; another scenario is not asked about."""


def test_a_run_that_fails_is_told_by_what_was_changed(write_study: WriteStudy, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of many variations of one scenario a number would say nothing."""

    def replicate(cases: list[Case], *_: object) -> list[Failure]:
        return [Failure(*cases[-1].labels, 3, "no memory")]

    monkeypatch.setattr("sim.study.run.bench.replicate", replicate)
    design = read_study(write_study(f"{SMALL}uncertain: {{disruptions.ban.for: 'uniform(2d, 80d)'}}\n"))
    with pytest.raises(SimulationError) as told:
        robustness(design, STANDING, Measure("cost"), Bench(cast(Any, None), cast(Any, None), 4))
    label = "my-scenario / double / disruptions.ban.for=80d, replication 3"
    assert str(told.value) == f"1 replication failed; the first: {label}: no memory"


@pytest.mark.parametrize(
    ("measure", "best"),
    [
        ("units_unmet", [True, False, True, True]),  # fewer are better
        ("fill_rate", [False, True, True, True]),  # more is better
        ("cost", [True, False, True, True]),
    ],
)
def test_best_is_what_has_the_better_mean_as_the_measure_has_it_and_what_cannot_be_told_apart_from_it(
    measure: str, best: list[bool], write_study: WriteStudy
) -> None:
    design = read_study(write_study(f"{SMALL}uncertain: {{disruptions.ban.for: 'uniform(2d, 80d)'}}\n"))
    table = robustness(design, STANDING, Measure(measure), cast(Bench, Given()))
    assert table["strategy"].tolist() == ["none", "double"] * 3
    assert table["value"].tolist() == ["", "", "2d", "2d", "80d", "80d"]
    assert table["mean"].tolist() == [4, 2, 1, 3, 5, 5]
    assert table["draws"].tolist() == [16, 16, 3, 3, 3, 3]
    assert table["best"].tolist() == [False, True, *best]


def test_progress_over_rounds_goes_by_their_sizes() -> None:
    """Of 30, 60 and 10: half of the first is 15 of 100, then half of the second 60, then half of the last 95."""
    told: list[float] = []
    stages = Stages(told.append, [30, 60, 10])
    for _ in range(3):
        stages(0.5)
        stages.end()
    stages(1.0)
    assert told == pytest.approx([0.15, 0.6, 0.95, 1.0])


@pytest.mark.parametrize(
    ("count", "each", "runs", "draws"),
    [
        (16, 96, 144, 8),  # one draw of all is more than half the study: 8 all the same
        (20, 60, 3_600, 20),  # 60 would not be too many
        (20, 60, 720, 12),
        (4, 60, 720, 4),  # never more than the study has
    ],
)
def test_there_are_as_many_draws_at_bounds_as_make_no_more_runs_than_the_study_has(
    count: int, each: int, runs: int, draws: int
) -> None:
    assert _at_bounds(count, each, runs) == draws
