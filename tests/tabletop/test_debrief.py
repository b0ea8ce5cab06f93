"""What happened turn by turn, and what each decision did: as in the same session played without it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sim.tabletop.debrief import turn_by_turn, weigh
from sim.tabletop.looking import unmet
from sim.tabletop.session import Session
from sim.tabletop.table import Table

Ends = Callable[[str | None], Session]
DECIDED = {2: [("ministry", "order")], 3: [("ministry", "open"), ("clinics", "less")]}
"""Decisions by turn, as in the session that is played."""


def total(session: Session) -> int:
    return sum(unmet(session.begun, "product", [0])["drip"])


@pytest.fixture(scope="module")
def ends(table: Table) -> Ends:
    """The session in its last turn, with one of the decisions left out."""

    def play(without: str | None) -> Session:
        session = Session(table)
        while not session.over:
            for role, decision in DECIDED.get(session.turn, []):
                if decision != without:
                    session.decide(role, decision, session.turn, f"why {decision}", id=decision)
            if session.turn in (2, 3):
                session.fire({2: "6", 3: "2"}[session.turn])
            session.advance()
        return session

    return play


def test_a_decision_did_what_is_missing_more_in_the_same_session_without_it(ends: Ends) -> None:
    session = ends(None)
    weights = weigh(session)
    assert {one.choice.decision: one.averted["drip"] for one in weights} == {
        name: total(ends(name)) - total(session) for name in ("order", "open", "less")
    }
    assert any(one.averted["drip"] > 0 for one in weights)
    sizes = [abs(one.averted["drip"]) for one in weights]
    assert sizes == sorted(sizes, reverse=True)


def test_when_the_story_is_over_every_turn_is_one_that_was_played(ends: Ends) -> None:
    turns = turn_by_turn(ends(None))
    assert [turn.turn for turn in turns] == [1, 2, 3, 4, 5, 6, 7, 8]  # eight weeks from 1 March to 26 April
    assert all("drip" in turn.unmet for turn in turns)


def test_a_turn_has_its_injects_its_decisions_and_what_was_missing(played: Callable[[], Session]) -> None:
    """Four turns, the fourth not ended: an inject and an order in the second, a flood and two decisions in the next."""
    session = played()
    turns = turn_by_turn(session)
    assert [turn.date for turn in turns] == ["2027-03-01", "2027-03-08", "2027-03-15", "2027-03-22"]
    assert [[number for number, _ in turn.injects] for turn in turns] == [[], ["6"], ["2"], []]
    assert [[one.decision for one in turn.decisions] for turn in turns] == [[], ["order"], ["open", "less"], []]
    assert sum(turn.unmet.get("drip", 0) for turn in turns) == total(session)
    assert turns[-1].unmet == {}
    session.decide("ministry", "shut", 4, id="late")
    assert turn_by_turn(session)[-1].decisions == ()  # it does not count yet
    assert [one.choice.decision for one in weigh(session)].count("shut") == 0
