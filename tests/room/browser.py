"""What tests in a real browser share: Debian's chromium, and a room that is served beside the test."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from sim.room.keys import Keys
from sim.room.room import Room
from sim.room.seats import SHARED, seats_of
from sim.room.serving import Server, listen
from sim.room.web import make_app
from sim.tabletop.session import Session

AXE = Path(__file__).resolve().parents[1] / "data" / "axe" / "axe.min.js"
LOOKS = Path(__file__).with_name("looks.js")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
PATIENCE = 15_000
"""Milliseconds until something that should be seen is missed; a machine may be busy."""


def need_chromium() -> Any:
    """Playwright's module; skips the tests of a file where there is no browser, except in CI, which installs it."""
    if CHROMIUM is None and not os.environ.get("CI"):
        pytest.skip("no chromium on this machine", allow_module_level=True)
    return pytest.importorskip("playwright.sync_api", reason="no playwright in this environment")


@contextmanager
def launched() -> Iterator[Any]:
    """A browser."""
    with need_chromium().sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


class Hosted:
    """A room that is served from a thread of this process."""

    def __init__(self, room: Room, port: int) -> None:
        self.room, self.port = room, port

    @property
    def address(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}"

    def context(self, browser: Any, width: int, height: int) -> Any:
        """A window of the browser that has joined at every seat."""
        context = browser.new_context(viewport={"width": width, "height": height})
        context.set_default_timeout(PATIENCE)
        for script in (AXE, LOOKS):
            context.add_init_script(path=script)
        keys = self.room.keys
        for seat in self.room.seats:
            cookie = {"name": keys.cookie, "value": keys.give(seat), "domain": "127.0.0.1", "path": f"/at/{seat}/"}
            context.add_cookies([cookie])
        return context


@contextmanager
def hosted(session: Session, now: dt.datetime | None = None) -> Iterator[Hosted]:
    """A room over a session, served until the block ends; with `now` the room's clock stands there."""
    with listen("127.0.0.1", 0) as on:
        port = on.getsockname()[1]
        keys = Keys.of(list(seats_of(session.table)), SHARED)
        room = Room(session, keys, (f"http://127.0.0.1:{port}/",))
        if now is not None:
            room.now = lambda: now
        server = Server(uvicorn.Config(make_app(room), log_level="warning", ws="none"), room)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [on]})
        thread.start()
        try:
            while not server.started:
                assert thread.is_alive()
                time.sleep(0.01)
            yield Hosted(room, port)
        finally:
            server.should_exit = True
            thread.join(timeout=10)
            assert not thread.is_alive()
