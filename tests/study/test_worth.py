"""How much of something a strategy is worth, read off a ladder of others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml

import sim
from sim.errors import ScenarioError
from sim.report.study.study_page import study_page
from sim.study.infer.worth import read_off, worth
from tests.textbook.test_alarms import FALLS, world

LADDER = {"ten": 10.0, "twenty": 20.0, "forty": 40.0}


def rows(**values: list[float]) -> pd.DataFrame:
    """Units unmet of strategies, a draw after the other."""
    found = [
        ("s", name, k, "units_unmet", "all", value) for name, drawn in values.items() for k, value in enumerate(drawn)
    ]
    return pd.DataFrame(found, columns=["scenario", "strategy", "replication", "measure", "breakdown", "value"])


def test_a_level_is_read_off_the_line_between_two_rungs() -> None:
    """100 at 10, 60 at 20, none at 40: 80 lies half way from 10 to 20, 15 three quarters of the way from 20 to 40.
    Above 100 it is less than 10 days, below none more than 40; a flat line is read at its first rung."""
    means = np.array([[100.0, 60, 0]] * 5)
    days, within = read_off(np.array([10.0, 20, 40]), means, np.array([80.0, 15, 100, 130, -5]))
    assert days.tolist() == [15, 35, 10, 10, 40] and within.tolist() == [True, True, True, False, False]
    flat = read_off(np.array([10.0, 20, 40]), np.array([[100.0, 0, 0]]), np.zeros(1))
    assert flat[0].tolist() == [20]


def test_worth_and_what_one_is_ahead_of_the_next_by() -> None:
    """In every draw k the rungs have 100 + k, 60 + k and k unmet, 'early' 15 + k and 'late' 80 + k: 35 and 15 days in
    any resample, 20 apart."""
    luck = np.arange(8.0)
    found = worth(
        rows(ten=list(100 + luck), twenty=list(60 + luck), forty=list(luck),
             early=list(15 + luck), late=list(80 + luck)),
        "units_unmet", LADDER, ["ten", "early", "twenty", "late", "forty"],
    )  # fmt: skip
    assert found["strategy"].tolist() == ["early", "late"]
    assert found.iloc[0][["days", "low", "high", "ahead", "ahead_low", "ahead_high"]].tolist() == pytest.approx(
        [35, 35, 35, 20, 20, 20]
    )
    assert found["days"].iloc[1] == pytest.approx(15) and np.isnan(found["ahead"].iloc[1])


def test_from_few_draws_there_is_no_interval_and_without_a_ladder_nothing() -> None:
    found = worth(
        rows(ten=[100, 90], twenty=[60, 50], forty=[0, 0], early=[30, 25]), "units_unmet", LADDER, [*LADDER, "early"]
    )
    assert found["n"].tolist() == [2] and found[["low", "high"]].isna().all(axis=None)
    assert worth(rows(ten=[1]), "units_unmet", {}, []).empty


STUDY: dict[str, Any] = {
    "study": "t", "title": "t", "scenarios": ["hand.yaml"], "baseline": "none", "measures": ["units_unmet"],
    "strategies": [
        {"name": "none", "set": {"decisions": [], "stock.1.on_hand": 60}},
        {"name": "more", "set": {"decisions": [], "stock.1.on_hand": 160}},
        {"name": "warned"},
    ],
    "replications": 2, "end_is_enough": "For a test.",
    "worth": {"measure": "units_unmet", "ladder": {"none": "3d", "more": "8d"}},
}  # fmt: skip


def study(folder: Path, **other: Any) -> sim.StudyResult:
    order = {"decision": "emergency_order", "name": "more", "by": "land", "at": "b", "source": "maker", "amount": 50}
    order |= {"when": {"trigger": "alarm", "name": "falls"}}
    (folder / "hand.yaml").write_text(yaml.safe_dump(world(FALLS | {"of": "each"}, decisions=[order])))
    (folder / "t.yaml").write_text(yaml.safe_dump(STUDY | other))
    return sim.run_study(folder / "t.yaml", folder / "out", workers=1)


def test_a_warning_that_brings_fifty_units_is_worth_as_much_stock(tmp_path: Path) -> None:
    """Nothing is drawn. b uses 20 a day: 100 units are five days of stock, and the 50 that its alarm brings two and a
    half more than three: 5.5 days. The alarms are scored under each strategy, and told on the page."""
    result = study(tmp_path)
    assert result.worth["days"].tolist() == [5.5] and result.worth["within"].tolist() == [True]
    assert result.alarms[["strategy", "alarm"]].values.tolist() == [
        ["none", "falls"],
        ["more", "falls"],
        ["warned", "falls"],
    ]
    assert (result.alarms["shortages"] == 4).all()  # of a and b, in both draws
    page = study_page(result)
    assert "does as well as" in page and "5.5 days" in page and "How well alarms warned" in page


def test_a_ladder_that_cannot_be_is_refused(tmp_path: Path) -> None:
    for ladder, message in (
        ({"none": "3d", "mor": "8d"}, "did you mean 'more'"),
        ({"none": "3d", "more": "3d"}, "two rungs have the same"),
        ({"none": "3d", "more": "4d", "warned": "5d"}, "every strategy is a rung"),
    ):
        with pytest.raises(ScenarioError, match=message):
            study(tmp_path, worth={"measure": "units_unmet", "ladder": ladder})
