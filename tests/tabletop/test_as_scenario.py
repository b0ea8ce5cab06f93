"""A finished session is a scenario: the run of it has the bytes of what was played."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

import sim
from sim.tabletop.as_scenario import PLAYED, overlay, write_scenario
from sim.tabletop.course import Course
from sim.tabletop.reading_in import Offer, use
from sim.tabletop.session import Session
from sim.tabletop.table import Settings, Table
from tests.tabletop.exercise import SCENARIO, begun, written


def finished(session: Session) -> sim.Run:
    """The run that was played, as it ended; with the run's twins left out."""
    course, place = Course(session.table, kept=0), session.place
    run = course.at(place.turns)
    return run.until(session.table.days).resume()


def test_what_was_played_is_run_again_to_the_byte(played: Callable[[], Session]) -> None:
    """Decisions, one taken twice, and injects; without a day between the last turn and the end."""
    session = played()
    session.decide("ministry", "order", 4, id="d")
    session.advance()
    session.decide("ministry", "shut", 5, id="e")
    session.advance("next inject")
    session.advance("next inject") if not session.over else None
    assert overlay(session)["decisions.order.chosen_on"] == ["2027-03-08", "2027-03-22"]
    run = sim.run(session.table.settings.path, overrides=overlay(session), twin=False)
    same = finished(session)
    pd.testing.assert_frame_equal(run.daily, same.daily)
    pd.testing.assert_frame_equal(run.events, same.events)
    assert {n: run.metrics[n].value for n in run.metrics.overall} == {
        n: same.metrics[n].value for n in same.metrics.overall
    }


def test_numbers_and_titles_of_any_kind_come_through(tmp_path: Path) -> None:
    """Points, colons and words of the language in them; an event with a name of its own, twice."""
    odd = {"1": "St. Mary's", "1.2": "x.for", "a.b": "_remove_", "3": "two\nlines: 50%"}
    event = (
        "[{kind: stock_loss, at: store, share: 2%}, {kind: demand_surge, at: lake, name: own, factor: 1.5, for: 3d}]"
    )
    rows = "".join(f'{number},"{title}","{event}"\n' for number, title in odd.items())
    session = Session(Table(Settings(written(tmp_path, injects=f"number,title,model\n{rows}"))))
    for number in odd:
        session.fire(number)
    session.advance()
    write_scenario(session, tmp_path / "played.yaml")
    run = sim.run(tmp_path / "played.yaml", strategy=PLAYED, twin=False)
    pd.testing.assert_frame_equal(run.events, finished(session).events)
    assert len(run.outcome.impacts) == 1 + 2 * len(odd)


def test_it_is_written_as_a_strategy_of_a_file_that_builds_on_what_was_played(tmp_path: Path) -> None:
    """With the strategy and the values that were set: they were a part of what was played."""
    session = begun(tmp_path / "ex", strategy="by-rule", seed=7)
    session.fire("6")
    session.decide("ministry", "open", 1, id="a")
    session.advance()
    write_scenario(session, tmp_path / "ex" / "played.yaml")
    run = sim.run(tmp_path / "ex" / "played.yaml", strategy=PLAYED, twin=False)
    same = finished(session)
    pd.testing.assert_frame_equal(run.daily, same.daily)
    assert run.manifest["seed"] == 7
    apart = tmp_path / "apart"  # a project of its own, which no reference may leave
    apart.mkdir()
    (apart / ".tideover").touch()
    with pytest.raises(sim.ScenarioError, match="leads out of the project"):
        write_scenario(session, apart / "played.yaml")
    assert not (apart / "played.yaml").exists()


def test_it_names_the_injects_that_were_read_in_and_not_those_of_the_scenario(tmp_path: Path) -> None:
    """Whose names of columns stay behind, too. What is there already is not written over."""
    named = SCENARIO.replace("{table: injects.csv}", "{table: injects.csv, columns: {title: Headline}}")
    session = Session(Table(Settings(written(tmp_path / "ex", named, "number,Headline\n1,x\n"))))
    rows = b'No,Title,Time,Effects\n1.1,=new,10:25,"{kind: stock_loss, at: store, share: 40%}"\n007,other,+0:25,\n'
    use(session, Offer("mine.csv", rows), 0)
    session.fire("1.1")
    session.advance()
    place = tmp_path / "ex" / "played.yaml"
    write_scenario(session, place)
    again = Table(Settings(place))
    assert again.injects == session.table.injects and [one.number for one in again.injects] == ["1.1", "007"]
    run, same = sim.run(place, strategy=PLAYED, twin=False), finished(session)
    pd.testing.assert_frame_equal(run.daily, same.daily)
    pd.testing.assert_frame_equal(run.events, same.events)
    with pytest.raises(sim.ScenarioError, match=r"inject 1\.1: it has happened already.*played"):
        Table(Settings(place, PLAYED))  # which nobody can play: its injects are in it
    before = place.read_bytes()
    with pytest.raises(sim.ScenarioError, match="there already") as error:
        write_scenario(session, place)
    assert len(error.value.problems) == 2 and place.read_bytes() == before
