"""The papers of an exercise: what each holds, what players' papers do not, and that both files say the same."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import docx
import pytest

from sim.room.after_action import after_action
from sim.room.papers import papers
from sim.room.sheets import Paper, write_sheets
from sim.tabletop.session import Session
from sim.tabletop.table import Table


@pytest.fixture(scope="module")
def found(table: Table) -> list[Paper]:
    return papers(table)


def test_every_role_inject_and_objective_has_its_paper(found: list[Paper]) -> None:
    """Two roles, six injects, one objective; 56 days in turns of seven are eight lines to decide on."""
    assert [paper.under for paper in found] == [
        "For the facilitator alone", "Role brief", "Role brief",
        "Inject 1 · to Ministry of health", "Inject 2 · to Ministry of health", "Inject 3 · to all",
        "Inject 4 · to Ministry of health", "Inject 5 · to Ministry of health", "Inject 6 · to The clinics",
        "Decision sheet", "Decision sheet", "Evaluation guide · supply",
    ]  # fmt: skip
    sheet = found[9]
    assert (sheet.title, "".join(row[0] for row in sheet.rows)) == ("Ministry of health", "12345678")
    assert {cell for row in sheet.rows for cell in row[1:]} == {""}  # to be written in


def test_a_brief_says_what_each_decision_costs_and_when_it_works(found: list[Paper]) -> None:
    """As the scenario has them: opening costs 50 and takes two days, shutting lasts a week; all else is free."""
    ministry, clinics = found[1], found[2]
    assert [(row[0], row[2], row[3]) for row in ministry.rows] == [
        ("open", "2 days", ""), ("shut", "at once", "7 days"), ("order", "at once", ""),
    ]  # fmt: skip
    assert ministry.rows[0][1].startswith("50 ") and ministry.rows[1][1] == "none"
    assert clinics.lines[0] == "You run two clinics."


def test_a_card_tells_what_players_hear_and_the_list_what_is_hoped_for(found: list[Paper]) -> None:
    card = found[3]
    assert card.lines == ("By telephone from Driver", "They let nobody over.")
    assert "Order elsewhere" not in str([dataclasses.astuple(paper) for paper in found[1:]])
    assert "Order elsewhere" in found[0].rows[0]
    due = [row[1] for row in found[0].rows]
    assert due == ["2027-03-10", "turn 3", "+0:20", "by its condition", "by its condition", "by hand"]


def test_both_files_hold_the_same(found: list[Paper], tmp_path: Path) -> None:
    html, document = write_sheets("An exercise", "To print.", found, tmp_path / "new", "papers")
    text = html.read_text(encoding="utf-8")
    words = "\n".join(one.text for one in docx.Document(str(document)).paragraphs)
    for paper in found:
        for line in (paper.title, paper.under, *paper.lines):
            assert line in text and line in words, line
    assert "src=" not in text and "<script" not in text
    assert len(docx.Document(str(document)).tables) == sum(bool(paper.head) for paper in found)


def test_a_draft_report_has_what_is_known_and_leaves_blank_what_people_judge(table: Table) -> None:
    session = Session(table)
    session.decide("ministry", "order", 1, "before the ban", id="a")
    session.fire("1")
    session.note("ann", "supply", "M", "they asked too late", id="n")
    session.advance()
    found = after_action(session)
    assert [paper.title for paper in found] == [
        "Overview", "What happened", "The path and what stands beside it", "What mattered most",
        "Know when supplies end", "Improvement plan",
    ]  # fmt: skip
    overview, story, beside, mattered, capability, plan = found
    assert dict(overview.rows)["Injects fired"] == "1" and dict(overview.rows)["To run it again"].startswith("seed 1, ")
    assert story.rows[0][:3] == ("1, 2027-03-01", "1 Lorries turned back", "Ministry of health: order (before the ban)")
    assert [row[0] for row in beside.rows] == ["Main, the path taken", "Do nothing", "Scripted policy"]
    assert [row[:3] for row in mattered.rows] == [("1", "Ministry of health", "order")]
    assert capability.lines == ("Observer, turn 1: M, performed with major challenges. they asked too late",)
    assert {row[1] for row in capability.rows} == {""}
    assert {row[1:] for row in plan.rows} == {("", "", "", "")}  # issue, action, owner and date


def test_signs_that_no_document_takes_are_left_out(table: Table, tmp_path: Path) -> None:
    """As they come along with what is pasted: an escape, a vertical tab, nothing at all; and a title of any length."""
    session = Session(table)
    session.decide("ministry", "order", 1, "two\x0bof\x1b three\x00 <b>", id="a")
    session.note("ann", "supply", "M", "late\x08", id="n")
    session.advance()
    _, document = write_sheets("A title" * 100, "To print.", after_action(session), tmp_path, "papers")
    read = docx.Document(str(document))
    cells = [cell.text for one in read.tables for row in one.rows for cell in row.cells]
    assert any("(twoof three <b>)" in text for text in cells)
    assert any(one.text.endswith("late") for one in read.paragraphs)
