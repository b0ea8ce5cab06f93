"""Word documents: type, tables and pictures in one manner."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import Any

from sim.report.figures import scripts

FIGURE_INCHES, A3_INCHES, A3_HIGH = 7.0, 15.3, 9.6
A3_FROM = 12.0
"""Inches from which on a picture takes a sheet of A3."""
A4, A3 = (210, 297), (420, 297)
"""Millimetres, as they lie."""
PAGE_CM = 18.0
"""Between the margins."""
MOST_LETTERS = 60
"""Of a cell, for which a column has room in one line; an address takes several."""
PADDING = 1.5
"""Characters for which a column needs room beside its text."""


def set_up(document: Any, title: str) -> None:
    """A4, narrow margins, and type small enough for two pages."""
    from docx.shared import Mm, Pt, RGBColor

    document.core_properties.title = title
    document.core_properties.author = ""
    for section in document.sections:
        section.page_width, section.page_height = map(Mm, A4)
        section.left_margin = section.right_margin = Mm(15)
        section.top_margin = section.bottom_margin = Mm(14)
    sizes = {
        "Normal": (9, 0, 2),
        "Title": (15, 0, 4),
        "Heading 1": (11.5, 6, 1),
        "Heading 2": (10, 6, 1),
        "Heading 3": (9.5, 5, 1),
        "Caption": (8.5, 4, 1),
    }
    for name, (size, before, after) in sizes.items():
        style = document.styles[name]
        style.font.size, style.font.name = Pt(size), "Calibri"
        style.element.rPr.rFonts.set(_word("w:eastAsia"), "Calibri")
        for theme in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
            style.element.rPr.rFonts.attrib.pop(_word(theme), None)
        style.font.color.rgb = RGBColor(0x22, 0x22, 0x22)
        style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(after)
        style.paragraph_format.line_spacing = 1.0
        style.paragraph_format.keep_with_next = name.startswith("Heading") or name == "Caption"


def _word(name: str) -> str:
    from docx.oxml.ns import qn

    return str(qn(name))


def led(document: Any, head: str, line: str, style: str | None = None) -> None:
    """A paragraph whose first words are bold."""
    paragraph = document.add_paragraph(style=style)
    paragraph.add_run(head).bold = True
    paragraph.add_run(line)


def is_wide(figure: Any) -> bool:
    """Whether a picture takes a sheet of A3, on its side."""
    return bool(figure.get_figwidth() > A3_FROM)


def figure(document: Any, title: str, caption: str, figure: Any) -> None:
    """A picture with its caption; one that is wide stands on a sheet of A3 of its own."""
    from docx.shared import Inches

    if is_wide(figure):
        _sheet(document, A3)
    lacks = f" {scripts.IN_DOTS}" if scripts.lacking_in(figure) else ""
    document.add_paragraph(f"{title}. {caption}{lacks}", style="Caption")
    picture = BytesIO()
    figure.savefig(picture, format="png", dpi=200, metadata={"Software": None})
    wide, high = figure.get_size_inches().tolist()
    most = min(A3_INCHES, A3_HIGH * wide / high) if is_wide(figure) else FIGURE_INCHES
    document.add_picture(picture, width=Inches(min(most, wide)))
    if is_wide(figure):
        _sheet(document, A4)


def _sheet(document: Any, size: tuple[int, int]) -> None:
    """Begin a new page, of another size."""
    from docx.enum.section import WD_ORIENT, WD_SECTION
    from docx.shared import Mm

    section = document.add_section(WD_SECTION.NEW_PAGE)
    section.orientation = WD_ORIENT.LANDSCAPE if size[0] > size[1] else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = map(Mm, size)


def table(
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
    need = [max(min(max(map(len, column), default=0), MOST_LETTERS), 0.5 * len(name), 4)
            for name, column in zip(head, zip(*rows, strict=True), strict=True)]  # fmt: skip
    need = [length + PADDING for length in need]
    return [PAGE_CM * length / sum(need) for length in need]
