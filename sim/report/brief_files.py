"""A brief written to files: HTML that opens offline and prints to two pages and an annex, and .docx to be edited."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from sim.engine.compile.plan import compile_plan
from sim.report.brief import Brief, Section, compose
from sim.report.figures.style import drawing, to_svg
from sim.report.pages import TEMPLATES, fill_in
from sim.report.pictures import Picture
from sim.report.sheets import Sheet
from sim.study.run import StudyResult

if TYPE_CHECKING:
    import pandas as pd

FIGURE_INCHES = 4.6


def write_brief(result: StudyResult, folder: Path, tried: pd.DataFrame | None = None) -> tuple[Path, Path]:
    """Write brief.html and brief.docx of a finished study into a folder; returns their paths.

    `tried` is the table of `sim.study.robustness.robustness`, if the study names uncertain values.
    """
    design = result.design
    plan = compile_plan(design.loaded[design.scenarios[0], design.spec.reference])
    html, document = folder / "brief.html", folder / "brief.docx"
    with drawing():
        brief = compose(result, plan, tried)
        html.write_text(to_html(brief), encoding="utf-8")
        document.write_bytes(to_docx(brief))
    return html, document


def to_html(brief: Brief) -> str:
    """The brief as one page."""
    sections = [
        {"title": s.title, "paragraphs": s.paragraphs, "sheets": s.sheets, "pictures": list(map(_picture, s.figures))}
        for s in brief.sections
    ]
    return fill_in(
        "brief.html.j2", title=brief.title, question=brief.question, sections=sections, annex=brief.annex,
        print_style=Markup((TEMPLATES / "brief.css").read_text(encoding="utf-8")),
    )  # fmt: skip


def _picture(shown: tuple[str, str, Any]) -> Picture:
    title, caption, figure = shown
    name = title.lower().replace(" ", "-")
    return Picture(name, title, caption, Markup(to_svg(figure, name, title)))


def to_docx(brief: Brief) -> bytes:
    """The brief as a Word document."""
    from docx import Document
    from docx.shared import Inches, Pt

    document: Any = Document()
    document.styles["Normal"].font.size = Pt(10)
    document.core_properties.title = brief.title
    document.core_properties.author = ""
    for section in document.sections:
        section.left_margin = section.right_margin = Inches(0.8)
        section.top_margin = section.bottom_margin = Inches(0.7)
    document.add_heading(brief.title, 0)
    if brief.question:
        document.add_paragraph().add_run(brief.question).italic = True
    for part in brief.sections:
        _section(document, part, Inches(FIGURE_INCHES))
    document.add_page_break()
    document.add_heading("Technical annex", 1)
    document.add_paragraph("The twenty items of STRESS-DES (Monks et al. 2019, doi 10.1080/17477778.2018.1442155).")
    _table(document, ["Item", "What it asks", "Answer"], [list(row) for row in brief.annex])
    target = BytesIO()
    document.save(target)
    return target.getvalue()


def _section(document: Any, part: Section, width: Any) -> None:
    document.add_heading(part.title, 1)
    for line in part.paragraphs:
        document.add_paragraph(line)
    for sheet in part.sheets:
        _sheet(document, sheet)
    for title, caption, figure in part.figures:
        picture = BytesIO()
        figure.savefig(picture, format="png", metadata={"Software": None})
        document.add_picture(picture, width=width)
        document.add_paragraph(f"{title}. {caption}", style="Caption")


def _sheet(document: Any, sheet: Sheet) -> None:
    document.add_paragraph(sheet.caption, style="Caption")
    _table(document, list(sheet.head), [list(row) for row in sheet.rows])


def _table(document: Any, head: list[str], rows: list[list[str]]) -> None:
    table = document.add_table(rows=1, cols=len(head), style="Light Grid Accent 1")
    for cell, text in zip(table.rows[0].cells, head, strict=True):
        cell.text = text
    for row in rows:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
