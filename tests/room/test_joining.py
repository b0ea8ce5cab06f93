"""Joining: a code and a PIN for a key, so many tries, one device a seat; all of it is good after a restart."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from sim.errors import ScenarioError
from sim.room.keys import LETTERS, TRIES, TRIES_A_SEAT, WAIT, Keys, TooMany
from sim.room.room import Room
from tests.room.conftest import MINISTRY, Device

Join = Callable[[str], Device]


def wrong(pin: str) -> str:
    return f"{(int(pin) + 1) % 10**6:06}"


def test_a_key_is_kept_where_no_page_reads_it_and_no_other_site_sends_it(
    room: Room, browser: Callable[[], TestClient]
) -> None:
    typed = f" {room.keys.code[:3].lower()}-{room.keys.code[3:]} "
    answer = browser().post("/join", json={"code": typed, "seat": MINISTRY, "pin": f" {room.keys.pins[MINISTRY]} "})
    assert answer.json() == {"go": f"/at/{MINISTRY}/"}
    cookie = answer.headers["set-cookie"].lower()
    for word in ("httponly", "samesite=strict", f"path=/at/{MINISTRY}/"):
        assert word in cookie


def test_after_five_wrong_pins_not_even_the_right_one_is_looked_at_for_a_minute(
    room: Room, browser: Callable[[], TestClient]
) -> None:
    now = 0.0
    room.keys.now = lambda: now
    client, pin = browser(), room.keys.pins[MINISTRY]
    for k in range(TRIES):
        answer = client.post("/join", json={"code": room.keys.code, "seat": MINISTRY, "pin": wrong(pin)})
        assert answer.status_code == 403
        left = TRIES - 1 - k
        assert f"; {'one try' if left == 1 else f'{left} tries'} left" in answer.json()["message"]
        assert "set-cookie" not in answer.headers
    right = {"code": room.keys.code, "seat": MINISTRY, "pin": pin}
    assert client.post("/join", json=right).json()["message"] == "too many wrong PINs: try again in 60 s"
    now = WAIT - 0.5
    assert client.post("/join", json=right).status_code == 429
    now = WAIT
    assert client.post("/join", json=right).status_code == 200


def test_a_wrong_code_is_as_good_as_a_wrong_pin(room: Room, browser: Callable[[], TestClient]) -> None:
    client = browser()
    for code in ("", "ÄÖÜ", room.keys.code[:-1]):
        answer = client.post("/join", json={"code": code, "seat": MINISTRY, "pin": room.keys.pins[MINISTRY]})
        assert (answer.status_code, answer.json()["field"]) == (403, "pin")
    assert client.post("/join", json={"code": room.keys.code, "seat": "role-9", "pin": ""}).status_code == 404


def test_many_addresses_together_have_twenty_tries_a_minute_for_a_seat() -> None:
    keys = Keys.of(["a", "b"])
    keys.now = lambda: 0.0
    for k in range(TRIES_A_SEAT):
        assert keys.join("a", wrong(keys.pins["a"]), f"192.0.2.{k}") == TRIES - 1
    with pytest.raises(TooMany):
        keys.join("a", keys.pins["a"], "192.0.2.99")
    assert isinstance(keys.join("b", keys.pins["b"], "192.0.2.99"), str)


def test_the_newest_device_takes_the_seat_and_the_older_is_told(room: Room, joined: Join) -> None:
    first = joined(MINISTRY)
    second = joined(MINISTRY)
    assert first.events() == []  # its key is good no more: refused before the stream begins
    answer = first.client.post(f"/at/{MINISTRY}/here", json={})
    assert (answer.status_code, answer.json()["why"]) == (409, "taken")
    assert first.do(do="decide", id="12345678", decision="order", turn=1)[1]["why"] == "taken"
    assert room.session.entries == ()
    assert second.do(do="decide", id="12345678", decision="order", turn=1)[0] == 200
    walls = [joined("wall"), joined("wall")]  # which many have
    assert [wall.client.post("/at/wall/here", json={}).status_code for wall in walls] == [200, 200]


def test_the_facilitator_opens_the_wall_without_its_pin(room: Room, joined: Join) -> None:
    facilitator = joined("facilitator")
    assert facilitator.client.post("/at/facilitator/wall").json() == {"go": "/at/wall/"}
    assert facilitator.client.post("/at/wall/here", json={}).status_code == 200
    assert facilitator.client.post("/at/facilitator/here", json={}).status_code == 200


def test_code_pins_and_keys_are_good_after_a_restart(tmp_path: Path) -> None:
    file = tmp_path / "monday.session.keys"
    before = Keys.of(["a", "b"], ["b"], file)
    key = before.give("a")
    assert file.stat().st_mode & 0o077 == 0
    again = Keys.of(["a", "b", "c"], ["b"], file)
    assert (again.code, again.pins["a"], again.pins["b"]) == (before.code, before.pins["a"], before.pins["b"])
    assert again.holds("a", key) and not again.holds("b", key)
    again.give("a")
    assert not again.holds("a", key) and again.made("a", key)
    assert len(set(again.pins.values())) == 3
    assert set(again.code) <= set(LETTERS) and not set("O0I1") & set(LETTERS)
    file.write_text("{}", encoding="utf-8")
    with pytest.raises(ScenarioError, match="no keys of an exercise room"):
        Keys.of(["a"], (), file)
