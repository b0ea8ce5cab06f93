"""Evaluation guides: each observer's last word on an objective, which no player sees, and which is in the log."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sim.tabletop.refusals import Refused
from sim.tabletop.session import Session
from sim.tabletop.session_file import open_session
from tests.tabletop.exercise import at, begun


def test_a_guide_has_the_last_word_of_each_observer_and_players_do_not_see_it(session: Session) -> None:
    session.note("ann", "supply", "", "they ask nobody", id="1", at=at(1))
    session.note("bob", "supply", "S", "asked at last", id="2", at=at(2))
    session.note("ann", "supply", "M", "they asked too late", id="3", at=at(3))
    session.note("ann", "supply", "M", "they asked too late", id="3", at=at(9))  # sent twice
    assert len(session.entries) == 3
    (guide,) = session.view("observer")["guide"]
    assert (guide["objective"], guide["title"]) == ("supply", "Know when supplies end")
    assert [(note["guide"], note["rating"], note["text"], note["turn"]) for note in guide["notes"]] == [
        ("ann", "M", "they asked too late", 1), ("bob", "S", "asked at last", 1),
    ]  # fmt: skip
    assert session.view("facilitator")["guide"] == [guide]
    for role in ("ministry", "clinics"):
        assert "asked" not in json.dumps(session.view(role))
    session.advance()
    session.rewind(1)
    assert session.view("observer")["guide"] == [guide]  # going back takes nothing away


def test_what_is_no_note_is_refused(session: Session) -> None:
    for objective, rating, text in (("suply", "P", ""), ("supply", "A", ""), ("supply", "P", "x" * 2001)):
        with pytest.raises(Refused):
            session.note("ann", objective, rating, text, id="1")
    assert session.entries == ()


def test_notes_are_kept_in_the_file(tmp_path: Path) -> None:
    session = begun(tmp_path, "a.session")
    session.note("ann", "supply", "U", "nobody knew", id="1", at=at(1))
    assert session.file is not None
    assert open_session(session.file).view("observer")["guide"] == session.view("observer")["guide"]
