"""The documents of a review: every heading, every figure with what it rests on, and nothing concluded for people."""

from __future__ import annotations

import shutil
from pathlib import Path

import docx
import pytest

from sim import ask
from sim.ask.reviewing import Review
from sim.ask.timelines import timeline
from sim.errors import ScenarioError
from sim.report.hindsight.words import EVIDENCE, interval_words
from sim.report.review.after_action import EMPTY
from sim.report.review.evidence import _whole, basis_of, inputs
from sim.report.review.findings import _otherwise
from sim.report.review.improvement import CAPABILITIES
from sim.report.review.material import Material
from sim.report.review.parts import FOR_PEOPLE, LABEL
from sim.report.run.evidence import titled
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
ASKED = """extends: crisis.yaml
attribution: The plant, and that nobody looked at stock before it was gone.
counterfactuals:
  sooner:
    title: The plant back two weeks sooner
    why: A spare line was on offer.
    cost: 700
    changes: {disruptions.the plant stops.until: 2024-03-11}
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
    (place / "review.yaml").write_text(ASKED, encoding="utf-8")
    return ask.review(place / "review.yaml", draws=3, workers=1, out=place / "out")


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
    assert len(document.inline_shapes) == 3  # timeline, the fan of the one series, counterfactuals side by side


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
    assert rows[0][4] == "Notice (trade press)"
    assert rows[1][4] == "Survey (press)"


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


def test_counterfactuals_stand_in_the_findings_with_their_paired_difference(written: Review) -> None:
    """The words, the table and the picture; and that it is evidence for discussion."""
    assert written.what_if is not None
    row = written.what_if.difference("sooner")
    document = docx.Document(str(written.document))
    text = [p.text for p in document.paragraphs]
    inside = [p.text for p in document.paragraphs if p.style is not None and p.style.name == "Heading 3"]
    assert inside == [
        "How far the model can be believed",
        "What might have been decided",
        "What the shortage is put down to",
    ]
    assert EVIDENCE in text
    (table,) = (
        table for table in document.tables if "Difference (95 %)" in [cell.text for cell in table.rows[0].cells]
    )
    cells = [cell.text for cell in table.rows[1].cells]
    assert cells[:2] == ["The plant back two weeks sooner", "as it was"]
    assert cells[3] == interval_words(row, "units") and "700" in cells[-1]
    assert row["n"] == 3  # the draws of the replay


def test_what_is_not_asked_is_not_known() -> None:
    (said,) = _otherwise(Material(None, (), (), 3, None, ())).said  # type: ignore[arg-type]
    assert said.startswith("Not known")


def test_the_timeline_takes_a_sheet_of_a3_of_its_own(written: Review) -> None:
    """420 mm wide, and back to 210; on paper from the page as well."""
    document = docx.Document(str(written.document))
    assert [round(section.page_width.mm) for section in document.sections] == [210, 420, 210]
    page = written.html.read_text(encoding="utf-8")
    assert page.count('<figure class="a3">') == 1 and "@page a3{size:A3 landscape}" in page


def test_the_shortage_is_put_down_to_what_reviewers_say(written: Review) -> None:
    """In their words, beside what struck, with nothing filled in for them."""
    document = docx.Document(str(written.document))
    said = "In the reviewers' words: The plant, and that nobody looked at stock before it was gone."
    assert said in [p.text for p in document.paragraphs]
    assert said in written.html.read_text(encoding="utf-8").replace("&#39;", "'")
    (table,) = (table for table in document.tables if table.rows[0].cells[1].text == "How much of the shortage")
    rows = [[cell.text for cell in row.cells] for row in table.rows[1:]]
    assert rows[0][0] == "the plant stops" and not any(cell for row in rows for cell in row[1:])
    told = timeline(written.html.parent.parent / "review.yaml").lines()[-1]
    assert told.endswith("The plant, and that nobody looked at stock before it was gone.")


def test_the_quality_of_a_source_is_shown_and_an_address_goes_by_its_host(written: Review) -> None:
    loaded = written.replay.subject.loaded
    rows = {row[0]: row for row in inputs(loaded)}
    assert rows["sourcing.0.from.affected-maker"][3:5] == ["official", "Bulletin 1"]
    assert titled(loaded, "www.gazette.org/2024/03/one.html") == ("gazette.org", "www.gazette.org/2024/03/one.html")
    assert titled(loaded, "Bulletin 5/2024") == ("Bulletin 5/2024", "")
    assert [_whole(*of) for of in (("a.org", "a.org/1"), ("Bulletin", "https://b.org/2"), ("Bulletin", ""))] == [
        "a.org/1", "Bulletin https://b.org/2", "Bulletin",
    ]  # fmt: skip
    source = next(iter(loaded.spec.sources))
    assert titled(loaded, source) == (loaded.spec.sources[source].title, "")


def test_a_reserve_of_nothing_is_not_known_rather_than_none(written: Review) -> None:
    """The scenario has no reserve; a size of 0 that no source speaks of is a place for strategies."""
    text = "\n".join(p.text for p in docx.Document(str(written.document)).paragraphs)
    assert "Reserves. Not known: the scenario sets nothing apart" in text
    assert (
        all(EMPTY.match(size) for size in ("0", "0d", "0.0 d")) and not EMPTY.match("0.5d") and not EMPTY.match("30d")
    )
