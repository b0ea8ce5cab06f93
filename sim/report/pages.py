"""Pages of tables, pictures and a few sentences, made from templates; every page opens offline."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from sim.report.pictures import Picture
from sim.report.sheets import Sheet

TEMPLATES = Path(__file__).parent / "templates"


def fill_in(template: str, **values: Any) -> str:
    """A template filled in; `style` is the report's."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True, keep_trailing_newline=True,
    )  # fmt: skip
    style = Markup((TEMPLATES / "report.css").read_text(encoding="utf-8"))
    return environment.get_template(template).render(style=style, **values)


def page(
    title: str,
    lead: Sequence[str],
    sheets: Sequence[Sheet],
    pictures: Sequence[Picture] = (),
    notes: Sequence[str] = (),
    paper: str = "",
) -> str:
    """A page with a heading, sentences, pictures, tables and small print, in that order; printed on A4 unless `paper`
    says otherwise."""
    values = {"title": title, "lead": lead, "sheets": sheets, "pictures": pictures, "notes": notes, "paper": paper}
    return fill_in("sheets.html.j2", **values)
