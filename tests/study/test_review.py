"""The documents of a review: every heading, every figure with what it rests on, and nothing concluded for people."""

from __future__ import annotations

import shutil
from pathlib import Path

import docx
import pytest

from sim import ask
from sim.ask.reviewing import Review
from sim.errors import ScenarioError
from sim.report.review.evidence import basis_of, inputs
from sim.report.review.improvement import CAPABILITIES
from sim.report.review.parts import FOR_PEOPLE, LABEL
from sim.scenario.crisis import crisis_text, observed_text
from sim.scenario.facts import read_facts
from tests.cli.calls import STARTER, files, tideover

SHEET = """date,until,kind,what,how much,asked,source,quality
,,supplier share,share of the market,40%,,Bulletin 1,official
2024-03-04,2024-03-24,outage,the plant stops,100%,,Notice,trade_press
2024-03-11,,low stock,hospitals with little stock,20% under 12d,50,Survey,press
2024-03-25,,low stock,hospitals with little stock,60% under 12d,50,Survey,press
2024-04-08,,low stock,hospitals with little stock,30% under 12d,50,Survey,press
"""
WHO = [
    "Executive summary", "Background", "What was in place", "What happened",
    "What went well, what went less well, and why", "Findings", "Recommendations", "Next steps",
]  # fmt: skip


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Review:
    place = tmp_path_factory.mktemp("review")
    (place / "sheet.csv").write_text(SHEET, encoding="utf-8")
    sheet = read_facts(place / "sheet.csv")
    (place / "crisis.yaml").write_text(crisis_text(sheet, "A flood", "points.csv"), encoding="utf-8")
    (place / "points.csv").write_text(observed_text(sheet), encoding="utf-8")
    return ask.review(place / "crisis.yaml", draws=3, workers=1, out=place / "out")


def test_the_word_document_has_the_headings_of_both_reports(written: Review) -> None:
    document = docx.Document(str(written.document))
    parts = [p.text for p in document.paragraphs if p.style is not None and p.style.name == "Heading 1"]
    chapters = [p.text for p in document.paragraphs if p.style is not None and p.style.name == "Heading 2"]
    assert len(parts) == 3
    assert chapters[: len(WHO)] == WHO
    assert chapters[len(WHO)] == "Overview"
    assert "Improvement matrix" in chapters
    page = written.html.read_text(encoding="utf-8")
    assert all(f"<h3>{title}</h3>" in page for title in WHO)
    assert len(document.inline_shapes) == 1  # the fan of the one series


def test_ratings_causes_owners_and_dates_are_left_to_people(written: Review) -> None:
    document = docx.Document(str(written.document))
    tables = [[[cell.text for cell in row.cells] for row in table.rows] for table in document.tables]
    blanks = [row for table in tables for row in table if row[0] in ("Rating", "Strengths", "Root cause")]
    assert len(blanks) == 3 * len(CAPABILITIES)
    assert all(row[1] == "" for row in blanks)
    (matrix,) = (table for table in tables if "Owner" in table[0] and "Corrective action" in table[0])
    assert [row[0] for row in matrix[1:]] == list(CAPABILITIES)
    assert not any(cell for row in matrix[1:] for cell in row[1:])
    text = "\n".join(p.text for p in document.paragraphs)
    assert text.count(FOR_PEOPLE) >= 5
    assert LABEL in text


def test_what_happened_is_told_by_date_with_its_basis(written: Review) -> None:
    document = docx.Document(str(written.document))
    (told,) = (table for table in document.tables if "Sort" in [cell.text for cell in table.rows[0].cells])
    rows = [[cell.text for cell in row.cells] for row in told.rows[1:]]
    assert [(row[0], row[2], row[3]) for row in rows] == [
        ("4–24 Mar 2024", "event", "derived"),  # 100% lost is 0% left: the figure is derived, its date was read
        ("11 Mar 2024", "observation", "observed"), ("25 Mar 2024", "observation", "observed"),
        ("8 Apr 2024", "observation", "observed"),
    ]  # fmt: skip
    assert rows[0][4] == "Notice"


def test_every_figure_is_sourced_derived_or_assumed(written: Review) -> None:
    loaded = written.replay.subject.loaded
    rows = inputs(loaded)
    assert {row[2] for row in rows} == {"sourced", "derived", "assumed"}
    assert {row[0] for row in rows if row[2] != "assumed"} == set(loaded.spec.evidence)
    assert all(row[4] == "Not known" for row in rows if row[2] == "assumed")
    assert basis_of(rows, ["nowhere"]) == ("assumed", "Not known")


def test_a_review_of_a_folder_makes_no_draw_again_and_says_the_same(written: Review, tmp_path: Path) -> None:
    before = written.document.stat().st_mtime_ns
    kept = written.html.read_bytes()
    folder = written.html.parent
    again = ask.review(folder, workers=1)
    assert again.html.read_bytes() == kept
    assert again.document.stat().st_mtime_ns > before
    assert again.replay.draws == 3
    shutil.copytree(folder, tmp_path / "bare", ignore=shutil.ignore_patterns("*.json"))
    with pytest.raises(ScenarioError, match="not the folder of a replay"):
        ask.review(tmp_path / "bare")


def test_what_cannot_be_reviewed_is_refused_in_words(tmp_path: Path) -> None:
    shutil.copy(STARTER, tmp_path / "plain.yaml")
    with pytest.raises(ScenarioError, match="nothing to hold this scenario against"):
        ask.review(tmp_path / "plain.yaml")
    done = tideover("review", ".", cwd=tmp_path)
    assert done.returncode == 2
    assert "not the folder of a replay" in done.stderr
    assert files(tmp_path) == ["plain.yaml"]
