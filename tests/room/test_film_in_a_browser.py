"""The film in a real browser: it is stepped by keys and slider, and asks nothing of anybody."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

import pytest

from sim.room.film import film
from tests.tabletop.exercise import begun

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
if CHROMIUM is None and not os.environ.get("CI"):
    pytest.skip("no chromium on this machine", allow_module_level=True)
playwright = pytest.importorskip("playwright.sync_api", reason="no playwright in this environment")


def test_a_film_is_stepped_by_keys_and_slider_and_no_request_leaves_it(tmp_path: Path) -> None:
    session = begun(tmp_path / "ex", "monday.session")
    session.decide("ministry", "order", 1, "<b>now</b>", id="a")
    session.advance()
    session.advance()
    days = session.place.day
    assert session.file is not None
    place = tmp_path / "film.html"
    place.write_text(film(session.file), encoding="utf-8")
    asked, trouble = list[str](), list[str]()
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.on("request", lambda one: asked.append(one.url))
        page.on("pageerror", lambda error: trouble.append(str(error)))
        page.on("console", lambda said: trouble.append(said.text) if said.type == "error" else None)
        page.goto(place.as_uri())
        assert page.input_value("#slider") == "0"
        page.keyboard.press("ArrowRight")
        page.keyboard.press("ArrowRight")
        assert page.input_value("#slider") == "2" and page.inner_text("#day") == "Midnight before day 3"
        page.keyboard.press("End")
        assert page.input_value("#slider") == str(days)
        page.focus("#slider")
        page.keyboard.press("ArrowLeft")
        assert page.input_value("#slider") == str(days - 1)
        shown = page.inner_text("#said")
        assert "<b>now</b>" in shown and page.locator("#said b:text-is('now')").count() == 0
        for picture in ("#map", "#other"):
            assert page.locator(f"{picture} svg[role=img]").get_attribute("aria-label")
        assert page.locator("#unmet tbody tr").count() == len(session.table.begun.loaded.spec.products)
        page.keyboard.press("Home")
        page.focus("#play")
        page.keyboard.press("Enter")
        page.locator("#day").filter(has_not_text=re.compile("day 1$")).wait_for()
        page.keyboard.press("Enter")
        assert page.inner_text("#play") == "Play"
        page.select_option("#beside", "-1")
        assert page.locator("#other svg").count() == 0
        page.set_viewport_size({"width": 320, "height": 640})
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
        browser.close()
    assert asked == [place.as_uri()] and trouble == []
