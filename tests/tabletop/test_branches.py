"""Going back, branching, beginning again; what stands beside the path taken, and what is ahead."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import sim
from sim.tabletop.beside import compare, preview
from sim.tabletop.course import digest
from sim.tabletop.refusals import Refused
from sim.tabletop.session import NOTHING, SCRIPTED, Session
from tests.tabletop.exercise import at

Play = Callable[[], Session]


def test_going_back_keeps_what_followed_as_a_branch(played: Play) -> None:
    session = played()
    ahead = digest(session.begun)
    name = session.rewind(3, "First try")
    assert (session.turn, session.branch, name) == (3, "Main", "First try")
    assert session.place.injects["2"].status == "ready" and session.place.injects["6"].status == "fired"
    assert [one.id for one in session.place.choices] == ["a"]
    session.decide("ministry", "shut", 3, id="d")
    session.advance()
    assert digest(session.begun) != ahead
    session.switch("First try")
    assert session.turn == 4 and digest(session.begun) == ahead
    assert session.branch_list() == [
        {"name": "Main", "turn": 4, "here": False}, {"name": "First try", "turn": 4, "here": True},
    ]  # fmt: skip


def test_a_branch_goes_on_from_here_with_the_same_luck(played: Play) -> None:
    """What is done alike on both comes out alike, to the byte; what is done on one is not on the other."""
    session = played()
    assert session.new_branch("Without flights") == "Without flights"
    session.advance()
    one = digest(session.begun)
    session.switch("Main")
    assert session.turn == 4
    session.advance()
    assert digest(session.begun) == one


def test_names_of_branches_are_made_where_none_is_given_and_never_taken_twice(session: Session) -> None:
    session.advance()
    assert [session.rewind(1), session.rewind(1), session.new_branch()] == ["Try 1", "Try 2", "Try 3"]
    for name, message in (("Main", "there is a branch 'Main' already"), (" ", "a text of 1 to 60"), ("x" * 61, "60")):
        with pytest.raises(Refused, match=message):
            session.new_branch(name)
    assert session.new_branch("  Caf\u0065\u0301  two ") == "Café two"
    for name in (
        "main",
        "Café  TWO",
        "do nothing",
        "Scripted policy ",
    ):  # what reads alike is the same, also beside a path
        with pytest.raises(Refused, match="there is a branch"):
            session.new_branch(name)
    with pytest.raises(Refused, match="no branch 'Tri 1'; did you mean 'Try 1'"):
        session.switch("Tri 1")
    for turn in (0, 3, "2"):
        with pytest.raises(Refused, match="there is no turn"):
            session.rewind(turn)  # type: ignore[arg-type]


def test_a_decision_of_what_was_taken_back_is_not_taken_by_being_sent_again(played: Play) -> None:
    session = played()
    session.rewind(3)
    with pytest.raises(Refused, match="before the exercise was taken back") as refused:
        session.decide("ministry", "open", 3, "its text", id="b")
    assert refused.value.text == "its text"
    assert session.decide("ministry", "open", 3, "its text", id="b2").turn == 3


def test_a_reset_resets_everything_and_loses_nothing(played: Play) -> None:
    session = played()
    session.set_clock("start", at(0))
    session.set_clock("pause", at(20))
    ahead = digest(session.begun)
    name = session.reset(at=at(30))
    fresh = Session(session.table)
    assert session.place == fresh.place and digest(session.begun) == digest(fresh.begun)
    assert session.reading(at(40)) == fresh.reading(at(40))
    assert {session.status(one) for one in session.table.injects} == {"waiting"}
    session.switch(name)
    assert digest(session.begun) == ahead


def test_the_path_stands_beside_doing_nothing_the_script_and_other_branches(played: Play) -> None:
    """Each against runs of the scenario that are stopped on the same day: what was fired comes to all, and decisions to
    the path alone."""
    session = played()
    session.rewind(2, "First try")
    session.fire("6")
    session.advance()
    session.advance()
    session.advance()
    lines = {line.name: line for line in compare(session)}
    assert list(lines) == ["Main", NOTHING, SCRIPTED, "First try"] and lines["Main"].here
    assert lines["Main"].unmet == lines[NOTHING].unmet  # nothing was decided after going back
    surge = {
        "kind": "demand_surge", "name": "inject 6: More patients", "at": "lake", "from": "2027-03-10", "for": "9d",
        "factor": 1.5,
    }  # fmt: skip
    file = session.table.settings.path
    for name, strategy in ((NOTHING, None), (SCRIPTED, "by-rule")):
        run = sim.begin(file, strategy, twin=False).until("2027-03-08").inject(surge).resume()
        daily = run.daily[run.daily["date"] < "2027-03-29"]
        assert lines[name].totals["drip"] == daily["unmet"].sum()
    assert len(lines["First try"].unmet["drip"]) == 3  # it stands at the beginning of its fourth turn
    assert lines[SCRIPTED].totals["drip"] < lines[NOTHING].totals["drip"]


def test_what_is_ahead_is_told_as_a_range_over_other_luck_after_now(played: Play) -> None:
    """The same as forks of the run, of which each has its luck; the past is as it was, and the session stays there."""
    session = played()
    session.decide("ministry", "order", 4, id="z")  # not counted: this is about doing nothing
    before = session.entries
    ahead = preview(session, draws=4)
    assert ahead == preview(session, draws=4) and session.entries == before
    begun = session.begun
    runs = [begun.fork(luck=number).resume() for number in (1, 2, 3, 4)]
    unmet = [run.daily.loc[run.daily["date"] >= "2027-03-22", "unmet"].sum() for run in runs]
    assert list(ahead.from_now["drip"]) == unmet and len(set(unmet)) > 1
    least, mean, most = ahead.range_of("drip")
    assert (least, mean, most) == (min(unmet), pytest.approx(sum(unmet) / 4), max(unmet))
    past = runs[0].daily.loc[runs[0].daily["date"] < "2027-03-22", "unmet"].sum()
    assert ahead.so_far["drip"] == past
    with pytest.raises(sim.ScenarioError, match="no number of draws"):
        preview(session, 0)
