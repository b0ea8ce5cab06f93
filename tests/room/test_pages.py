"""The pages as they are written: nothing from elsewhere, nothing inline, no markup of what people wrote."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sim.room.web import PAGES

FILES = sorted(path for path in PAGES.iterdir() if path.suffix in (".html", ".js", ".css", ".svg"))
NAMESPACE = "http://www.w3.org/2000/svg"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_page_asks_nothing_of_another_machine_and_makes_no_markup_of_texts(path: Path) -> None:
    text = path.read_text(encoding="utf-8").replace(NAMESPACE, "")
    assert not re.search(r"https?:|//[a-z]+\.[a-z]", text)
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function", text)
    if path.suffix == ".html":
        assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]* src=)", text)
        for name in re.findall(r'(?:src|href)="/pages/([^"]+)"', text):
            assert (PAGES / name).is_file(), name


def test_every_id_that_a_script_looks_for_stands_on_its_page() -> None:
    for page in ("facilitator", "player", "observer", "board", "join", "hot-wash"):
        html = (PAGES / f"{'wall' if page == 'board' else page}.html").read_text(encoding="utf-8")
        script = (PAGES / f"{page}.js").read_text(encoding="utf-8")
        ids = set(re.findall(r'\bid="([^"]+)"', html))
        assert len(ids) == len(re.findall(r'\bid="', html)), f"{page}: an id stands twice"
        assert set(re.findall(r'\bat\("([^"]+)"\)', script)) <= ids, page


def test_every_control_has_a_label_and_every_countdown_is_plain_text() -> None:
    for path in PAGES.glob("*.html"):
        html = path.read_text(encoding="utf-8")
        labelled = set(re.findall(r'<label for="([^"]+)"', html))
        wrapped = set(re.findall(r'<label><input[^>]*name="([^"]+)"', html))
        for tag in re.findall(r"<(?:input|select|textarea)[^>]*>", html):
            named = re.search(r'id="([^"]+)"', tag)
            assert (named and named[1] in labelled) or re.search(r'name="([^"]+)"', tag)[1] in wrapped, tag  # type: ignore[index]
        assert not re.search(r'id="left"[^>]*(role|aria-live)', html)
        assert "<html lang=" in html and "user-scalable" not in html


def test_all_pages_together_are_light() -> None:
    assert sum(path.stat().st_size for path in FILES) < 3_000_000


def test_one_day_is_not_told_as_days() -> None:
    """Numbers of days are put in words in one place."""
    for file in FILES:
        found = re.findall(r"\} days`.*", file.read_text(encoding="utf-8"))
        assert len(found) == (file.name == "dom.js"), (file.name, found)
