"""A brief written to files: HTML that opens offline and prints to two pages, and .docx to be edited."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from sim.engine.compile.plan import compile_plan
from sim.errors import needs
from sim.output.files import put, put_text
from sim.report.brief.brief import compose
from sim.report.brief.parts import Brief, Section
from sim.report.figures import scripts
from sim.report.figures.style import drawing, to_svg
from sim.report.pages import TEMPLATES, fill_in
from sim.report.pictures import Picture
from sim.report.words.phrases import percent
from sim.study.run.run import StudyResult

if TYPE_CHECKING:
    import pandas as pd

    from sim.study.ask.joining import Joined

FIGURE_INCHES = 7.0
PAGE_CM = 18.0
"""Between the margins."""
PADDING = 1.5
"""Characters for which a column needs room beside its text."""


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
    _set_up(document, brief.title)
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
    _table(document, ["Item", "What it asks", "Answer"], [list(row) for row in brief.annex], 3, (1.2, 4.2, 12.6))
    target = BytesIO()
    document.save(target)
    return target.getvalue()


def _set_up(document: Any, title: str) -> None:
    """A4, narrow margins, and type small enough for two pages."""
    from docx.shared import Mm, Pt, RGBColor

    document.core_properties.title = title
    document.core_properties.author = ""
    for section in document.sections:
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.left_margin = section.right_margin = Mm(15)
        section.top_margin = section.bottom_margin = Mm(14)
    sizes = {"Normal": (9, 0, 2), "Title": (15, 0, 4), "Heading 1": (11.5, 6, 1), "Caption": (8.5, 4, 1)}
    for name, (size, before, after) in sizes.items():
        style = document.styles[name]
        style.font.size, style.font.name = Pt(size), "Calibri"
        style.element.rPr.rFonts.set(_word("w:eastAsia"), "Calibri")
        for theme in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
            style.element.rPr.rFonts.attrib.pop(_word(theme), None)
        style.font.color.rgb = RGBColor(0x22, 0x22, 0x22)
        style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(after)
        style.paragraph_format.line_spacing = 1.0
        style.paragraph_format.keep_with_next = name in ("Heading 1", "Caption")


def _word(name: str) -> str:
    from docx.oxml.ns import qn

    return str(qn(name))


def _section(document: Any, part: Section) -> None:
    if part.title:
        document.add_heading(part.title, 1)
    for head, line in part.terms:
        _led(document, f"{head}: ", line)
    if part.shares is not None:
        told = ", ".join(f"{count} {word} ({percent(count, part.shares.whole)})" for word, count in part.shares.parts)
        document.add_paragraph(f"Of {part.shares.whole} figures: {told}.")
    for line in part.before:
        document.add_paragraph(line)
    for grid in part.grids:
        if grid.caption:
            document.add_paragraph(grid.caption, style="Caption")
        _table(document, list(grid.head), [[cell.plain for cell in row] for row in grid.rows], grid.text_columns)
        if grid.note:
            document.add_paragraph(grid.note)
    for shown in part.figures:
        _figure(document, *shown)
    for line in part.paragraphs:
        document.add_paragraph(line)
    for head, line in part.points:
        _led(document, f"{head} ", line, "List Bullet")


def _led(document: Any, head: str, line: str, style: str | None = None) -> None:
    """A paragraph whose first words are bold."""
    paragraph = document.add_paragraph(style=style)
    paragraph.add_run(head).bold = True
    paragraph.add_run(line)


def _figure(document: Any, title: str, caption: str, figure: Any) -> None:
    from docx.shared import Inches

    lacks = f" {scripts.IN_DOTS}" if scripts.lacking_in(figure) else ""
    document.add_paragraph(f"{title}. {caption}{lacks}", style="Caption")
    picture = BytesIO()
    figure.savefig(picture, format="png", dpi=200, metadata={"Software": None})
    document.add_picture(picture, width=Inches(min(FIGURE_INCHES, figure.get_figwidth())))


def _table(
    document: Any, head: list[str], rows: list[list[str]], text_columns: int, widths: Sequence[float] | None = None
) -> None:
    """A table with lines between its rows only, figures to the right; `widths` in centimetres, else by content."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls
    from docx.shared import Cm, Pt

    table = document.add_table(rows=0, cols=len(head))
    table.autofit = False
    lines = "".join(
        f'<w:{edge} w:val="single" w:sz="{size}" w:space="0" w:color="{colour}"/>'
        for edge, size, colour in (("top", 8, "777777"), ("bottom", 4, "777777"), ("insideH", 4, "D5D5D5"))
    )
    sides = "".join(f'<w:{side} w:w="55" w:type="dxa"/>' for side in ("left", "right"))  # twentieths of a point
    properties = table._tbl.tblPr  # whose children Word wants in this order: borders, layout, margins, look
    properties.find(_word("w:tblLayout")).addprevious(parse_xml(f"<w:tblBorders {nsdecls('w')}>{lines}</w:tblBorders>"))
    properties.find(_word("w:tblLayout")).addnext(parse_xml(f"<w:tblCellMar {nsdecls('w')}>{sides}</w:tblCellMar>"))
    widths = widths or _by_content(head, rows)
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Cm(width)
    for number, row in enumerate([head, *rows]):
        added = table.add_row()
        added._tr.get_or_add_trPr().append(parse_xml(f"<w:cantSplit {nsdecls('w')}/>"))
        if not number:
            added._tr.get_or_add_trPr().append(parse_xml(f"<w:tblHeader {nsdecls('w')}/>"))
        for column, (cell, text) in enumerate(zip(added.cells, row, strict=True)):
            cell.width = Cm(widths[column])
            paragraph = cell.paragraphs[0]
            paragraph.paragraph_format.space_after = Pt(0)
            run = paragraph.add_run(text)
            run.font.size, run.bold = Pt(7.5), not number
            if column >= text_columns:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _by_content(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[float]:
    """Centimetres of each column: what its longest cell needs, the page's width shared out in that proportion."""
    need = [max(max(map(len, column), default=0), 0.5 * len(name), 4)
            for name, column in zip(head, zip(*rows, strict=True), strict=True)]  # fmt: skip
    need = [length + PADDING for length in need]
    return [PAGE_CM * length / sum(need) for length in need]
