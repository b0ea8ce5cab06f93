"""What is sent to each seat, to the last field; and that it is sent when something has changed."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
from collections.abc import Callable

import pytest

from sim.errors import WriteError
from sim.room.room import Room
from sim.tabletop.session import Session
from tests.room.conftest import CLINICS, MINISTRY, Device
from tests.tabletop.test_views import PLAYER, fields

Join = Callable[[str], Device]
ROOM = {
    "room", *(f"room.{name}" for name in ("now", "zone", "serial", "seat", "code", "addresses", "others", "currency")),
    "room.units", "room.units.drip", "room.others.title", "room.others.role",
}  # fmt: skip
"""All that a seat is told of the room, written down once more by hand."""


def test_every_byte_that_a_player_is_sent_stands_in_a_list(room: Room, joined: Join) -> None:
    facilitator, player = joined("facilitator"), joined(MINISTRY)
    here = {"branch": "Main"}
    player.do(do="decide", id="12345678", decision="order", turn=1, reason="soon")
    player.do(do="message", id="23456789", to=["clinics"], text="hello")
    facilitator.do(do="advance", step="turn", turn=1, **here)
    facilitator.do(do="fire", inject="1", turn=2, **here)
    room.close()
    ((event, state),) = player.events()
    assert event == "state"
    assert set(fields(state)) == {"view", *(f"view.{name}" for name in PLAYER), *ROOM}
    assert state["view"] == json.loads(json.dumps(room.session.view("ministry"))) | {"clock": state["view"]["clock"]}
    assert state["room"]["addresses"] == []
    for secret in (
        *room.keys.pins.values(),
        "A store room floods",
        "Order elsewhere",
        player.client.cookies[room.keys.cookie],
    ):
        assert secret not in json.dumps(state)


def test_only_the_facilitator_is_told_who_is_here(room: Room, joined: Join) -> None:
    joined(MINISTRY).client.post(f"/at/{MINISTRY}/here", json={"writing": True})
    devices = {seat: joined(seat) for seat in ("facilitator", "wall", "observer")}
    room.close()
    states = {seat: device.events()[0][1] for seat, device in devices.items()}
    told = {seat: state["room"] for seat, state in states.items()}
    assert ["guide" in states[seat]["view"] for seat in ("observer", "wall")] == [True, False]
    assert "here" not in told["wall"] and "here" not in told["observer"]
    rows = {row["seat"]: (row["state"], row["writing"]) for row in told["facilitator"]["here"]}
    assert (rows[MINISTRY], rows[CLINICS]) == (("here", True), ("free", False))
    assert told["wall"]["addresses"] == ["http://127.0.0.1:8000/"]


def test_who_is_silent_for_ten_seconds_is_away(room: Room) -> None:
    now = 100.0
    room.presence._now = lambda: now
    room.presence.hear(MINISTRY, writing=True)
    now = 109.9
    assert room.presence.state(MINISTRY) == "here"
    now = 110.0
    assert room.presence.state(MINISTRY) == "away"


def test_a_stream_brings_a_state_at_once_after_each_change_and_when_the_seat_is_taken(room: Room) -> None:
    async def follow() -> list[str]:
        key = room.keys.give(MINISTRY)
        states = room.states(room.seats[MINISTRY], key)
        found = [await anext(states)]
        await asyncio.to_thread(room.session.advance)
        room._changed()
        found.append(await anext(states))
        room.keys.give(MINISTRY)
        room.ring()
        found.append(await anext(states))
        with pytest.raises(StopAsyncIteration):
            await anext(states)
        assert not room._bells
        return [event if event == "taken" else str(json.loads(text)["view"]["turn"]) for event, text in found]

    assert asyncio.run(follow()) == ["1", "2", "taken"]


def test_who_comes_and_goes_is_news_for_the_facilitator_alone(room: Room) -> None:
    async def follow() -> tuple[list[str], bool]:
        states = {seat: room.states(room.seats[seat], room.keys.give(seat)) for seat in ("facilitator", MINISTRY)}
        for stream in states.values():
            await anext(stream)
        waiting = {seat: asyncio.ensure_future(anext(stream)) for seat, stream in states.items()}
        await asyncio.sleep(0)
        room.presence.hear(CLINICS)
        room.ring()
        event, text = await waiting["facilitator"]
        rows = {row["seat"]: row["state"] for row in json.loads(text)["room"]["here"]}
        await asyncio.sleep(0)
        still = not waiting[MINISTRY].done()
        room.close()
        with pytest.raises(StopAsyncIteration):
            await waiting[MINISTRY]
        return [event, rows[CLINICS]], still

    assert asyncio.run(follow()) == (["state", "here"], True)


def test_all_devices_of_a_seat_are_sent_what_was_looked_up_once(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[str] = []
    view = Session.view

    def counted(session: Session, role: str, now: dt.datetime | None = None) -> object:
        looked.append(role)
        return view(session, role, now)

    monkeypatch.setattr(Session, "view", counted)

    async def ask() -> None:
        for _ in range(3):
            await room.state(room.seats["wall"])
            await room.state(room.seats["observer"])
        room._changed()
        await room.state(room.seats["wall"])

    asyncio.run(ask())
    assert looked == ["observer", "observer"]


def test_what_the_disk_does_not_take_is_told_and_not_done(
    room: Room, joined: Join, monkeypatch: pytest.MonkeyPatch
) -> None:
    device = joined(MINISTRY)

    def full(session: Session) -> None:
        raise WriteError([])

    monkeypatch.setattr(Session, "save", full)
    status, said = device.do(do="decide", id="12345678", decision="order", turn=1)
    assert (status, said["why"]) == (503, "failed")
    assert room.session.entries == ()
