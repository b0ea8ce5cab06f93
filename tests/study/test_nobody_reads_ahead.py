"""What became known later changes nothing: of a run by whatever condition it reads a series, of training scores.

Of clinics 10, 60, 70 and 90% are low, as is known on 6, 14, 20 and 26 March; conditions are met above 50%.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import sim
from sim.engine.bound.published import Published
from sim.observations.points import Points
from tests.study.test_replay import ROWS, STOCK
from tests.study.test_replay import written as small
from tests.study.test_what_if import LIMIT, LOAN, SEEN, SMALL, written

MET = {"trigger": "observed", "series": "low", "above": 50}
KNOWN = ["2024-03-04,10,2024-03-06", "2024-03-12,60,2024-03-14"]
LATER = ["2024-03-16,70,2024-03-20", "2024-03-24,90,2024-03-26"]
POISON = ["2024-03-05,100,2024-03-20", "2024-03-13,0,2024-03-26", "2024-03-16,0,2024-03-20",
          "2024-03-24,100,2024-03-26", "2024-03-25,0,2024-04-30"]  # fmt: skip
"""Extremes, also of days before."""
BEFORE = 19
"""20 March, in whose evening the first of the later figures is known."""
MAKERS = {"maker": {"makes": {"saline": {"capacity": 9, "more": [{"when": MET, "to": "150%"}]}}},
          "other": {"makes": {"saline": {}}}}  # fmt: skip
RESERVE = {"held_at": "clinic", "size": 40, "members": "clinic"}
LANES = [SMALL["lanes"][0] | {"mode": "road"}, {"from": "other", "to": "clinic", "time": "1d"},
         {"from": "maker", "to": "clinic", "time": "3d", "mode": "air"}]  # fmt: skip
ORDERS = {"at": "clinic", "from": {"maker": "100%", "other": "0%"}, "keep_shares": True, "usual": "road"}
WATCHED = LOAN | {"when": MET}
SOONER, LATE = ({"trigger": "on", "date": date} for date in ("2024-03-02", "2024-04-20"))
TRIED = {"decisions.loan.when": MET}
AHEAD = {"at": "facilities", "when": MET, "families": {"times": 1.5, "for": "10d", "paid_back_in": "20d"}}
READERS: dict[str, dict[str, Any]] = {
    "a decision": {"decisions": [WATCHED]},
    "one of several conditions": {
        "decisions": [LOAN | {"when": {"trigger": "any_of", "conditions": [MET, LATE]}}],
    },
    "conditions together": {"decisions": [LOAN | {"when": {"trigger": "all_of", "conditions": [MET, SOONER]}}]},
    "a decision after another": {
        "decisions": [
            WATCHED | {"amount": 1},
            LOAN | {"name": "second", "when": {"trigger": "after_decision", "decision": "loan"}},
        ]
    },
    "a strategy": {"strategies": {"tried": TRIED}},
    "a counterfactual": {"counterfactuals": {"tried": {"changes": TRIED}}},
    "a rule of a response": {"responses": {"tried": {"typed_in": ["decisions.loan"], "rule": TRIED}}},
    "families that buy ahead": {"decisions": [LIMIT], "buying_ahead": [AHEAD]},
    "sparing use": {
        "decisions": [LIMIT], "use_levels": [{"at": "facilities", "contingency": {"when": MET, "saves": "30%"}}],
    },
    "a maker that makes more": {"decisions": [LIMIT], "suppliers": MAKERS, "disruptions": []},
    "a reserve": {"decisions": [LIMIT], "reserves": {"national": RESERVE | {"release": {"when": MET}}}},
    "orders that go another way": {
        "decisions": [LIMIT], "lanes": LANES, "disruptions": [],
        "sourcing": [ORDERS | {"urgent": {"by": "air", "when": MET}}],
    },
}  # fmt: skip


def daily(folder: Path, rows: list[str], reader: str) -> pd.DataFrame:
    """Every day of a run in which somebody reads the series."""
    over = READERS[reader]
    path = written(folder, rows, end="2024-04-12", **over)
    return sim.run(path, None if "decisions" in over else "tried", twin=False).daily


@pytest.mark.parametrize("reader", READERS)
def test_what_is_known_later_changes_no_day_before(reader: str, tmp_path: Path) -> None:
    told = daily(tmp_path, KNOWN + LATER, reader)
    other = daily(tmp_path, KNOWN + POISON, reader)
    pd.testing.assert_frame_equal(other[other["day"] < BEFORE], told[told["day"] < BEFORE])
    # and it is read: without the figure that meets the condition on 14 March the run is another one
    calm = daily(tmp_path, [KNOWN[0], "2024-03-12,40,2024-03-14"], reader)
    assert not calm.equals(told)


@pytest.mark.parametrize(("series", "since"), [({}, 11), ({"known_after": "5d"}, 16), ({"known_at": "known"}, 13)])
def test_a_figure_is_read_from_the_evening_of_the_day_on_which_it_is_known(
    series: dict[str, str], since: int, tmp_path: Path
) -> None:
    """60 % of 12 March (day 11). Who looks in the evening acts on the next day; who looks in the morning sees on that
    day what was known in the evening before: nobody acts on the day itself."""
    sparing = READERS["sparing use"] | {"decisions": [LOAN | {"when": MET}], "observed": [SEEN | series]}
    path = written(tmp_path, KNOWN, **sparing)
    run = sim.run(path, twin=False)
    assert [one.since for one in run.outcome.decisions] == [since + 1]
    use = run.daily[run.daily["kind"] == "facility"]
    assert use.loc[use["conserved"] > 0, "day"].min() == since + 1


def test_the_latest_figure_is_that_of_the_latest_day_among_those_that_are_known() -> None:
    """On every evening the same as looking through all points, some of which are known out of their order."""
    generator = np.random.default_rng(4)
    for _ in range(20):
        day = np.sort(generator.choice(60, 12, replace=False))
        known = day + generator.integers(0, 30, 12)
        value, texts = generator.random(12), ("",) * 12
        nothing = np.zeros(12, dtype=np.int64)
        told = Published.of(Points(day, day, value, nothing, nothing > 0, texts, texts, (0,) * 12, known))
        for evening in range(-5, 95):
            there = [k for k in range(12) if known[k] <= evening]
            assert told.on(evening) == (value[there[-1]] if there else None)


@pytest.fixture(scope="module")
def fitted(tmp_path_factory: pytest.TempPathFactory) -> sim.ask.Replay:
    """Stock with its last four points held out."""
    return sim.replay(small(tmp_path_factory.mktemp("fitted"), ROWS, STOCK), draws=3, workers=1)


def training(found: sim.ask.Replay) -> pd.DataFrame:
    """What is told of the points before."""
    return found.scores[found.scores["part"] == "training"].reset_index(drop=True)


def test_held_out_values_change_no_run_and_no_training_score(fitted: sim.ask.Replay, tmp_path: Path) -> None:
    assert len(training(fitted)) > 10
    poisoned = [*ROWS[:4], *(f"{row.partition(',')[0]},{k % 2 * 9_999_999}" for k, row in enumerate(ROWS[4:]))]
    other = sim.replay(small(tmp_path, poisoned, STOCK), draws=3, workers=1)
    pd.testing.assert_frame_equal(other.drawn, fitted.drawn)
    pd.testing.assert_frame_equal(training(other), training(fitted))
    before = ~fitted.points["held_out"]
    pd.testing.assert_frame_equal(other.points[before], fitted.points[before])
    assert not other.scores.equals(fitted.scores)  # those of the held-out points are others


def test_held_out_values_that_are_no_numbers_change_no_training_score(fitted: sim.ask.Replay) -> None:
    (one,) = fitted.series
    points = replace(one.points, value=np.where(one.points.held_out, np.nan, one.points.value))
    nothing = replace(fitted, series=(replace(one, points=points),))
    pd.testing.assert_frame_equal(training(nothing), training(fitted))
