"""Asked by a wrong seat, for a past turn, under a forged id, too large, or from elsewhere: nothing happens."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, get_args

import pytest
from starlette.testclient import TestClient

from sim.room.deeds import MAY, Asked, Deed
from sim.room.room import Room
from tests.room.conftest import ADDRESS, CLINICS, MINISTRY, Device

Join = Callable[[str], Device]
HERE = {"branch": "Main", "turn": 1}
DEEDS: dict[str, dict[str, Any]] = {
    "advance": {"step": "turn", **HERE}, "fire": {"inject": "1", **HERE}, "skip": {"inject": "1", **HERE},
    "unskip": {"inject": "1", **HERE}, "rewind": {"back_to": 1, **HERE}, "branch": {"name": "Other", **HERE},
    "switch": {"name": "Main", **HERE}, "reset": HERE, "clock": {"what": "start"},
    "decide": {"id": "12345678", "decision": "order", "turn": 1}, "withdraw": {"id": "12345678"},
    "note": {"id": "12345678", "guide": "12345678", "objective": "supply", "rating": "M", "text": "late"},
    "message": {"id": "12345678", "to": ["clinics"], "text": "hello"},
}  # fmt: skip
"""One of each kind that the right seat could ask."""
OF_PLAYERS = {"decide", "withdraw", "message"}
OF_THE_FACILITATOR = {*DEEDS} - {"decide", "note"}


def test_every_kind_of_deed_is_tried_here_and_stands_in_the_list_of_who_may() -> None:
    kinds = get_args(get_args(Asked)[0])
    assert set(kinds) == set(MAY)
    assert {word for kind in kinds for word in get_args(kind.model_fields["do"].annotation)} == set(DEEDS)
    assert all(issubclass(kind, Deed) for kind in kinds)


@pytest.mark.parametrize(
    ("seat", "may"),
    [(MINISTRY, OF_PLAYERS), ("wall", set()), ("observer", {"note"}), ("facilitator", OF_THE_FACILITATOR)],
)
def test_a_seat_does_what_is_its_to_do_and_nothing_else(room: Room, joined: Join, seat: str, may: set[str]) -> None:
    device = joined(seat)
    for name in sorted({*DEEDS} - may):
        status, said = device.do(do=name, **DEEDS[name])
        assert (status, said["why"]) == (403, "role"), name
    assert room.session.entries == ()


def test_a_key_is_good_for_its_seat_alone(room: Room, joined: Join, browser: Callable[[], TestClient]) -> None:
    player, cookie = joined(MINISTRY), room.keys.cookie
    key = player.client.cookies[cookie]
    for seat in (CLINICS, "facilitator", "wall"):
        other = browser()
        other.cookies.set(cookie, key)
        answer = other.post(f"/at/{seat}/do", json={"do": "advance", "step": "turn", **HERE})
        assert (answer.status_code, answer.json()["why"]) == (401, "join")
    for forged in ("", "1", "1.", f"2{key[1:]}", f"{key[:-1]}{'0' if key[-1] != '0' else '1'}", "1.é"):
        assert not room.keys.made(MINISTRY, forged), forged
    assert browser().get(f"/at/{MINISTRY}/stream").status_code == 401
    for path in ("preview", "compare", "debrief", "log.csv"):
        assert player.client.get(f"/at/{MINISTRY}/{path}").status_code == 403
    assert player.client.post(f"/at/{MINISTRY}/wall").status_code == 403
    assert room.session.entries == ()


def test_what_was_meant_for_a_turn_that_has_passed_is_refused_with_its_text(room: Room, joined: Join) -> None:
    facilitator, player = joined("facilitator"), joined(MINISTRY)
    assert facilitator.do(do="advance", **DEEDS["advance"])[0] == 200
    before = room.session.entries
    status, said = player.do(do="decide", id="12345678", decision="order", turn=1, reason="no drips by Friday")
    assert (status, said["why"], said["text"]) == (409, "stale", "no drips by Friday")
    assert "it is now turn 2" in said["message"]
    for name in sorted(OF_THE_FACILITATOR - {"clock", "withdraw", "message"}):
        status, said = facilitator.do(do=name, **DEEDS[name])
        assert (status, said["why"]) == (409, "stale"), name
    assert room.session.entries == before


def test_an_id_of_another_seat_is_of_no_use(room: Room, joined: Join) -> None:
    ministry, clinics = joined(MINISTRY), joined(CLINICS)
    assert ministry.do(do="decide", id="12345678", decision="order", turn=1)[0] == 200
    (choice,) = room.session.place.choices
    for forged in ("12345678", choice.id):
        status, said = clinics.do(do="withdraw", id=forged)
        assert (status, said["why"]) == (404, "unknown")
    assert clinics.do(do="decide", id="12345678", decision="less", turn=1)[0] == 200  # as good as any other of its own
    assert ministry.do(do="decide", id="12345678", decision="order", turn=1)[0] == 200  # sent twice, taken once
    assert [one.decision for one in room.session.place.open_choices()] == ["order", "less"]
    assert len(room.session.entries) == 2


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        (b"", 422), (b"{", 422), (b"[]", 422), (b"[" * 9000, 400), (b'{"turn": ' + b"9" * 5000, 400),
        (b'{"do": "decide"}', 422), (b'{"do": "format", "turn": 1}', 422),
        (b'{"do": "decide", "id": "12345678", "decision": "order", "turn": "1"}', 422),
        (b'{"do": "decide", "id": "12345678", "decision": "order", "turn": 1, "role": "clinics"}', 422),
        (b'{"do": "decide", "id": "12345678", "decision": "ordre", "turn": 1}', 404),
        (b'{"do": "decide", "id": "12345678", "decision": "less", "turn": 1}', 403),
        (b'{"do": "decide", "id": "1", "decision": "order", "turn": 1}', 422),
        (b'{"do": "message", "id": "12345678", "to": [], "text": "x"}', 422),
        (b'{"do": "message", "id": "12345678", "to": ["nobody"], "text": "x"}', 403),
        (b'{"do": "message", "id": "12345678", "to": ["clinics"], "text": "\\ud800"}', 422),
        (b'{"do": "message", "id": "12345678", "to": ["clinics"], "text": "' + b"x" * 2001 + b'"}', 422),
        (b'{"do": "message", "id": "12345678", "to": ["clinics"], "text": "' + b"x" * 20_000 + b'"}', 413),
    ],
)  # fmt: skip
def test_what_is_malformed_or_too_large_changes_nothing(room: Room, joined: Join, asked: bytes, status: int) -> None:
    client = joined(MINISTRY).client
    answer = client.post(f"/at/{MINISTRY}/do", content=asked, headers={"content-type": "application/json"})
    assert answer.status_code == status, answer.text
    assert status == 413 or answer.json()["message"]
    assert room.session.entries == ()


def test_only_the_rooms_own_pages_at_its_own_address_are_answered(room: Room, joined: Join) -> None:
    client = joined(MINISTRY).client
    right = {"do": "decide", "id": "12345678", "decision": "order", "turn": 1}
    for headers in (
        {"origin": "http://evil.example"}, {"origin": "null"}, {"origin": "https://127.0.0.1:8000"},
        {"origin": "http://127.0.0.1:8001"}, {"host": "evil.example"}, {"host": "evil.example", "origin": "http://evil.example"},
        {"host": "127.0.0.1"}, {"host": "192.0.2.1:8000", "origin": "http://192.0.2.1:8000"},
    ):  # fmt: skip
        answer = client.post(f"/at/{MINISTRY}/do", json=right, headers=headers)
        assert (answer.status_code, answer.json()["why"]) == (403, "origin"), headers
    for path in ("/", "/lobby", f"/at/{MINISTRY}/stream", "/pages/dom.js"):
        assert client.get(path, headers={"host": "evil.example"}).status_code == 403
    del client.headers["origin"]
    assert client.post(f"/at/{MINISTRY}/do", json=right).status_code == 403
    assert client.get("/lobby").status_code == 200  # as where an address is typed
    form = {"content-type": "text/plain", "origin": ADDRESS}  # as a form of another site can send
    assert client.post(f"/at/{MINISTRY}/do", content=json.dumps(right), headers=form).status_code == 422
    assert room.session.entries == ()
    local = {"host": "localhost:8000", "origin": "http://localhost:8000"}
    assert client.post(f"/at/{MINISTRY}/do", json=right, headers=local).status_code == 200


def test_every_answer_forbids_what_is_not_the_rooms(browser: Callable[[], TestClient]) -> None:
    client = browser()
    for path in ("/", "/lobby", "/pages/room.css", "/nothing", f"/at/{MINISTRY}/", f"/at/{MINISTRY}/stream"):
        headers = client.get(path).headers
        assert headers["content-security-policy"].startswith("default-src 'self'; ")
        assert "unsafe" not in headers["content-security-policy"]
        assert (headers["x-content-type-options"], headers["cache-control"]) == ("nosniff", "no-store")
    for path in ("/docs", "/redoc", "/openapi.json", "/pages/../web.py", "/pages/%2e%2e/web.py", "/at/role-9/"):
        assert client.get(path).status_code == 404, path


def test_what_is_no_page_of_the_room_is_said_in_words(browser: Callable[[], TestClient]) -> None:
    for answer in (browser().get("/pages/%2e%2e/web.py"), browser().get("/at/nobody/"), browser().get("/join")):
        assert answer.status_code in (404, 405) and set(answer.json()) == {"why", "message"}
