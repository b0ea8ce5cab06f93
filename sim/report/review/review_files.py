"""A review as HTML that opens offline, and as .docx in which people write."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

from markupsafe import Markup

from sim.errors import needs
from sim.output.files import put, put_text
from sim.report import word
from sim.report.figures.style import drawing, to_svg
from sim.report.pages import fill_in
from sim.report.pictures import Picture
from sim.report.review.after_action import after_action
from sim.report.review.evidence import evidence_sheet
from sim.report.review.improvement import improvement
from sim.report.review.material import Material
from sim.report.review.parts import LABEL, Chapter, Part, Review
from sim.report.sheets import Sheet

HTML, DOCX = "review.html", "review.docx"


def compose(of: Material) -> Review:
    """All of a review."""
    annex = Part("Annex: evidence", [Chapter("What every figure rests on", [], [evidence_sheet(of.loaded, of.series)])])
    return Review(
        f"Review of {of.loaded.spec.title}",
        f"Scenario {of.loaded.spec.scenario}, {of.draws} draws. {LABEL}",
        [after_action(of), improvement(of), annex],
    )


def write_review(folder: Path, of: Material) -> tuple[Path, Path]:
    """Write both files into a folder; returns their paths."""
    html, document = folder / HTML, folder / DOCX
    with drawing():
        review = compose(of)
        put_text(html, to_html(review))
        put(document, lambda place: place.write_bytes(to_docx(review)))
    return html, document


def to_html(review: Review) -> str:
    """The review as one page."""
    return fill_in("review.html.j2", review=review, pictures=_pictures)


def _pictures(chapter: Chapter) -> list[tuple[Picture, bool]]:
    """Pictures, and whether each takes a sheet of A3."""
    found = []
    for k, (title, told, figure) in enumerate(chapter.pictures):
        name = f"{chapter.title.lower().replace(' ', '-')}-{k + 1}"
        found.append((Picture(name, title, told, Markup(to_svg(figure, name, title))), word.is_wide(figure)))
    return found


def _widths(sheet: Sheet) -> list[float] | None:
    """Centimetres of columns in which people write; None: by what stands in them."""
    number = len(sheet.head)
    if number == 2:
        return [0.28 * word.PAGE_CM, 0.72 * word.PAGE_CM]
    empty = any(not any(column) for column in zip(*sheet.rows, strict=True))
    return [word.PAGE_CM / number] * number if empty else None


def to_docx(review: Review) -> bytes:
    """The review as a Word document: a part begins on a page of its own."""
    with needs("python-docx", "the review that can be edited"):
        from docx import Document

    document: Any = Document()
    word.set_up(document, review.title)
    document.add_heading(review.title, 0)
    document.add_paragraph(review.about)
    for number, part in enumerate(review.parts):
        if number:
            document.add_page_break()
        document.add_heading(part.title, 1)
        for chapter in part.chapters:
            _chapter(document, chapter, 2)
    target = BytesIO()
    document.save(target)
    return target.getvalue()


def _chapter(document: Any, chapter: Chapter, level: int) -> None:
    document.add_heading(chapter.title, level)
    for line in chapter.said:
        document.add_paragraph(line)
    for shown in chapter.pictures:
        word.figure(document, *shown)
    for sheet in chapter.sheets:
        document.add_paragraph(sheet.caption, style="Caption")
        rows = [list(row) for row in sheet.rows]
        if rows:
            word.table(document, list(sheet.head), rows, sheet.text_columns, _widths(sheet))
        if sheet.note:
            document.add_paragraph(sheet.note)
    for part in chapter.within:
        _chapter(document, part, level + 1)
