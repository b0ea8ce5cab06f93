"""Sheets of paper as files: HTML, which prints as it is, and .docx, to be edited."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from sim.errors import needs
from sim.output.files import cannot_write, put, put_text
from sim.report.pages import fill_in

NO_LETTERS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""What XML has no place for."""
LONGEST_PROPERTY = 255


@dataclass(frozen=True)
class Paper:
    """A sheet, or where it is a `card`, a part of one: title, whom or what it is for, sentences, and a table to read or
    to write in, whose cells may be empty."""

    title: str
    under: str
    lines: tuple[str, ...] = ()
    head: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    card: bool = False


def files_of(name: str) -> tuple[str, str]:
    """How the files are called."""
    return f"{name}.html", f"{name}.docx"


def write_sheets(title: str, lead: str, found: Sequence[Paper], folder: Path, name: str) -> tuple[Path, Path]:
    """Write both files into a folder, which is made where it is missing; their paths. Raises WriteError."""
    html, document = (folder / file for file in files_of(name))
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_write(folder, error) from None
    put_text(html, fill_in("papers.html.j2", title=title, lead=lead, papers=found))
    put(document, lambda place: place.write_bytes(_to_docx(title, found)))
    return html, document


def _to_docx(title: str, found: Sequence[Paper]) -> bytes:
    with needs("python-docx", "the papers that can be edited"):
        from docx import Document

    document: Any = Document()
    document.core_properties.title, document.core_properties.author = _docx_text(title)[:LONGEST_PROPERTY], ""
    for number, paper in enumerate(found):
        if number and not (paper.card and found[number - 1].card):
            document.add_page_break()
        document.add_heading(_docx_text(paper.title), 1)
        document.add_paragraph(_docx_text(paper.under))
        for line in paper.lines:
            document.add_paragraph(_docx_text(line))
        if paper.head:
            _docx_table(document, (paper.head, *paper.rows))
    target = BytesIO()
    document.save(target)
    return target.getvalue()


def _docx_text(text: str) -> str:
    """A text as a document takes it: signs that are no letters, which a paste can bring along, are left out."""
    return NO_LETTERS.sub("", text)


def _docx_table(document: Any, rows: Sequence[Sequence[str]]) -> None:
    table = document.add_table(rows=len(rows), cols=len(rows[0]), style="Table Grid")
    for cells, texts in zip(table.rows, rows, strict=True):
        for cell, text in zip(cells.cells, texts, strict=True):
            cell.text = _docx_text(text)
