"""How long each facility was out, and how many were on each day, are what the daily table says."""

from __future__ import annotations

import datetime as dt
from itertools import groupby
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import sim
from sim.api import Run
from sim.engine.books import books
from sim.report.run.as_tables.tables import ANY

STARTER = Path(sim.__file__).parent / "scenario" / "starter.yaml"
END = {"end": "2024-06-01"}


@pytest.fixture(scope="module")
def done() -> Run:
    """The starter's ban, met by no reserve."""
    return sim.run(STARTER, "none", overrides=END)


def short_days(daily: pd.DataFrame) -> dict[tuple[str, str], list[bool]]:
    """Facility and product -> whether demand was unmet, day by day."""
    facilities = daily[daily["kind"] == "facility"].sort_values("day")
    groups = facilities.groupby(["site", "product"], observed=True)["unmet"]
    return {key: (units > 0).tolist() for key, units in groups}  # type: ignore[misc]


def longest(days: list[bool]) -> int:
    return max((len(list(turn)) for short, turn in groupby(days) if short), default=0)


def test_a_facilitys_days_out_and_worst_spell_are_those_of_its_days(done: Run) -> None:
    by_hand = short_days(done.daily)
    rows = done.sites.set_index(["site", "product"])
    assert set(rows.index) == set(by_hand) and any(map(any, by_hand.values()))
    for key, days in by_hand.items():
        row = rows.loc[key]  # type: ignore[call-overload]
        assert (row["days"], row["days_out"], row["worst_spell"]) == (len(days), sum(days), longest(days))
        assert row["share_out"] == pytest.approx(sum(days) / len(days))
    assert done.metrics["worst_spell"].value == max(map(longest, by_hand.values()))
    assert done.metrics["worst_days_out"].value == max(map(sum, by_hand.values()))


def test_the_share_of_facilities_short_is_that_of_each_day(done: Run) -> None:
    days = np.array(list(short_days(done.daily).values()))  # one product: pairs are facilities
    shares = days.mean(axis=0)
    for product in (ANY, "saline-bag"):
        rows = done.short[done.short["product"] == product]
        assert rows["share_short"].tolist() == pytest.approx(shares.tolist())
        assert (rows["facilities"] == len(days)).all() and rows["short"].tolist() == days.sum(axis=0).tolist()
    assert done.metrics["short_peak"].value == pytest.approx(shares.max())


def test_a_spell_goes_on_in_a_copy_of_the_run(done: Run) -> None:
    worst = done.sites.sort_values("worst_spell").iloc[-1]
    short = short_days(done.daily)[worst["site"], worst["product"]]
    middle = short.index(True) + 2  # within a spell, or just after one
    begun = sim.begin(STARTER, "none", overrides=END).until(str(done.loaded.spec.start + dt.timedelta(middle)))
    pd.testing.assert_frame_equal(begun.fork().resume().sites, done.sites)


@pytest.mark.parametrize("days", [1, 5])
def test_how_many_days_are_counted_at_once_changes_nothing(
    days: int, done: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A large network's are counted one by one, a small one's by the month; the spells are longer than five days."""
    assert done.sites["worst_spell"].max() > 5
    monkeypatch.setattr(books, "LONGEST", days)
    monkeypatch.setattr(books, "FEWEST", 1)
    again = sim.run(STARTER, "none", twin=False, overrides=END)
    pd.testing.assert_frame_equal(again.sites, done.sites)
    pd.testing.assert_frame_equal(again.short, done.short)
