"""Photographs of the exercise room in the middle of an exercise: the facilitator's page, a player's, and the wall.

Needs Chromium and Playwright's Python package; `make gallery` calls it.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sim.tabletop.session import Session
from sim.tabletop.table import Settings

ROOT = Path(__file__).resolve().parents[1]
EXERCISE = ROOT / "scenarios" / "exercises" / "export-ban-week.yaml"
SIZES = {"Facilitator": (1440, 900), "Central medical store": (1180, 820), "Wall": (1920, 1080)}
"""What each page is looked at on: a laptop, a tablet, a projector."""
NAMES = {"Facilitator": "room-facilitator", "Central medical store": "room-player", "Wall": "room-wall"}


def played(file: Path) -> None:
    """An exercise in its sixth turn, in a session's file: the store ordered by sea, and the ministry opened the reserve
    late."""
    session = Session.begin(Settings(EXERCISE), file)
    session.advance()
    session.fire("2")
    session.decide("store", "more by sea", 2, "two of three bags are gone", id="role-2:picture")
    session.advance()
    session.fire("4")
    session.fire("5")
    session.advance()
    session.decide("ministry", "open the reserve", 4, "before it is empty", id="role-1:picture")
    session.advance()
    session.fire("8")
    session.advance()


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
    page = browser.new_page(viewport={"width": width, "height": height})
    page.goto(address)
    page.fill("#code", code)
    page.get_by_role("radio", name=title).check()
    page.fill("#pin", re.findall(rf"{title} +PIN (\d+)", said)[0])
    page.click("text=Take the seat")
    page.wait_for_selector("text=Turn 6" if title != "Facilitator" else "text=6 of 8")
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
            pages["Facilitator"].click("#ask-preview")
            pages["Facilitator"].wait_for_selector("#preview b")
            pages["Central medical store"].get_by_role("radio", name="share by need").check()
            pages["Central medical store"].fill("#reason", "The Lake District has less than the others, and")
            for title, page in pages.items():
                found.append(folder / f"{NAMES[title]}.png")
                page.screenshot(path=found[-1])
            browser.close()
    return found
