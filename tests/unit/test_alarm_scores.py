"""The scores of alarms: by hand, against a count day by day, and over draws."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.engine.books.alarm_log import AlarmLog
from sim.engine.bound.alarms import BoundAlarm
from sim.metrics.alarm_scores import CAME, judged, scores_of
from sim.policies import ALARMS
from sim.policies.triggers.over import Watched
from sim.study.infer.alarm_scores import alarm_scores
from sim.study.infer.intervals import ratio_interval, share_interval
from tests.property.running import run
from tests.textbook.test_alarms import FALLS, world

NONE = np.zeros(0, dtype=np.int64)


def log(stood: Any, short: Any, first: int = 0, **fields: Any) -> AlarmLog:
    """What an alarm did over some days and units; both of shape (days, units), or (days,)."""
    stood, short = (np.asarray(held, dtype=bool).reshape(len(held), -1) for held in (stood, short))
    alarm = ALARMS["announced"].model_validate({"alarm": "announced", "at": "facilities"} | fields)
    units = np.arange(stood.shape[1])
    watched = Watched(units, units, np.ones(len(units)))
    bound = BoundAlarm("n", alarm, "", units, units, watched, units, np.zeros_like(units), NONE, NONE, units)
    return AlarmLog(bound, first, stood, short)


def marks(text: str) -> list[bool]:
    """A day a letter; a dash is none."""
    return [letter != "-" for letter in text]


def test_what_came_of_each_alarm_and_which_shortages_had_a_warning() -> None:
    """Five days ahead, shortages less than three days apart being one.

    Alarm of day 1: a shortage begins on day 4, 3 days later. That of day 6 rises in it (days 4 to 9: days 4, 7 and 9
    are less than three apart), and no other begins by day 11: late. That of day 12: nothing until day 17: false. The
    shortage of day 18 had an alarm 6 days before: missed. The alarm of day 17 is one day ahead of it and true, but
    days 18 to 22 are not all in the run of 22: not known. So is day 20's.
    """
    #               0         1         2
    #               0123456789012345678901
    stood = marks("-xx---x-----x----x--x-")
    short = marks("----x--x-x--------x---")
    one = judged(log(stood, short, ahead="5d", apart="3d"))
    assert [CAME[came] for came in one.came] == ["true", "late", "false", "open", "open"]
    assert one.shortage.tolist() == [4, -1, -1, 18, -1]
    assert one.shortages.first.tolist() == [4, 18] and one.warning.tolist() == [3, 1]
    scores = scores_of(one)
    assert (scores.hits, scores.true, scores.late, scores.false, scores.open) == (2, 1, 1, 1, 2)
    assert scores.false_a_year == pytest.approx(1 / (17 / 365))  # of 22 days the last 5 are not judged
    missed = judged(log(marks("-xx---x-----x---------"), short, ahead="5d", apart="3d"))
    assert np.array_equal(missed.warning, [3, np.nan], equal_nan=True)


def test_an_alarm_on_the_day_itself_is_no_warning_and_the_first_of_several_counts() -> None:
    one = judged(log(marks("----x-----"), marks("----x-----"), ahead="3d"))
    assert np.isnan(one.warning).tolist() == [True] and [CAME[came] for came in one.came] == ["late"]
    one = judged(log(marks("-x-x----------"), marks("----x---------"), ahead="3d"))
    assert one.warning.tolist() == [3] and [CAME[came] for came in one.came] == ["true", "true"]


def test_what_was_there_before_the_counted_days_is_left_out_and_alarms_of_the_warm_up_may_warn() -> None:
    """Days -4 to 9. The shortage of days -1 to 1 began before day 0; that of day 4 is two days after it, the same;
    with apart 2d it is one of its own, warned of by the alarm of day -2, six days before. On its first day nobody
    watched."""
    stood, short = marks("--x-----------"), marks("---xxx--x-----")
    together, alone = (judged(log(stood, short, -4, ahead="6d", apart=apart)) for apart in ("3d", "2d"))
    assert together.shortages.first.tolist() == [] and alone.shortages.first.tolist() == [4]
    assert alone.warning.tolist() == [6] and alone.came.tolist() == []
    assert judged(log(marks("x---"), marks("xx--"), apart="1d")).shortages.first.tolist() == []


def by_day(stood: np.ndarray, short: np.ndarray, first: int, ahead: int, apart: int) -> tuple[list[float], list[int]]:
    """(warning times, numbers that came true, late, false and open), looked up day by day."""
    days = range(first, first + len(stood))
    at = {day: k for k, day in enumerate(days)}
    warning: list[float] = []
    came = [0, 0, 0, 0]
    for unit in range(stood.shape[1]):
        rose = [d for d in days if stood[at[d], unit] and not (d - 1 in at and stood[at[d - 1], unit])]
        bad = [d for d in days if short[at[d], unit]]
        begins = [d for d in bad if not any(d - apart <= other < d for other in bad)]
        spell = {d: max(b for b in begins if b <= d) for d in bad}
        for begin in begins:
            if begin >= 0 and begin > first:
                before = [begin - d for d in rose if 1 <= begin - d <= ahead]
                warning.append(max(before, default=np.nan))
        for d in (d for d in rose if d >= 0):
            last = {begin: max(x for x in bad if spell[x] == begin) for begin in begins}
            if d + ahead > days[-1]:
                came[3] += 1
            elif any(1 <= begin - d <= ahead for begin in begins):
                came[0] += 1
            else:
                came[1 if any(begin <= d <= last[begin] for begin in begins) else 2] += 1
    return warning, came


@pytest.mark.parametrize("seed", range(6))
def test_scores_are_what_a_count_day_by_day_gives(seed: int) -> None:
    generator = np.random.default_rng(seed)
    days, units, first = 60, 5, int(generator.integers(-9, 1))
    stood, short = (generator.random((2, days, units)) < [[[0.3]], [[0.15]]]).astype(bool)
    ahead, apart = int(generator.integers(1, 9)), int(generator.integers(1, 5))
    one = judged(log(stood, short, first, ahead=f"{ahead}d", apart=f"{apart}d"))
    scores = scores_of(one)
    warning, came = by_day(stood, short, first, ahead, apart)
    assert np.array_equal(scores.warning, warning, equal_nan=True)
    assert [scores.true, scores.late, scores.false, scores.open] == came
    half = scores_of(one, np.arange(units) < 2)
    assert half.false == by_day(stood[:, :2], short[:, :2], first, ahead, apart)[1][2]


def test_metrics_and_table_tell_of_a_run_what_came_of_its_alarms() -> None:
    """a is out from day 10 on, b from day 3 on, for good; alarms of days 4 and 2, three days ahead: b's warned, a's
    rose too early. A shortage of 15 units a day is none at a, which asks for 10, and one at b, which asks for 20."""
    falls = FALLS | {"of": "each", "ahead": "3d"}
    done = run(world(falls, falls | {"name": "large", "shortage": 15}))
    table = done.alarms[done.alarms["alarm"] == "falls"]
    assert table[["site", "came"]].values.tolist() == [["b", "true"], ["a", "false"], ["a", "missed"]]
    assert table["warning"].tolist()[:1] == [1] and str(table["shortage"].iloc[2].date()) == "2001-01-11"
    found = {name: done.metrics[name].value for name in ("alarm_shortages", "shortages_warned", "warned_share")}
    assert found == {"alarm_shortages": 3, "shortages_warned": 2, "warned_share": 2 / 3}
    assert done.metrics["alarms_false"].value == 2 and done.metrics["alarms_true"].value == 2
    assert done.metrics["false_alarms_a_year"].value == pytest.approx(2 / (17 / 365))
    assert run(world()).metrics["alarm_shortages"].value is None


def test_a_share_of_what_draws_saw_has_the_interval_of_wilson() -> None:
    """One a draw: 7 of 10. Of ten that go together in each draw as much is known as of one; all of 5 draws are 5 of
    5."""
    ones, seen = np.ones(10), np.repeat([1.0, 0.0], [7, 3])
    assert ratio_interval(seen, ones) == pytest.approx(share_interval(7, 10))
    assert ratio_interval(10 * seen, 10 * ones) == pytest.approx(share_interval(7, 10))
    assert ratio_interval(4 * np.ones(5), 4 * np.ones(5)) == pytest.approx(share_interval(5, 5))
    assert np.isnan(ratio_interval(np.zeros(3), np.zeros(3))).all()


def test_alarms_are_scored_over_draws() -> None:
    """Three draws: 1 of 1, 1 of 2 and none of none shortages with a warning, after 4 and 10 days; 2 true alarms of 3;
    0, 3 and 0 false ones a year."""
    figures = {
        "alarm_shortages": [1, 2, 0], "shortages_warned": [1, 1, 0], "alarms_true": [1, 1, 0],
        "alarms_false": [0, 1, 0], "warning_time": [4, 10, np.nan], "false_alarms_a_year": [0, 3, 0],
    }  # fmt: skip
    rows = pd.DataFrame(
        [("s", "as-is", "", k, name, "alarm", "falls", value, np.nan) for name, values in figures.items()
         for k, value in enumerate(values)],
        columns=["scenario", "strategy", "variant", "replication", "measure", "breakdown", "group", "value", "twin"],
    )  # fmt: skip
    row = alarm_scores(rows).iloc[0]
    assert row[["draws", "shortages", "warned", "alarms_true", "alarms_false"]].tolist() == [3, 3, 2, 2, 1]
    assert row["warned_share"] == row["true_share"] == pytest.approx(2 / 3)
    assert (row["false_a_year"], row["false_low"]) == (1, 0)
    assert row[["warning", "warning_25", "warning_75"]].tolist() == [7, 5.5, 8.5]
