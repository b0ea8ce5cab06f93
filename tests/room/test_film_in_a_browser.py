"""The film in a real browser: stepped by keys and slider, it can be used by everybody, and asks nothing of anybody."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sim.room.film import film
from sim.tabletop.session import Session
from tests.room.browser import AXE, LOOKS, launched, need_chromium
from tests.tabletop.exercise import begun

need_chromium()


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Session:
    """Two turns, with an order whose reason looks like markup."""
    found = begun(tmp_path_factory.mktemp("ex"), "monday.session")
    found.decide("ministry", "order", 1, "<b>now</b>", id="a")
    found.fire("2")
    found.advance()
    found.advance()
    return found


@pytest.fixture(scope="module")
def place(session: Session, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the film lies."""
    assert session.file is not None
    found = tmp_path_factory.mktemp("film") / "film.html"
    found.write_text(film(session.file), encoding="utf-8")
    return found


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with launched() as browser:
        yield browser


def test_a_film_is_stepped_by_keys_and_slider_and_no_request_leaves_it(
    chromium: Any, session: Session, place: Path
) -> None:
    days = session.place.day
    asked, trouble = list[str](), list[str]()
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
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
    assert "<b>now</b>" in page.inner_text("#said") and page.locator("#said b:text-is('now')").count() == 0
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
    page.close()
    assert asked == [place.as_uri()] and trouble == []


def test_a_film_can_be_used_by_everybody(chromium: Any, place: Path) -> None:
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    for script in (AXE, LOOKS):
        page.add_init_script(path=script)
    page.goto(place.as_uri())
    page.keyboard.press("End")
    for look in ("findings", "small"):
        assert page.evaluate(f"looks.{look}()") == []
    page.evaluate("looks.twice()")
    assert page.evaluate("looks.lost()") == [], "text of twice the size"
    page.evaluate("document.documentElement.style.fontSize = ''")
    page.set_viewport_size({"width": 320, "height": 640})
    for look in ("lost", "small"):
        assert page.evaluate(f"looks.{look}()") == [], "a phone's width"
    page.close()
