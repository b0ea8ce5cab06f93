"""Every screen before, during and after an exercise: axe-core, large text, a phone's width, targets, keys."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest

from sim.tabletop.session import Session
from sim.tabletop.table import Table
from tests.room.browser import Hosted, hosted, launched, need_chromium
from tests.tabletop.exercise import at

need_chromium()
SCREENS = {
    "join": ("/", "input[name=seat]"),
    "facilitator": ("/at/facilitator/", "#branches li"),
    "player": ("/at/role-1/", "#offers input"),
    "wall": ("/at/wall/", "#map svg"),
    "observer": ("/at/observer/", "#guide textarea"),
    "hot-wash": ("/at/facilitator/hot-wash", "#turns > *"),
}
"""Each screen, and what is there when it is drawn."""
STATES = ("empty", "running", "ended")


def played(table: Table, state: str) -> Session:
    session = Session(table)
    if state == "empty":
        return session
    session.set_clock("start", at(0))
    session.fire("1", at(1))
    session.decide("ministry", "order", 1, "the pass is closed", id="role-1:first-one", at=at(2))
    session.message("clinics", ["ministry", "facilitator"], "What is coming?", id="role-2:message", at=at(2))
    session.advance("turn", at(3))
    session.skip("6", at(3))
    session.decide("ministry", "open", 2, "before it is empty", id="role-1:second", at=at(4))
    session.note("a-guide-of-one", "supply", "M", "they asked too late", id="observer:a-note", at=at(4))
    if state == "ended":
        while not session.over:
            session.advance("turn", at(5))
        session.rewind(7, "First try", at(6))
        session.advance("turn", at(7))
        session.advance("turn", at(7))
    return session


def look(page: Any, name: str) -> Any:
    """What is wrong on a page; see looks.js."""
    return page.evaluate(f"looks.{name}()")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with launched() as browser:
        yield browser


@pytest.fixture(scope="module", params=STATES)
def room(request: pytest.FixtureRequest, table: Table) -> Iterator[Hosted]:
    with hosted(played(table, request.param)) as found:
        yield found


@pytest.fixture(scope="module")
def window(room: Hosted, chromium: Any) -> Iterator[Any]:
    context = room.context(chromium, 1280, 800)
    yield context
    context.close()


@pytest.mark.parametrize("screen", SCREENS)
def test_a_screen_can_be_used_by_everybody(room: Hosted, window: Any, screen: str) -> None:
    path, drawn = SCREENS[screen]
    page = window.new_page()
    page.goto(room.address + path)
    page.wait_for_selector(drawn, state="attached")
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    assert look(page, "findings") == []
    assert look(page, "small") == []
    look(page, "twice")
    assert look(page, "lost") == [], "text of twice the size"
    page.evaluate("document.documentElement.style.fontSize = ''")
    page.set_viewport_size({"width": 320, "height": 640})
    assert look(page, "lost") == [], "a phone's width"
    assert look(page, "small") == [], "a phone's width"
    page.close()


@pytest.mark.parametrize("screen", SCREENS)
def test_every_control_is_reached_by_tab_and_seen_when_it_is(room: Hosted, window: Any, screen: str) -> None:
    path, drawn = SCREENS[screen]
    page = window.new_page()
    page.goto(room.address + path)
    page.wait_for_selector(drawn, state="attached")
    missing, covered = set(look(page, "controls")), []
    assert missing
    for _ in range(2 * len(missing) + 10):
        page.keyboard.press("Tab")
        found, seen = look(page, "focused")
        missing.discard(found)
        covered += [] if seen else [found]
        if not missing:
            break
    assert not missing
    assert covered == []
    page.close()


@pytest.mark.parametrize("room", ["empty"], indirect=True)
def test_what_asks_first_is_answered_by_keys_and_gives_the_focus_back(room: Hosted, window: Any) -> None:
    page = window.new_page()
    page.goto(f"{room.address}/at/facilitator/")
    page.wait_for_selector("#branches li")
    for button in ("step", "rewind", "reset", "new-branch", "read-list", "fire-1"):
        page.focus(f"#{button}")
        page.keyboard.press("Enter")
        page.wait_for_selector("#question[open]")
        assert page.evaluate("document.activeElement.id") == "q-no", "Enter, pressed twice, does nothing"
        assert look(page, "findings") == []
        assert look(page, "small") == []
        page.keyboard.press("Escape")
        page.wait_for_selector("#question", state="hidden")
        assert page.evaluate("document.activeElement.id") == button
    page.close()


FIRST_STATE_ONLY = """
const Stream = window.EventSource;
window.EventSource = class extends Stream {
  addEventListener(kind, told) {
    let states = 0;
    super.addEventListener(kind, (event) => { if (kind !== "state" || states++ === 0) told(event); });
  }
};
"""
"""The room's clock stands still in a test: a state that comes later would set the page's countdown back."""


def test_three_moments_of_the_countdown_are_announced_and_no_others(chromium: Any, table: Table) -> None:
    session = Session(table)
    session.set_clock("start", at(0))
    with hosted(session, at(60 - 303 / 60)) as found:  # of sixty minutes 303 seconds are left, until the page counts on
        page = found.context(chromium, 1180, 820).new_page()
        page.clock.install()
        page.add_init_script(FIRST_STATE_ONLY)
        page.goto(f"{found.address}/at/role-1/")
        page.wait_for_selector("#left:has-text('left')")
        page.clock.pause_at(dt.datetime.now() + dt.timedelta(minutes=1))
        page.evaluate("location.reload()")
        page.wait_for_selector("#left:has-text('5:03 left')")
        told = [page.inner_text("#say")]
        for seconds in (5, 230, 10, 40, 10):  # 298, 68, 58, 18 and 8 seconds are left
            page.clock.fast_forward(seconds * 1000)
            told.append(page.inner_text("#say"))
        five, one, ten = "Five minutes left", "One minute left", "Ten seconds left"
        assert told == ["", five, five, one, one, ten]
        live = "[aria-live], [role=status], [role=alert], [role=timer]"
        assert not page.evaluate(f"document.querySelector('#left').closest('{live}')")


def test_these_looks_see_what_they_look_for(room: Hosted, window: Any) -> None:
    page = window.new_page()
    page.goto(room.address)
    look(page, "spoil")
    assert {finding.partition(":")[0] for finding in look(page, "findings")} >= {"label", "color-contrast"}
    assert len(look(page, "small")) == 1
    assert len(look(page, "lost")) >= 2  # the page, and what makes it wide
    page.close()
