"""What people do in a shortage, switched on alone in the shipped study, changes its answer, and which way.

The reasons stand beside each; 9,000 bags (15 days of 600) are what each of the precautions holds or can make.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from docs.behaviour import answers
from sim.study.design.design import read_study

ROOT = Path(__file__).resolve().parents[2]
STUDY = ROOT / "scenarios" / "studies" / "shortage-behaviour.yaml"
DAY = 600
"""Bags used on a day."""


@pytest.fixture(scope="module")
def found() -> pd.DataFrame:
    """One draw of every scenario and strategy."""
    return answers(STUDY)


@pytest.fixture(scope="module")
def short(found: pd.DataFrame) -> pd.DataFrame:
    """Bags that patients missed: a row for each scenario, a column for each strategy."""
    return found["in all"].unstack(sort=False)


def averted(short: pd.DataFrame, scenario: str) -> pd.Series:
    return short.loc[scenario, "none"] - short.loc[scenario]


def test_the_study_is_valid_and_asks_of_each_alone() -> None:
    design = read_study(STUDY)
    assert len(design.scenarios) == 7 and len(design.strategies) == 5


def test_as_it_is_half_of_what_a_precaution_holds_is_missed_less(short: pd.DataFrame) -> None:
    """Of every two bags that are not there, ringer, of which there is enough, replaces one."""
    gained = averted(short, "as-it-is")
    assert gained[["reserve", "hospital-stock", "room-to-make"]].tolist() == pytest.approx([4500] * 3, abs=DAY / 2)
    assert gained["ringer"] == 0


def test_buyers_who_keep_to_their_shares_make_no_use_of_a_second_maker(short: pd.DataFrame) -> None:
    """They ask it for no bag more, so that what else it could make is worth nothing; much more is missing, and stock
    that is already in hospitals is best."""
    assert short.loc["fixed-shares", "none"] > 2 * short.loc["as-it-is", "none"]
    assert averted(short, "fixed-shares")["room-to-make"] == 0 < averted(short, "as-it-is")["room-to-make"]
    assert short.loc["fixed-shares"].idxmin() == "hospital-stock"


def test_rationing_spreads_a_shortage_and_makes_no_bag(found: pd.DataFrame) -> None:
    """The end comes when it was expected, so that nothing is left over: as much is missing, less in the worst week."""
    one, other = found.loc[("rationing", "none")], found.loc[("as-it-is", "none")]
    assert one["in all"] == pytest.approx(other["in all"], abs=DAY / 2)
    assert one["worst week"] < 0.75 * other["worst week"]


def test_a_maker_that_makes_more_puts_room_to_make_first(short: pd.DataFrame) -> None:
    """10% of its 264 bags on each of the days after 42 of 150 are 2,851, of which ringer would have replaced half; 10%
    of the 324 that it can make with room to make are 3,499."""
    gained = short.loc["as-it-is"] - short.loc["more-made"]
    assert gained["none"] == pytest.approx(0.1 * 264 * (150 - 42) / 2, abs=DAY / 10)
    assert gained["room-to-make"] == pytest.approx(0.1 * 324 * (150 - 42) / 2, abs=DAY / 10)
    assert short.loc["more-made"].idxmin() == "room-to-make" != short.loc["as-it-is"].idxmin()


def test_where_carers_save_less_is_needed(short: pd.DataFrame) -> None:
    """A third at first, a fifth of that in the end, is some 20 days of use in 150: more than the 14 days that are
    missing, but part of it comes before anything is missing. What is left is less than what each precaution holds."""
    assert 0 < short.loc["saving", "none"] < 0.5 * short.loc["as-it-is", "none"]
    assert (short.loc["saving", ["reserve", "hospital-stock", "room-to-make"]] == 0).all()
    assert averted(short, "saving")["reserve"] < averted(short, "as-it-is")["reserve"]


def test_who_buys_ahead_takes_it_from_those_who_do_not(found: pd.DataFrame) -> None:
    """A fifth of 18 days' stock comes early to the city; there is no bag more in all."""
    one, other = found.loc[("buying-ahead", "none")], found.loc[("as-it-is", "none")]
    assert one["in all"] == pytest.approx(other["in all"], abs=DAY / 10)
    assert one["city"] < other["city"] and one["county"] > other["county"]


def test_patients_who_stay_make_the_substitute_short(found: pd.DataFrame, short: pd.DataFrame) -> None:
    """They go on asking for ringer, of which a tenth more can be made: it runs out, and a reserve of it is of use."""
    one, other = found.loc[("staying", "none")], found.loc[("as-it-is", "none")]
    assert one["saline"] < other["saline"] and one["ringer"] > 0 == other["ringer"]
    assert averted(short, "staying")["ringer"] > 0 == averted(short, "as-it-is")["ringer"]
