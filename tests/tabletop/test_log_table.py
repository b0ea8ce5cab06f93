"""The log as a table: a row for whatever was done, with where, when, by whom, and of what run."""

from __future__ import annotations

import csv
import io

from sim import __version__
from sim.tabletop.log_table import HEAD, log_csv
from sim.tabletop.session import Session
from tests.tabletop.exercise import at


def test_every_entry_has_a_row_with_turn_story_and_real_time_role_ids_seed_and_version(session: Session) -> None:
    session.set_clock("start", at(0))
    session.decide("ministry", "order", 1, "=cmd|' /C calc'!A0", id="m-1", at=at(3))
    session.advance(at=at(10))
    session.message("clinics", ["ministry", "facilitator"], "three days left", id="c-1", at=at(12))
    session.fire("6", at=at(14))
    session.rewind(1, "First try", at=at(20))
    session.new_branch("Again", at=at(21))
    rows = list(csv.DictReader(io.StringIO(log_csv(session))))
    assert tuple(rows[0]) == HEAD
    told = [
        (row["number"], row["branch"], row["turn"], row["story date"], row["role"], row["did"], row["what"])
        for row in rows
    ]
    assert told == [
        ("1", "Main", "1", "2027-03-01", "facilitator", "clock", "start"),
        ("2", "Main", "1", "2027-03-01", "ministry", "decide", "order"),
        ("3", "Main", "1", "2027-03-01", "facilitator", "advance", "7"),
        ("4", "Main", "2", "2027-03-08", "clinics", "message", ""),
        ("5", "Main", "2", "2027-03-08", "facilitator", "fire", "6"),
        ("6", "Main", "2", "2027-03-08", "facilitator", "rewind", "to turn 1, kept as First try"),
        ("7", "Main", "1", "2027-03-01", "facilitator", "branch", "Again"),
    ]
    assert [row["real time"][11:19] for row in rows[:3]] == ["09:00:00", "09:03:00", "09:10:00"]
    assert rows[1]["text"] == "'=cmd|' /C calc'!A0"  # no spreadsheet works it out
    assert (rows[1]["id"], rows[1]["by"]) == ("m-1", "Ministry of health")
    assert (rows[3]["text"], rows[3]["to"]) == ("three days left", "Ministry of health, facilitator")
    assert {(row["exercise"], row["seed"], row["tideover"]) for row in rows} == {("small-exercise", "1", __version__)}
