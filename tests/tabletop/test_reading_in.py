"""A list of injects that somebody has in a file: looked at row by row, and used before anything has happened."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sim.tabletop.course import digest
from sim.tabletop.inject_table import injects_csv, write_injects
from sim.tabletop.reading_in import Offer, look, use
from sim.tabletop.refusals import Refused
from sim.tabletop.replay import replay
from sim.tabletop.session import Session
from sim.tabletop.session_file import open_session
from sim.tabletop.table import Table
from tests.tabletop.exercise import at, begun

MINE = 'number,title,to,model\nB-2,Strike,all,"{kind: site_outage, at: store, for: 3d}"\nA-1,Call,clinics,\n'


def offer(text: str, name: str = "mine.csv", **more: object) -> Offer:
    return Offer(name, text.encode(), **more)  # type: ignore[arg-type]


def test_a_list_is_looked_at_without_any_change_then_used_and_kept_in_the_session(tmp_path: Path) -> None:
    session = begun(tmp_path, "monday.session")
    assert session.file is not None
    before = session.file.read_bytes()
    found = look(session, offer(MINE))
    assert found.imported is not None and found.problems == ()
    assert found.imported.text().splitlines()[0] == "mine.csv: 2 rows = 2 injects + 0 left out"
    assert session.file.read_bytes() == before and [one.number for one in session.table.injects][:2] == ["1", "2"]
    use(session, offer(MINE), 0)
    session.fire("B-2", at(1))
    session.advance("turn", at(2))
    again = open_session(session.file)  # the scenario's own list is as it was, and is not asked for
    assert [one.number for one in again.table.injects] == ["B-2", "A-1"]
    assert digest(again.begun) == digest(session.begun)
    assert replay(session.file).differs == ()


@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
def test_what_was_exported_is_read_in_anywhere_with_its_numbers_order_and_words(
    tmp_path: Path, table: Table, ending: str
) -> None:
    """Of twelve and a half minutes the half stays, too."""
    text = (
        'number,title,delivery,description\n007,Seven,12.5 min,"=1+1, they say\nand more"\nx,Ix,+1:05,\n10,Ten,09:30,\n'
    )
    first, second = Session(table), Session(table)
    use(first, offer(text), 0)
    write_injects(tmp_path / f"out{ending}", first.table.injects, first.played)
    use(second, Offer(f"out{ending}", (tmp_path / f"out{ending}").read_bytes()), 0)
    assert second.table.injects == first.table.injects
    assert [one.number for one in second.table.injects] == ["007", "x", "10"]
    assert second.table.injects[0].delivery is not None and second.table.injects[0].delivery.minutes == 12.5
    assert injects_csv(second.table.injects) == injects_csv(first.table.injects)


def test_rows_that_are_left_out_are_told_and_agreed_to_by_their_number(table: Table) -> None:
    session = Session(table)
    mixed = offer(
        "No.,Headline,Recipient\n1,Fine,clinics\n2,To whom,nobody\n", columns={"title": "Headline", "number": "No."}
    )
    found = look(session, mixed)
    assert found.imported is not None
    assert [str(row) for row in found.imported.left_out] == [
        "row 3, column 'to': no such role; expected one of clinics, ministry (got 'nobody')"
    ]
    with pytest.raises(Refused, match="1 rows would be left out, not 0"):
        use(session, mixed, 0)
    assert session.table is table
    use(session, mixed, 1)
    assert [one.title for one in session.table.injects] == ["Fine"]


def test_columns_that_cannot_be_told_are_asked_for_by_the_names_that_the_list_has(table: Table) -> None:
    found = look(Session(table), offer("Lfd. Nr.;Was;Recipient\n1;Streik;all\n"))
    assert (found.head, found.columns, found.imported) == (("Lfd. Nr.", "Was", "Recipient"), {"to": "Recipient"}, None)
    assert found.problems == (
        "mine.csv:1: no column is the number; expected a column 'number', or which one it is",
        "mine.csv:1: no column is the title; expected a column 'title', or which one it is",
    )
    told = look(Session(table), offer("Lfd. Nr.;Was\n1;Streik\n", columns={"number": "Lfd. Nr.", "title": "Was"}))
    assert told.imported is not None and told.imported.injects[0].title == "Streik"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('model\n1,Strike,"{kind: site_outage, at: stoor, for: 3d}"', "1: in the model: .*did you mean 'store'"),
        ('condition\n1,Late,"{trigger: after_decision, decision: opn}"', "1: its condition waits for an unknown"),
        ("to\n1,Strike,nobody", "1 rows would be left out"),
    ],
)
def test_a_list_that_cannot_be_played_is_told_and_not_used(table: Table, text: str, told: str) -> None:
    session = Session(table)
    with pytest.raises(Refused, match=told):
        use(session, offer(f"number,title,{text}\n"), 0)
    assert session.table is table


@pytest.mark.parametrize("content", [b"PK\x03\x04 no workbook", b"\xff\xfe\x00", b"\x89PNG\r\n\x1a\n"])
def test_what_is_no_list_is_refused_by_the_name_that_its_owner_gave_it(table: Table, content: bytes) -> None:
    with pytest.raises(Refused, match=r"my list\.xlsx") as refused:
        look(Session(table), Offer("my list.xlsx", content))
    assert "/tmp" not in str(refused.value)


def _fire(session: Session) -> None:
    session.fire("1", at(1))


def _decide(session: Session) -> None:
    session.decide("ministry", "order", 1, id="12345678", at=at(1))


def _reset(session: Session) -> None:
    session.reset(at=at(1))


@pytest.mark.parametrize("do", [_fire, _decide, _reset, lambda session: session.advance("day", at(1))])
def test_an_exercise_that_is_under_way_keeps_its_injects(table: Table, do: Callable[[Session], None]) -> None:
    session = Session(table)
    session.set_clock("start", at(0))
    session.message("ministry", ["clinics"], "Hello", id="12345678", at=at(0))
    assert not session.under_way
    do(session)
    assert session.under_way
    with pytest.raises(Refused, match="under way with the injects that it has; for others, begin another session"):
        use(session, offer(MINE), 0)
