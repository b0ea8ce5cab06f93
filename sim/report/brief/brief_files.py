"""A brief written to files: HTML that opens offline and prints to two pages, and .docx to be edited."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from sim.engine.compile.plan import compile_plan
from sim.errors import needs
from sim.output.files import put, put_text
from sim.report import word
from sim.report.brief.brief import compose
from sim.report.brief.parts import Brief, Section
from sim.report.figures.style import drawing, to_svg
from sim.report.pages import TEMPLATES, fill_in
from sim.report.pictures import Picture
from sim.report.words.phrases import percent
from sim.study.run.run import StudyResult

if TYPE_CHECKING:
    import pandas as pd

    from sim.study.ask.joining import Joined


def write_brief(
    result: StudyResult,
    folder: Path,
    tried: pd.DataFrame | None = None,
    luck: pd.DataFrame | None = None,
    joined: Joined | None = None,
) -> tuple[Path, Path]:
    """Write brief.html and brief.docx of a finished study into a folder; returns their paths.

    `tried` is the table of `sim.study.ask.robustness.robustness`, `luck` that of `sim.study.ask.luck.luck_alone`, if
    anything is uncertain; `joined` that of `sim.study.ask.joining.joined`, if the study names a pool.
    """
    design = result.design
    plan = compile_plan(design.loaded[design.scenarios[0], design.spec.reference])
    html, document = folder / "brief.html", folder / "brief.docx"
    with drawing():
        brief = compose(result, plan, tried, luck, joined)
        put_text(html, to_html(brief))
        put(document, lambda place: place.write_bytes(to_docx(brief)))
    return html, document


def to_html(brief: Brief) -> str:
    """The brief as one page, which prints to two sheets of paper; the annex is printed where it is opened."""
    pictures = {id(shown): _picture(shown) for sheet in brief.sheets for part in sheet for shown in part.figures}
    return fill_in(
        "brief.html.j2", brief=brief, picture=lambda shown: pictures[id(shown)], percent=percent,
        print_style=Markup((TEMPLATES / "brief.css").read_text(encoding="utf-8")),
    )  # fmt: skip


def _picture(shown: tuple[str, str, Any]) -> Picture:
    title, caption, figure = shown
    name = title.lower().replace(" ", "-")
    return Picture(name, title, caption, Markup(to_svg(figure, name, title)))


def to_docx(brief: Brief) -> bytes:
    """The brief as a Word document."""
    with needs("python-docx", "the brief that can be edited"):
        from docx import Document

    document: Any = Document()
    word.set_up(document, brief.title)
    document.add_heading(brief.title, 0)
    if brief.question:
        document.add_paragraph().add_run(brief.question).italic = True
    document.add_paragraph(brief.about)
    document.add_paragraph().add_run(brief.lead).bold = True
    for line in brief.told:
        document.add_paragraph(line)
    for number, sheet in enumerate(brief.sheets):
        if number:
            document.add_page_break()
        for part in sheet:
            _section(document, part)
    document.add_paragraph(brief.footer)
    document.add_page_break()
    document.add_heading("Technical annex", 1)
    document.add_paragraph("The twenty items of STRESS-DES (Monks et al. 2019, doi 10.1080/17477778.2018.1442155).")
    word.table(document, ["Item", "What it asks", "Answer"], [list(row) for row in brief.annex], 3, (1.2, 4.2, 12.6))
    target = BytesIO()
    document.save(target)
    return target.getvalue()


def _section(document: Any, part: Section) -> None:
    if part.title:
        document.add_heading(part.title, 1)
    for head, line in part.terms:
        word.led(document, f"{head}: ", line)
    if part.shares is not None:
        told = ", ".join(f"{count} {word} ({percent(count, part.shares.whole)})" for word, count in part.shares.parts)
        document.add_paragraph(f"Of {part.shares.whole} figures: {told}.")
    for line in part.before:
        document.add_paragraph(line)
    for grid in part.grids:
        if grid.caption:
            document.add_paragraph(grid.caption, style="Caption")
        word.table(document, list(grid.head), [[cell.plain for cell in row] for row in grid.rows], grid.text_columns)
        if grid.note:
            document.add_paragraph(grid.note)
    for shown in part.figures:
        word.figure(document, *shown)
    for line in part.paragraphs:
        document.add_paragraph(line)
    for head, line in part.points:
        word.led(document, f"{head} ", line, "List Bullet")
