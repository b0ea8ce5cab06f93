"""Scores of a level, a flow, a share and an event, from the table of what was observed to what `tideover replay` keeps.

Draws differ by figures that nobody knows and by whom a survey asks. Patients are as many as their mean, in whole
numbers: the luck of a day, and its fractions of a patient, go by how many days it is after the first.
"""

from __future__ import annotations

import copy
import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml

import sim
from tests.synthetic.crises import CRISIS, SERIES

SEEN = {
    "use": {"2024-03-08": 8100, "2024-03-15": 7900, "2024-03-20": 6100, "2024-03-27": 8800},
    "stock": {"2024-03-06": 4900, "2024-03-12": 3500, "2024-03-14": 1400, "2024-03-16": 700, "2024-03-18": 0,
              "2024-03-21": 3300},
    "empty": {"2024-03-17": 10, "2024-03-20": 40, "2024-03-23": 30},
    "low": {"2024-03-13": 0},
}  # fmt: skip
"""Series -> date -> value, roughly as the model has them."""
TIMES = 7
NAIVE = {"share": "60%", "from": "2024-03-10", "usual": 4800}


def written(folder: Path, order: int = 1, **over: Any) -> Path:
    """The crisis with all series, and stock once more in other units; rows in their order or backwards."""
    common = {"file": "seen.csv", "source": "nobody", "quality": "other"}
    observed = [{"name": name, **SERIES[name], "where": {"series": name}, **common} for name in SEEN]
    observed[1] |= {"held_out": "2024-03-14", "naive": NAIVE, "threshold": {"below": 2000}}
    again = copy.deepcopy(observed[1]) | {"name": "parts", "where": {"series": "parts"}, "times": TIMES}
    again |= {"naive": NAIVE | {"usual": TIMES * 4800}, "threshold": {"below": TIMES * 2000}}
    spec = {**copy.deepcopy(CRISIS), "warm_up": "20d", "observed": [*observed, again], **over}
    spec["demand"][0]["distribution"] = "deterministic"
    spec["uncertain"]["demand.0.per_day"] = list(range(80, 121, 4))
    rows = [f"{name},{date},{value}" for name, points in SEEN.items() for date, value in points.items()]
    rows += [f"parts,{date},{TIMES * value}" for date, value in SEEN["stock"].items()]
    (folder / "s.yaml").write_text(yaml.safe_dump(spec, sort_keys=False))
    (folder / "seen.csv").write_text("\n".join(["series,date,value", *rows[::order]]) + "\n")
    return folder / "s.yaml"


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> sim.ask.Replay:
    """Nine draws: a median and the eight central intervals of 10 to 80 %, whose ends are at tenths and their halves."""
    return sim.replay(written(tmp_path_factory.mktemp("sorts")), draws=9, workers=1)


def test_the_score_of_every_sort_is_twice_the_mean_pinball_loss_of_its_draws(told: sim.ask.Replay) -> None:
    """Of nine sorted draws the p-quantile is in place 10 p: between two of them in proportion."""
    start = pd.Timestamp(CRISIS["start"])
    levels = np.array([0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9])
    for name, seen in SEEN.items():
        losses = []
        for date, value in seen.items():
            mine = told.drawn[(told.drawn["series"] == name) & (told.drawn["date"] == date)]
            draws = sorted(mine["seen"])
            assert len(set(draws)) > 1  # they differ
            quantiles = np.interp(10 * levels, range(1, 10), draws)
            observed = (pd.Timestamp(date) - start).days if name == "low" else value
            pinball = np.where(quantiles < observed, levels, 1 - levels) * np.abs(observed - quantiles)
            losses.append(2 * pinball.mean())
        held = [False, False, True, True, True, True] if name == "stock" else [True] * len(losses)
        assert told.score(name, "wis") == pytest.approx(np.mean(np.array(losses)[held]))


def test_what_is_told_in_units_of_a_seventh_scores_seven_times_as_much(told: sim.ask.Replay) -> None:
    """And no score changes that is a share of points, a ratio, or a number of days."""
    scores = told.scores.set_index(["series", "part", "teller", "against", "score"])["value"].drop("wis_log", level=4)
    one, other = scores["stock"], scores["parts"]
    assert one.index.equals(other.index)
    sized = one.index.get_level_values("score").isin(
        ["wis", "dispersion", "overprediction", "underprediction", "mae", "bias"]
    )
    assert sized.sum() >= 6 * 4  # of the model and of a guess, in two windows
    assert other[sized].to_numpy() == pytest.approx(TIMES * one[sized].to_numpy())
    assert other[~sized].to_numpy() == pytest.approx(one[~sized].to_numpy(), nan_ok=True)
    assert {"relative_wis", "coverage_80", "onset", "peak"} <= set(one[~sized].index.get_level_values("score"))


def test_the_order_of_rows_and_an_earlier_first_day_change_no_score_of_any_sort(
    told: sim.ask.Replay, tmp_path: Path
) -> None:
    earlier = CRISIS["start"] - dt.timedelta(days=1)
    other = sim.replay(written(tmp_path, -1, start=earlier, warm_up="19d"), draws=9, workers=1)
    pd.testing.assert_frame_equal(other.scores, told.scores)
    pd.testing.assert_frame_equal(other.drawn.query("series != 'low'"), told.drawn.query("series != 'low'"))
    shared = [column for column in told.points if told.points[column].dtype != float]
    pd.testing.assert_frame_equal(other.points[shared], told.points[shared])
