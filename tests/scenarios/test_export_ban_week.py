"""The exercise export-ban-week: what its page tells a facilitator beforehand comes out."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.tabletop.beside import compare
from sim.tabletop.looking import unmet
from sim.tabletop.session import NOTHING, SCRIPTED, Session
from sim.tabletop.table import Settings, Table

FILE = Path(__file__).resolve().parents[2] / "scenarios" / "exercises" / "export-ban-week.yaml"
FIRED = {2: ["2", "3"], 3: ["4", "5"], 4: ["6"], 5: ["8", "9", "11"]}
DECIDED = {
    2: [("store", "more by sea"), ("ministry", "allow foreign labels")],
    3: [("port", "green lane"), ("store", "share by need")],
    4: [("ministry", "open the reserve"), ("donors", "charter an aircraft")],
    5: [("port", "lorries over Halle Gate"), ("ministry", "drink before drip")],
    6: [("donors", "charter an aircraft")],
}


@pytest.fixture(scope="module")
def table() -> Table:
    return Table(Settings(FILE))


def played(table: Table, without: str = "") -> Session:
    session = Session(table)
    while not session.over:
        for number in FIRED.get(session.turn, []):
            session.fire(number)
        for role, decision in DECIDED.get(session.turn, []):
            if decision != without:
                session.decide(role, decision, session.turn, id=f"{session.turn} {decision}")
        session.advance()
    return session


def test_what_the_page_says_of_doing_nothing_the_book_and_sharing_by_need_comes_out(table: Table) -> None:
    """4,200 bags a day for 56 days are 235,200. Some 75,000 and 17,000, as the page has them: to a thousand."""
    session = played(table)
    lines = {line.name: line.totals["iv-fluid"] for line in compare(session)}
    usual = table.begun.loaded.spec.demand
    assert sum(entry.per_day for entry in usual if entry.product == "iv-fluid") * 56 == 235_200
    assert (lines[NOTHING], lines[SCRIPTED]) == (pytest.approx(75_000, abs=1000), pytest.approx(17_000, abs=1000))
    assert lines["Main"] < lines[NOTHING] / 3
    other = played(table, without="share by need")
    lakes, total = [], []
    for one in (session, other):
        days = [turn.day for turn in one.place.turns]
        lakes.append(sum(unmet(one.begun, "region", days)["Lake District"]))
        total.append(sum(unmet(one.begun, "product", days)["iv-fluid"]))
    assert total[0] == pytest.approx(total[1], rel=0.1) and lakes[0] > 1.5 * lakes[1]


def test_every_inject_can_be_fired_and_every_decision_is_some_roles(table: Table) -> None:
    session = Session(table)
    for inject in table.injects:
        session.fire(inject.number)
    assert len(table.injects) == 13 and len(table.exercise.roles) == 4
    assert set(table.decisions) == {one.label for one in table.begun.loaded.spec.decisions}
    told = session.view("donors")["stock"]
    assert told and not any(row["own"] for row in told)
