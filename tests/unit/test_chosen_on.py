"""Choices that are written down: a run of them is the run in which they were made, byte for byte."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import sim
from tests.unit.test_chosen_decisions import CHOSEN, KEEP, MORE, days, written


def all_of(run: sim.Run) -> tuple[pd.DataFrame, pd.DataFrame, list[object]]:
    return run.daily, run.events, [(name, run.metrics[name]) for name in run.metrics.overall]


def alike(one: sim.Run, other: sim.Run) -> None:
    """The whole journal too: nothing tells a choice that was made from one that is written."""
    (daily, events, metrics), (again, once_more, figures) = all_of(one), all_of(other)
    pd.testing.assert_frame_equal(daily, again)
    pd.testing.assert_frame_equal(events, once_more)
    assert metrics == figures


def test_choices_written_down_give_the_run_in_which_they_were_made(tmp_path: Path) -> None:
    """Two that set the same value, a delay, one chosen twice, and one in vain (in force already): with both twins."""
    less = MORE.replace("more", "less").replace("level: 14d", "level: 4d")
    keep = "for: 4d, at_most: 2, " + CHOSEN
    table = (KEEP % keep, MORE % (CHOSEN + ", after: 3d"), less % CHOSEN)
    begun = sim.begin(written(tmp_path, *table)).until("2001-01-11").choose("keep").choose("more")
    played = begun.until("2001-01-18").choose("less").until("2001-01-21").choose("keep").resume()
    dates = {
        "keep": ["2001-01-11", "2001-01-13", "2001-01-21"],  # on 13 January it is in force: nothing happens
        "more": ["2001-01-11"],
        "less": ["2001-01-18"],
    }
    run = sim.run(tmp_path / "case.yaml", overrides={f"decisions.{k}.chosen_on": v for k, v in dates.items()})
    alike(run, played)
    # more: chosen on the 11th, 3 days; over when less comes on the 18th
    assert dict(zip(run.decisions["name"] + " " + days(run, "since"), days(run, "until"), strict=True)) == {
        "keep 2001-01-11": "2001-01-15", "more 2001-01-14": "2001-01-18", "less 2001-01-18": "",
        "keep 2001-01-21": "2001-01-25",
    }  # fmt: skip
    assert run.without_reserves is not None and played.without_reserves is not None
    assert str(run.without_reserves.decisions) == str(played.without_reserves.decisions)


def test_a_decision_with_a_day_on_which_it_is_chosen_is_not_told_as_never_taken(tmp_path: Path) -> None:
    file = written(tmp_path, KEEP % CHOSEN)
    told = [str(note) for note in sim.validate(file).notes]
    assert any("'keep' is never taken" in note for note in told)
    on = {"decisions.keep.chosen_on": ["2001-01-11"]}
    assert not any("never taken" in str(note) for note in sim.validate(file, None, on).notes)
    late = {"decisions.keep.chosen_on": ["2001-03-01"]}  # the first day that is not simulated
    assert any("'keep' is never taken" in str(note) for note in sim.validate(file, None, late).notes)


def test_a_decision_that_comes_on_top_cannot_have_been_chosen_before(tmp_path: Path) -> None:
    begun = sim.begin(written(tmp_path, KEEP % CHOSEN)).until("2001-01-11")
    late = "decisions:\n  - " + MORE % (CHOSEN + ", chosen_on: [2001-01-10]")
    with pytest.raises(sim.ScenarioError, match=r"this would be chosen before now .*2001-01-11 on"):
        begun.inject(written=late)
