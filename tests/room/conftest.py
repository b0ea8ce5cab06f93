"""A room that is asked as a browser asks it, without a network."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from starlette.testclient import TestClient

from sim.room.keys import Keys
from sim.room.room import Room
from sim.room.seats import SHARED, seats_of
from sim.room.web import make_app
from sim.tabletop.session import Session
from sim.tabletop.table import Settings, Table
from tests.tabletop.exercise import written

ADDRESS = "http://127.0.0.1:8000"
MINISTRY, CLINICS = "role-1", "role-2"


@pytest.fixture(scope="session")
def table(tmp_path_factory: pytest.TempPathFactory) -> Table:
    return Table(Settings(written(tmp_path_factory.mktemp("exercise"))))


@dataclass
class Device:
    """A browser that has joined at a seat."""

    client: TestClient
    seat: str

    def do(self, **asked: Any) -> tuple[int, dict[str, Any]]:
        answer = self.client.post(f"/at/{self.seat}/do", json=asked)
        return answer.status_code, answer.json()

    def events(self) -> list[tuple[str, dict[str, Any]]]:
        """What its stream brings until it ends, which it does in a room that is closed or when the seat is taken."""
        text = self.client.get(f"/at/{self.seat}/stream").text
        found = []
        for block in text.strip().split("\n\n"):
            fields = dict(line.split(": ", 1) for line in block.splitlines() if ": " in line)
            if "event" in fields:
                found.append((fields["event"], json.loads(fields["data"])))
        return found


@pytest.fixture
def room(table: Table) -> Iterator[Room]:
    yield Room(Session(table), Keys.of(list(seats_of(table)), SHARED), (f"{ADDRESS}/",))


@pytest.fixture
def browser(room: Room) -> Callable[[], TestClient]:
    """A new browser, which has joined nowhere."""
    app = make_app(room)
    return lambda: TestClient(app, base_url=ADDRESS, headers={"origin": ADDRESS}, client=("192.0.2.7", 50000))


@pytest.fixture
def joined(room: Room, browser: Callable[[], TestClient]) -> Callable[[str], Device]:
    """A device that joins at a seat."""

    def join(seat: str) -> Device:
        client = browser()
        answer = client.post("/join", json={"code": room.keys.code, "seat": seat, "pin": room.keys.pins[seat]})
        assert answer.status_code == 200, answer.text
        return Device(client, seat)

    return join
