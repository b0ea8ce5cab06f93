"""What is done in a session: turns, decisions, injects; and what is refused, with nothing changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from sim.engine.day import World
from sim.engine.phases import needed_phases
from sim.tabletop.course import Course, digest
from sim.tabletop.refusals import Refused
from sim.tabletop.session import Session
from sim.tabletop.table import Table
from tests.tabletop.exercise import at


def statuses(session: Session) -> dict[str, str]:
    return {one.number: session.status(one) for one in session.table.injects}


def refused(why: str, message: str, session: Session, act: Callable[[], object]) -> Refused:
    """What was refused; nothing has changed."""
    before = session.entries
    with pytest.raises(Refused, match=message) as caught:
        act()
    assert caught.value.why == why and session.entries == before
    return caught.value


def test_a_turn_is_a_week_a_day_or_as_far_as_the_next_inject(session: Session) -> None:
    """Inject 1 is due on 10 March, in the middle of the second week; 2 on 15 March; 4 when a site has two days
    left."""
    session.advance()
    assert (session.turn, session.place.day, session.most_turns) == (2, 7, 8)
    session.advance("day")
    assert (session.turn, session.place.day) == (3, 8)
    assert statuses(session)["2"] == "waiting"
    session.advance("next inject")
    assert (session.place.day, statuses(session)["1"]) == (9, "ready")
    while statuses(session)["2"] == "waiting":
        session.advance("next inject")
    assert session.place.day == 14
    session.advance("next inject")  # stock as it is, not as it was told
    network, state = session.begun.running.plan.network, session.begun.running.world.state
    sites = ~network.of_kind("supplier")
    cover = state.on_hand[sites] / network.cell_mean[sites]
    assert statuses(session)["4"] == "ready" and cover.min() < 2
    yesterday = session.table.begun.fork().until(session.place.day - 1).running.world.state
    assert (yesterday.on_hand[sites] / network.cell_mean[sites]).min() >= 2
    session.advance("next inject")  # nothing is to come but what hangs on a decision
    assert session.over and session.table.date(session.place.day) == dt.date(2027, 4, 26)
    refused("impossible", "the story ended on 2027-04-26", session, session.advance)
    refused("stale", "the story is over", session, lambda: session.decide("clinics", "less", session.turn, id="x"))
    refused("impossible", "the story is over", session, lambda: session.fire("3"))


def test_what_is_decided_counts_from_the_midnight_at_which_the_turn_began(session: Session) -> None:
    session.advance()
    choice = session.decide("ministry", "open", 2, "three days left", id="a", at=at(5))
    assert (choice.turn, choice.reason, choice.at) == (2, "three days left", at(5))
    assert not session.begun.running.world.decisions.in_force  # type: ignore[union-attr]
    session.advance()
    # chosen on day 7, two days' authorisation
    assert session.begun.running.world.decisions.in_force == {"open": 9.0}  # type: ignore[union-attr]
    assert statuses(session)["5"] == "ready"  # it waits for that decision


def test_an_inject_happens_in_the_model_from_the_midnight_at_which_it_is_fired(session: Session) -> None:
    """40% of the store are lost at once; the surge is two days later: from 3 March, for nine days."""
    before = session.begun.running.world.state.on_hand.sum()
    session.fire("6", at=at(3))
    impact = next(one for one in session.begun.running.impacts if one.cause == "inject 6: More patients")
    assert (impact.start, impact.end) == (2, 11)
    standing = session.place.injects["6"]
    assert (standing.status, standing.turn, standing.at, standing.by) == ("fired", 1, at(3), "facilitator")
    session.fire("2")
    session.advance("day")
    lost = session.begun.running.world.recorder.so_far["destroyed"].sum()
    network = session.begun.running.plan.network
    store = network.of_kind("warehouse")
    assert before and lost == round(0.4 * session.table.begun.fork().until(0).running.world.state.on_hand[store].sum())
    refused("impossible", "inject 6 was fired in turn 1", session, lambda: session.fire("6"))


def test_what_is_skipped_can_be_taken_back(session: Session) -> None:
    session.skip("1")
    session.advance()
    session.advance()
    assert statuses(session)["1"] == "skipped"
    session.unskip("1")
    assert statuses(session)["1"] == "ready"
    session.fire("1")
    refused("impossible", "was fired already", session, lambda: session.skip("1"))
    refused("impossible", "was not skipped", session, lambda: session.unskip("2"))


def test_one_decision_is_taken_once_however_often_it_is_sent(session: Session) -> None:
    first = session.decide("ministry", "order", 1, "now", id="tablet-7")
    entries = session.entries
    assert session.decide("ministry", "order", 1, "now", id="tablet-7") == first
    session.advance()
    assert session.decide("ministry", "order", 1, "now", id="tablet-7") == first  # the answer had been lost
    assert len(session.entries) == len(entries) + 1
    refused(
        "malformed", "another decision was handed in under this id", session,
        lambda: session.decide("ministry", "shut", 2, id="tablet-7"),
    )  # fmt: skip


def test_a_decision_for_a_turn_that_has_passed_is_refused_with_what_changed_and_the_text(session: Session) -> None:
    session.advance()
    session.fire("1")
    session.decide("ministry", "order", 2, id="a")
    session.advance()
    late = refused(
        "stale", "this was written for turn 2; it is now turn 3", session,
        lambda: session.decide("ministry", "open", 2, "the lake is dry", id="b"),
    )  # fmt: skip
    assert late.text == "the lake is dry"
    assert "Inject 1: Lorries turned back." in late.changed and "Your decision counts: order." in late.changed
    ahead = lambda: session.decide("ministry", "open", 4, "soon", id="c")  # noqa: E731
    assert refused("stale", "before the exercise was taken back", session, ahead).text == "soon"


def test_a_decision_of_another_role_is_refused_and_told_whose_it_is(session: Session) -> None:
    wrong = refused(
        "role", "only Ministry of health may decide 'open'", session,
        lambda: session.decide("clinics", "open", 1, "we need it", id="a"),
    )  # fmt: skip
    assert wrong.text == "we need it"
    refused(
        "role", "no role 'minstry'; .*did you mean 'ministry'", session,
        lambda: session.decide("minstry", "open", 1, id="a"),
    )  # fmt: skip
    for by in ("ministry", "clock", ""):
        for act in (
            lambda by: session.advance(by=by), lambda by: session.fire("1", by=by), lambda by: session.rewind(1, by=by),
            lambda by: session.new_branch("b", by=by), lambda by: session.reset(by=by),
            lambda by: session.skip("1", by=by), lambda by: session.set_clock("start", at(0), by=by),
        ):  # fmt: skip
            refused("role", "only the facilitator", session, lambda act=act, by=by: act(by))


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"decision": "opne"}, "no decision 'opne'; .*did you mean 'open'"),
        ({"decision": "less", "role": "ministry"}, "only The clinics may decide"),
        ({"id": ""}, "the id of a decision is a text"),
        ({"id": "x" * 101}, "1 to 100 letters"),
        ({"id": "a\x00b"}, "the id of a decision is a text"),
        ({"reason": "x" * 2001}, "a reason is a text of 0 to 2000 letters"),
        ({"reason": "half a letter: \ud83d"}, "a reason is a text"),
        ({"reason": None}, "a reason is a text"),
        ({"role": ["ministry"]}, "a role is named by a text"),
        ({"decision": {"name": "open"}}, "a decision is named by a text"),
        ({"id": 7}, "the id of a decision is a text"),
        ({"turn": "1"}, "by its number"),
        ({"turn": True}, "by its number"),
    ],
)
def test_what_is_malformed_is_refused(session: Session, fields: dict[str, object], message: str) -> None:
    given: dict[str, object] = {"role": "ministry", "decision": "open", "turn": 1, "reason": "", "id": "a"} | fields
    before = session.entries
    with pytest.raises(Refused, match=message):
        session.decide(**given)  # type: ignore[arg-type]
    assert session.entries == before


def test_two_that_set_the_same_are_not_both_decided_in_one_turn(session: Session) -> None:
    """The reserve cannot be opened and shut at once; taken back, the other may."""
    session.decide("ministry", "open", 1, id="a")
    message = "'open', which sets the same, was handed in by Ministry of health in this turn"
    refused("impossible", message, session, lambda: session.decide("ministry", "shut", 1, id="b"))
    refused("impossible", "this was handed in", session, lambda: session.decide("ministry", "open", 1, id="c"))
    session.withdraw("a", "ministry")
    session.decide("ministry", "shut", 1, id="b")
    session.withdraw("b", "facilitator")  # sent back
    refused("role", "only Ministry of health or the facilitator", session, lambda: session.withdraw("b", "clinics"))
    refused("unknown", "no such decision", session, lambda: session.withdraw("z", "ministry"))
    session.decide("ministry", "open", 1, id="d")
    session.advance()
    assert [one.decision for one in session.place.choices if not one.withdrawn] == ["open"]
    refused("impossible", "it is in force already", session, lambda: session.decide("ministry", "open", 2, id="e"))
    refused("stale", "this was decided in turn 1", session, lambda: session.withdraw("d", "ministry"))


def test_an_inject_that_cannot_happen_any_more_is_refused_in_words(table: Table) -> None:
    inject = table.by_number["6"]
    wrong = table.by_number | {
        "6": inject.__class__(**{**vars(inject), "events": ({**inject.events[0], "at": "lak"},)})
    }
    session = Session(table)
    original = table.__dict__["by_number"]
    try:
        table.__dict__["by_number"] = wrong
        refused("impossible", "unknown site .*did you mean 'lake'", session, lambda: session.fire("6"))
    finally:
        table.__dict__["by_number"] = original


def test_a_turn_lives_its_own_days_only(played: Callable[[], Session], monkeypatch: pytest.MonkeyPatch) -> None:
    """Seven for the step, and none for what is looked at afterwards: the run goes on from a copy."""
    session, lived = played(), list[int]()

    def counted(world: World) -> list[Callable[[int], None]]:
        return [lived.append, *needed_phases(world)]

    monkeypatch.setattr("sim.engine.run.needed_phases", counted)
    session.advance()
    assert len(lived) == 7  # once, to know what becomes due; it is kept
    for role in ("ministry", "clinics", "facilitator", "observer"):
        session.view(role)
    assert len(lived) == 7


def test_a_run_from_a_copy_and_one_from_the_first_day_have_the_same_bytes(played: Callable[[], Session]) -> None:
    session = played()
    again = Course(session.table, kept=0).at(session.place.turns)
    assert digest(session.begun) == digest(again)
    from_copy, from_start = session.begun.until(56).resume(), again.until(56).resume()
    assert from_copy.daily.equals(from_start.daily) and from_copy.events.equals(from_start.events)


def test_copies_that_are_kept_are_bounded_in_number(session: Session) -> None:
    for turn in range(1, 9):
        session.advance()
        session.view("ministry")
        session.fire("3") if turn == 4 else None
    assert session._course.kept <= 4
    session.rewind(2)
    assert digest(session.begun) == digest(Course(session.table, kept=0).at(session.place.turns))


@pytest.mark.parametrize("thing", [None, ["1"], {"a": 1}, 3.5, "", "\x00", "x" * 5000])
def test_whatever_the_facilitators_device_sends_is_refused_in_words(session: Session, thing: Any) -> None:
    for act in (
        lambda: session.fire(thing), lambda: session.skip(thing), lambda: session.unskip(thing),
        lambda: session.rewind(thing), lambda: session.switch(thing), lambda: session.advance(thing),
        lambda: session.set_clock(thing, at(0)), lambda: session.set_clock("start", thing),
    ):  # fmt: skip
        with pytest.raises(Refused):
            act()
    assert session.entries == ()


def test_a_step_that_is_sent_twice_is_taken_once(session: Session) -> None:
    session.advance(turn=1)
    refused("stale", "this was to end turn 1; it is now turn 2", session, lambda: session.advance(turn=1))
    step: Any = "month"
    refused("malformed", "a step is a turn, a day or", session, lambda: session.advance(step))


def test_messages_reach_whom_they_are_for_and_outlast_going_back(session: Session) -> None:
    session.advance()
    session.message("clinics", ["ministry"], "three days left", id="m1", at=at(4))
    session.message("clinics", ["ministry"], "three days left", id="m1", at=at(5))  # sent again
    session.message("ministry", ["facilitator"], "who may open it?", id="m2", at=at(6))
    session.rewind(1)
    roles = ("ministry", "clinics", "facilitator")
    written = {role: [one["id"] for one in session.view(role)["messages"]] for role in roles}
    assert written == {"ministry": ["m2", "m1"], "clinics": ["m1"], "facilitator": ["m2", "m1"]}
    assert session.view("clinics")["messages"] == [
        {"id": "m1", "from": "clinics", "to": ["ministry"], "text": "three days left", "turn": 2, "at": "10:04 CET"}
    ]
    for to, text, message in (
        (["clinic"], "hello", "no role 'clinic'"), ([], "hello", "a message is to somebody"),
        (["ministry"], " ", "a text of 1 to 2000"), (["ministry"], "x" * 2001, "of 1 to 2000"),
    ):  # fmt: skip
        with pytest.raises(Refused, match=message):
            session.message("clinics", to, text, id="m3")


def test_all_look_at_one_run_which_stays_as_it_is(played: Callable[[], Session]) -> None:
    session = played()
    before = digest(session.begun)
    one = session.look()
    for role in ("facilitator", "observer", "ministry", "clinics"):
        session.view(role)
    assert session.look() is one and session.look(2) is session.look(2)
    assert digest(one) == digest(session.begun) == before
    session.fire("4")
    session.rewind(2, "First try")
    again = Course(session.table, kept=0).at(session.place.turns)
    assert session.look() is not one and digest(session.look()) == digest(again)
