"""Injects and the clock: what comes by itself, what waits, and what a pause does to both."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from sim.tabletop.refusals import Refused
from sim.tabletop.session import Session
from sim.tabletop.table import Settings, Table
from tests.tabletop.exercise import SCENARIO, at, written

INJECTS = """number,title,delivery,story time,condition,model
a,After five,+0:05,,,
b,At nine past,10:09,,,
c,After twenty,+0:20,,,
d,On 10 March,,2027-03-10,,"{kind: stock_loss, at: store, share: 40%}"
e,In the third turn,,turn 3,,
f,At the order,,,"{trigger: after_decision, decision: order}",
g,When asked for,,,,
"""


def paced(folder: Path, pace: str, story: str) -> Table:
    text = SCENARIO.replace("turn: 7d", f"turn: 7d\n  pace: {pace}\n  story: {story}")
    return Table(Settings(written(folder, text, INJECTS)))


@pytest.fixture(scope="module")
def by_clock(tmp_path_factory: pytest.TempPathFactory) -> Table:
    """A week of the story in ten minutes: 1,008 times as fast. 10 March is 9 days on, after 12 min 51 s."""
    return paced(tmp_path_factory.mktemp("clock"), "clock", "{runs: compressed, times: 1008}")


@pytest.fixture(scope="module")
def by_hand(tmp_path_factory: pytest.TempPathFactory) -> Table:
    return paced(tmp_path_factory.mktemp("hand"), "facilitator", "{runs: by turns}")


def statuses(session: Session, minutes: float) -> dict[str, str]:
    return {one.number: session.status(one, at(minutes)) for one in session.table.injects}


def fired(session: Session) -> list[str]:
    """Injects that were fired, with the minute and by whom."""
    found = []
    for entry in session.entries:
        if entry.do == "fire" and entry.at is not None:
            found.append(f"{entry.what['inject']} {(entry.at - at(0)).total_seconds() / 60:.4g} {entry.by}")
    return found


def test_a_clock_that_paces_the_exercise_brings_injects_and_turns_in_their_time(by_clock: Table) -> None:
    """Looked at late, all of it comes in turn, each with its own time. The exercise began at 10:00 in Paris."""
    session = Session(by_clock)
    session.set_clock("start", at(0))
    assert session.tick(at(4)) == []
    session.decide("ministry", "order", 1, id="o", at=at(4))
    session.tick(at(21))
    # d: 9 days x 1,440 / 1,008 minutes; e: 14 days; f with the second turn, when the order was in force
    assert fired(session) == [
        "a 5 clock", "b 9 clock", "f 10 clock", "d 12.86 clock", "c 20 clock", "e 20 clock",
    ]  # fmt: skip
    assert (session.turn, session.place.day) == (3, 14)
    assert session.tick(at(21)) == []


def test_what_is_due_in_a_pause_is_ready_afterwards_and_neither_fired_nor_lost(by_clock: Table) -> None:
    """Paused from minute 6 to 16: 10:09 passes. Five more minutes are needed for the second turn: minute 20."""
    session = Session(by_clock)
    session.set_clock("start", at(0))
    session.tick(at(6))
    session.set_clock("pause", at(6))
    assert session.tick(at(15)) == [] and statuses(session, 15)["b"] == "ready"
    session.set_clock("resume", at(16))
    assert session.tick(at(19)) == [] and statuses(session, 19)["b"] == "ready"
    assert fired(session) == ["a 5 clock"] and session.turn == 1
    session.tick(at(20))
    assert session.turn == 2
    session.fire("b", at=at(20.5))
    session.tick(at(22))
    assert fired(session) == ["a 5 clock", "b 20.5 facilitator"]


def test_an_inject_is_fired_at_once_in_a_pause_and_after_any_pause(by_clock: Table) -> None:
    session = Session(by_clock)
    session.set_clock("start", at(0))
    session.set_clock("pause", at(1))
    session.fire("g", at=at(2))
    session.set_clock("resume", at(600))
    session.fire("c", at=at(600))  # long before its time
    assert fired(session) == ["g 2 facilitator", "c 600 facilitator"]
    session.tick(at(640))  # 41 minutes have run
    assert [one.split()[0] for one in fired(session)].count("c") == 1


def test_what_is_leapt_over_is_ready_and_waits(by_clock: Table) -> None:
    """A leap of 15 minutes from minute 1: to 16. The turn has come, and so have a and d, which nobody has seen come."""
    session = Session(by_clock)
    session.set_clock("start", at(0))
    session.set_clock("jump", at(1), 15)
    session.tick(at(2))
    assert session.turn == 2 and fired(session) == []
    assert [n for n, status in statuses(session, 2).items() if status == "ready"] == ["a", "d"]
    session.tick(at(5.5))  # 20.5 minutes: c comes by itself
    assert [one.split()[0] for one in fired(session)] == ["c", "e"]


def test_with_a_facilitator_nothing_comes_by_itself(by_hand: Table) -> None:
    session = Session(by_hand)
    session.set_clock("start", at(0))
    assert session.tick(at(50)) == [] and session.turn == 1
    assert statuses(session, 4) == dict.fromkeys("abcdefg", "waiting")
    assert [n for n, status in statuses(session, 50).items() if status == "ready"] == ["a", "b", "c"]
    session.advance(at=at(51))
    session.advance(at=at(52))
    assert [n for n, status in statuses(session, 52).items() if status == "ready"] == ["a", "b", "c", "d", "e"]


def test_going_back_takes_the_story_back_and_what_was_due_before_waits(by_clock: Table) -> None:
    """A week in ten minutes. Back at minute 25 to day 0: the second turn is at 35, and 10 March at 25 + 12.86."""
    session = Session(by_clock)
    session.set_clock("start", at(0))
    session.tick(at(25))
    assert session.turn == 3
    session.rewind(1, "First", at=at(25))
    assert session.tick(at(34)) == [] and session.turn == 1
    assert session.reading(at(30)).story == dt.datetime(2027, 3, 4, 12)  # five minutes are three days and a half
    assert [n for n, status in statuses(session, 34).items() if status == "ready"] == ["a", "b", "c"]
    session.set_clock("pause", at(34))
    session.set_clock("resume", at(44))  # ten minutes later, all of it
    session.tick(at(48))
    assert (session.turn, session.place.day) == (2, 7) and fired(session)[5:] == ["d 47.86 clock"]
    session.switch("First", at=at(48))
    assert session.tick(at(57)) == [] and session.turn == 3
    session.tick(at(58))
    assert session.turn == 4


def test_going_back_without_a_time_counts_as_done_when_something_was_done_last(by_clock: Table) -> None:
    session = Session(by_clock)
    session.set_clock("start", at(0))
    session.tick(at(21))
    session.rewind(1)  # at minute 20
    session.tick(at(29))
    assert session.turn == 1
    session.tick(at(30))
    assert session.turn == 2


def test_a_reset_leaves_nothing_fired_or_ready(by_clock: Table) -> None:
    session = Session(by_clock)
    session.set_clock("start", at(0))
    session.tick(at(25))
    session.reset(at=at(26))
    assert statuses(session, 60) == dict.fromkeys("abcdefg", "waiting") and session.tick(at(60)) == []
    session.set_clock("start", at(100))
    session.tick(at(105))
    assert fired(session)[-1] == "a 105 clock"


def test_the_clock_refuses_what_makes_no_sense(by_hand: Table) -> None:
    session = Session(by_hand)
    for act, message in (
        (lambda: session.set_clock("pause", at(0)), "the exercise has not started"),
        (lambda: session.set_clock("fly", at(0)), "a clock does not fly"),  # type: ignore[arg-type]
        (lambda: session.set_clock("start", at(0).replace(tzinfo=None)), "a time has a zone"),
    ):
        with pytest.raises(Refused, match=message):
            act()
    session.set_clock("start", at(0))
    for minutes in (0, -1, 1441, float("nan"), "5", None):
        with pytest.raises(Refused, match="minutes from 0"):
            session.set_clock("extend", at(1), minutes)  # type: ignore[arg-type]
    assert len(session.entries) == 1
