"""Photographs of the exercise room's pages late in an exercise, on what each is looked at.

Needs Chromium and Playwright's Python package; `make gallery` calls it.
"""

from __future__ import annotations

import datetime as dt
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sim.room.film import film
from sim.tabletop.session import Session
from sim.tabletop.table import Settings

ROOT = Path(__file__).resolve().parents[1]
EXERCISE = ROOT / "scenarios" / "exercises" / "export-ban-week.yaml"
FIRED = [("1",), ("2", "3"), ("4", "5"), ("6",), ("8",), ("9",)]
"""Injects by the turn in which they are fired."""
LAPTOP, TABLET, PROJECTOR = (1440, 900), (1180, 820), (1920, 1080)
SIZES = {"Facilitator": LAPTOP, "Central medical store": TABLET, "Wall": PROJECTOR, "Observer": TABLET}
NAMES = {"Facilitator": "facilitator", "Central medical store": "player", "Wall": "wall", "Observer": "observer"}


def played(file: Path) -> None:
    """An exercise in its seventh turn, in a session's file: the store ordered by sea, and the ministry opened the
    reserve late."""
    session = Session.begin(Settings(EXERCISE), file)
    begun = dt.datetime.now(dt.UTC) - dt.timedelta(minutes=62)
    session.set_clock("start", begun)
    decided = {
        2: ("store", "more by sea", "two of three bags are gone"),
        4: ("ministry", "open the reserve", "before it is empty"),
    }
    for turn, fired in enumerate(FIRED, start=1):
        at = begun + dt.timedelta(minutes=10 * turn)
        for number in fired:
            session.fire(number, at)
        if turn in decided:
            role, decision, reason = decided[turn]
            session.decide(role, decision, turn, reason, id=f"{role}:picture", at=at)
        session.advance("turn", at)


@contextmanager
def served(file: Path) -> Iterator[str]:
    """The room, and what it says on the terminal."""
    words = [sys.executable, "-m", "sim", "exercise", str(EXERCISE), "--session", str(file), "--port", "0"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        said = ""
        for line in process.stdout or ():
            said += line
            if line.startswith("Ctrl-C"):
                break
        try:
            yield said
        finally:
            process.terminate()


def sit_down(browser: Any, said: str, title: str) -> Any:
    """A page that has joined."""
    address, code = re.findall(r"Join at (\S+).*code (\w+)", said)[0]
    width, height = SIZES[title]
    page = browser.new_context(viewport={"width": width, "height": height}).new_page()
    page.goto(address)
    page.fill("#code", code)
    page.get_by_role("radio", name=title).check()
    page.fill("#pin", re.findall(rf"{title} +PIN (\d+)", said)[0])
    page.click("text=Take the seat")
    page.wait_for_selector("text=Turn 7" if title != "Facilitator" else "text=7 of 8")
    return page


def join(browser: Any, said: str) -> Any:
    """The page on which one joins, on a phone."""
    page = browser.new_page(viewport={"width": 390, "height": 844})
    page.goto(re.findall(r"Join at (\S+)", said)[0])
    page.wait_for_selector("#seat-list label")
    return page


def hot_wash(facilitator: Any) -> Any:
    """The page with which the exercise is talked over, on a projector."""
    page = facilitator.context.new_page()
    page.set_viewport_size(dict(zip(("width", "height"), PROJECTOR, strict=True)))
    page.goto(facilitator.url + "hot-wash")
    page.wait_for_selector("#turns table")
    return page


def film_of(browser: Any, file: Path, day: int) -> Any:
    """The film of a session, some days on."""
    place = file.with_suffix(".html")
    place.write_text(film(file), encoding="utf-8")
    page = browser.new_page(viewport=dict(zip(("width", "height"), PROJECTOR, strict=True)))
    page.goto(place.as_uri())
    page.focus("#play")
    for _ in range(day):
        page.keyboard.press("ArrowRight")
    return page


def photograph(chromium: str, folder: Path) -> list[Path]:
    """Save the pages as PNG files in a folder."""
    from playwright.sync_api import sync_playwright

    found = []
    with tempfile.TemporaryDirectory() as place:
        file = Path(place) / "picture.session"
        played(file)
        with served(file) as said, sync_playwright() as started:
            browser = started.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            pages = {title: sit_down(browser, said, title) for title in SIZES}
            pages["Observer"].get_by_role("radio", name="M", exact=True).first.check()
            pages["Observer"].locator("textarea").first.fill(
                "The store knew on 9 March; the ministry asked on the 22nd."
            )
            pages["Facilitator"].click("#pause")  # it stood while nothing served it
            pages["Facilitator"].click("#ask-preview")
            pages["Facilitator"].wait_for_selector("#preview b")
            pages["Central medical store"].get_by_role("radio", name="share by need").check()
            pages["Central medical store"].fill("#reason", "The Lake District has less than the others, and")
            pages |= {"Join": join(browser, said), "Hot-wash": hot_wash(pages["Facilitator"])}
            pages["Film"] = film_of(browser, file, day=38)
            for title, page in pages.items():
                found.append(folder / f"room-{NAMES.get(title, title.lower())}.png")
                page.screenshot(path=found[-1])
            browser.close()
    return found
