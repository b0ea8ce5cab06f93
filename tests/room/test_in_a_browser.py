"""A whole exercise in a real browser: facilitator, two players and the wall, on one server."""

from __future__ import annotations

import signal
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from sim.tabletop.session_file import open_session
from tests.room.browser import PATIENCE, launched, need_chromium
from tests.room.test_serving import Served, served
from tests.tabletop.exercise import INJECTS, written

expect = need_chromium().expect
MSEL = INJECTS.replace("number,title", "Lfd.,Was", 1) + "7,To whom,,,,,,nobody,,,,,,\n"
"""The list of injects as somebody has it: names of columns that nobody knows, and a row that cannot be used."""


def sit_down(browser: Any, room: Served, title: str, size: tuple[int, int], trouble: list[str]) -> Any:
    """A page that has joined; what is wrong on it, and what it asks of others, is written into `trouble`."""
    page = browser.new_context(viewport={"width": size[0], "height": size[1]}).new_page()
    page.set_default_timeout(PATIENCE)
    page.on("pageerror", lambda error: trouble.append(f"{title}: {error}"))
    page.on("request", lambda asked: None if asked.url.startswith(room.address) else trouble.append(asked.url))
    page.on("console", lambda said: trouble.append(f"{title}: {said.text}") if "Security Policy" in said.text else None)
    page.goto(room.address)
    page.fill("#code", room.code.lower())
    page.get_by_role("radio", name=title).check()
    page.fill("#pin", room.pin(title))
    page.keyboard.press("Enter")
    page.wait_for_url("**/at/**")
    return page


def asker(facilitator: Any) -> Callable[[str], None]:
    """What presses a button that asks first, and says yes."""

    def press(button: str) -> None:
        facilitator.click(button)
        facilitator.click("#q-yes")
        facilitator.wait_for_selector("#question", state="hidden")

    return press


def read_list(facilitator: Any, file: Path) -> None:
    """Read a list of injects on the facilitator's page: told which column is which, and agreed to leave one row out."""
    facilitator.click("#read-list")
    facilitator.set_input_files("#q-file", file)
    facilitator.wait_for_selector("#question :text('no column is the number')")
    facilitator.get_by_label("number", exact=True).select_option("Lfd.")
    facilitator.get_by_label("title", exact=True).select_option("Was")
    facilitator.click("text=Look again")
    facilitator.wait_for_selector("#question :text('7 rows = 6 injects + 1 left out')")
    facilitator.wait_for_selector("#question :text('no such role')")
    facilitator.click("text=Use 6 injects, leave 1 row out")
    facilitator.wait_for_selector("#question", state="hidden")
    facilitator.click("#read-list")  # this browser knows these columns now
    facilitator.set_input_files("#q-file", file)
    facilitator.wait_for_selector("#question :text('7 rows = 6 injects + 1 left out')")
    facilitator.click("#q-no")


def test_a_whole_exercise(tmp_path: Path) -> None:
    file, trouble, exercise = tmp_path / "monday.session", list[str](), written(tmp_path / "exercise")
    (tmp_path / "msel.csv").write_text(MSEL, encoding="utf-8")
    with ExitStack() as opening:
        chromium, room = opening.enter_context(launched()), opening.enter_context(served(exercise, file))
        facilitator = sit_down(chromium, room, "Facilitator", (1440, 900), trouble)
        ministry = sit_down(chromium, room, "Ministry of health", (1180, 820), trouble)
        clinics = sit_down(chromium, room, "The clinics", (320, 640), trouble)
        wall = sit_down(chromium, room, "Wall", (1920, 1080), trouble)
        press = asker(facilitator)

        read_list(facilitator, tmp_path / "msel.csv")
        facilitator.click("#pause")  # the clock starts
        ministry.wait_for_selector("#left:has-text('Not started')", state="detached")
        facilitator.click("#pause")
        wall.wait_for_selector("#left:has-text('Paused')")
        facilitator.click("#pause")

        # an inject and a step come while somebody types: text and focus stay
        ministry.get_by_role("radio", name="order").check()
        ministry.locator("#reason").press_sequentially("the pass is")
        press("#fire-1")
        ministry.wait_for_selector("#injects:has-text('They let nobody over.')")
        assert ministry.evaluate("document.activeElement.id") == "reason"
        ministry.locator("#reason").press_sequentially(" closed")
        facilitator.wait_for_selector("#decisions:has-text('writing')")
        assert "They let nobody over" not in clinics.content() + wall.content()  # it was for the ministry alone
        ministry.reload()
        expect(ministry.locator("#reason")).to_have_value("the pass is closed", timeout=PATIENCE)

        # a network that is gone: what is handed in waits, and is taken once when it is back
        ministry.wait_for_selector("#turn:has-text('Turn 1')")
        ministry.context.set_offline(True)
        ministry.click("#hand-in")
        ministry.wait_for_selector("#handed:has-text('waits here')")
        ministry.context.set_offline(False)
        ministry.wait_for_selector("#handed:has-text('received')")
        facilitator.wait_for_selector("#decisions:has-text('the pass is closed')")
        press("#step")
        ministry.wait_for_selector("#turn:has-text('Turn 2')")
        ministry.wait_for_selector("#handed:has-text('counts')")
        wall.wait_for_selector("#turn:has-text('Turn 2')")
        wall.wait_for_selector("#unmet table")
        wall.wait_for_selector("#map svg[role=img]")

        # what was written for a turn that has passed is refused, with its text kept
        clinics.get_by_role("radio", name="less").check()
        clinics.fill("#reason", "<b>we save</b>")
        press("#step")
        clinics.wait_for_selector("#written:has-text('Written for turn 2; it is now turn 3')")
        clinics.click("#hand-in")
        clinics.wait_for_selector("#handed:has-text('not taken')")
        clinics.click("text=Use the text again")
        assert clinics.input_value("#reason") == "<b>we save</b>"
        clinics.get_by_role("radio", name="less").check()
        clinics.click("#hand-in")
        facilitator.wait_for_selector("#decisions:has-text('<b>we save</b>')")  # as text, not as markup

        # an observer's notes are kept as they are typed
        observer = sit_down(chromium, room, "Observer", (1180, 820), trouble)
        observer.get_by_role("radio", name="M", exact=True).check()
        observer.fill("textarea", "they asked too late")
        observer.wait_for_selector("#kept:has-text('All notes are kept')")

        # a machine that is switched off: what was handed in is there, what is handed in meanwhile waits
        room.process.send_signal(signal.SIGKILL)
        room.process.wait()
        ministry.wait_for_selector("#strip:has-text('No connection')")
        ministry.get_by_role("radio", name="open").check()
        ministry.click("#hand-in")
        ministry.wait_for_selector("#handed:has-text('waits here')")
        going_on = opening.enter_context(served(exercise, file, room.port))
        assert going_on.said.startswith(f"Going on with: {file} (turn 3)")
        ministry.wait_for_selector("#handed :text('received')")
        facilitator.wait_for_selector("#decisions:has-text('<b>we save</b>')")
        facilitator.wait_for_selector("#decisions:has-text('open')")

        # back to turn 2: what followed is kept, and can be gone on with
        clinics.locator("#reason").press_sequentially("half a")
        facilitator.click("#rewind")
        facilitator.select_option("#q-turn", "2")
        facilitator.fill("#q-name", "First try")
        facilitator.click("#q-yes")
        facilitator.wait_for_selector("#branches:has-text('First try')")
        clinics.wait_for_selector("#turn:has-text('Turn 2')")
        clinics.keyboard.type(" word")  # what is half typed survives, with its focus
        assert clinics.input_value("#reason") == "half a word"
        facilitator.click("#ask-preview")
        facilitator.wait_for_selector("#preview b")
        facilitator.click("#ask-compare")
        facilitator.wait_for_selector("#compare:has-text('Do nothing')")

        facilitator.click("#new-branch")
        facilitator.fill("#q-name", "Second try")
        facilitator.click("#q-yes")
        facilitator.wait_for_selector("#branch:has-text('Second try')")

        with facilitator.context.expect_page() as new:
            facilitator.click("text=Hot-wash")
        new.value.wait_for_selector("#turns:has-text('Lorries turned back')")
        new.value.wait_for_selector("#mattered:has-text('order')")
        with facilitator.expect_download() as saving:
            facilitator.click("text=Log as a table")
        assert "<b>we save</b>" in Path(saving.value.path()).read_text(encoding="utf-8")

        # nothing wider than a phone, nor than a text of twice the size
        assert clinics.evaluate("document.documentElement.scrollWidth") <= 320
        facilitator.set_viewport_size({"width": 720, "height": 450})
        assert facilitator.evaluate("document.documentElement.scrollWidth") <= 720

        # the newest device takes the seat
        sit_down(chromium, room, "The clinics", (390, 800), trouble)
        clinics.wait_for_selector("#strip:has-text('used on another device')")
        assert trouble == []
    session = open_session(file)
    assert (session.branch, session.turn) == ("Second try", 2)
    assert [one.number for one in session.table.injects] == ["1", "2", "3", "4", "5", "6"]
    (guide,) = session.view("observer")["guide"]
    assert guide["notes"][0]["rating"] == "M"
    assert [(one.decision, one.reason) for one in session.place.choices] == [("order", "the pass is closed")]
    assert session.branch_place("First try").turn == 3
