"""A room: a session with seats, keys and streams. One thing is done at a time; whoever listens is told of each."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from typing import Any

from anyio.to_thread import run_sync  # which waits for what it began, also where who asked has gone

from sim.errors import TideoverError
from sim.model.goods.counted import in_plural
from sim.report.words.units import counted
from sim.room.deeds import Deed, carry_out
from sim.room.keys import Keys
from sim.room.seats import Presence, Seat, seats_of
from sim.tabletop import beside, views
from sim.tabletop.debrief import turn_by_turn, weigh
from sim.tabletop.inject_table import injects_csv
from sim.tabletop.log_table import log_csv
from sim.tabletop.moves import Choice
from sim.tabletop.reading_in import Looked, Offer, look, use
from sim.tabletop.session import Session
from sim.tabletop.views import Allowed

EVERY = 1.0
"""Seconds between looks at the clock and at who is here."""
PLAIN = ("code", "now", "zone", "serial", "seat", "addresses", "currency")
ROOM: Allowed = {
    **dict.fromkeys(PLAIN),
    "others": dict.fromkeys(("title", "role")),
    "units": None,
    "here": None,
    "under_way": None,
}
"""What every seat is told of the room itself, and of what goods and sums are counted in; who is here, and whether the
exercise is under way, is the facilitator's alone."""


def _utc() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


class Room:
    """A session that is played over the web; `addresses` are where to join, as they stand on the wall."""

    def __init__(
        self, session: Session, keys: Keys, addresses: tuple[str, ...] = (), now: Callable[[], dt.datetime] = _utc
    ) -> None:
        self.session, self.keys, self.addresses, self.now = session, keys, addresses, now
        self.seats = seats_of(session.table)
        self._counted = counted([session.table.begun.loaded.spec])
        self._units = {name: in_plural(unit) for name, unit in self._counted.products.items()}
        self.presence = Presence(list(self.seats.values()), time.monotonic)
        self.closed = False
        self.serial = 1
        """of the state; it rises with whatever changes it"""
        self._one = asyncio.Lock()
        self._bells: set[asyncio.Event] = set()
        self._sent: dict[str, tuple[int, dict[str, Any]]] = {}
        self._noticed, self._met = self._notices(), self._people()

    # what is sent

    async def state(self, seat: Seat) -> str:
        """What a seat is shown, as JSON text."""
        async with self._one:
            kept = self._sent.get(seat.role)
            if kept is None or kept[0] != self.serial:
                seen = await run_sync(self.session.view, seat.role, self.now())
                kept = self._sent[seat.role] = self.serial, seen
            serial, seen = kept
            clock = await run_sync(self._clock)
        if seat.page == "wall":
            seen = views.only(views.WALL, seen)  # an observer's eyes, without the guides
        data = {"view": seen | {"clock": clock}, "room": self._about(seat, serial)}
        return json.dumps(data, ensure_ascii=False, allow_nan=False)

    def lobby(self) -> dict[str, Any]:
        """What is shown before anybody has joined."""
        spec = self.session.table.begun.loaded.spec
        exercise = self.session.table.exercise
        seats = [
            {"seat": seat.name, "title": seat.title, "state": self.presence.state(seat.name)}
            for seat in self.seats.values()
        ]
        return {
            "title": spec.title, "question": spec.question or "", "leaves_out": spec.leaves_out or "",
            "minutes": exercise.minutes, "turns": self.session.most_turns, "turn_days": exercise.turn, "seats": seats,
        }  # fmt: skip

    def _about(self, seat: Seat, serial: int) -> dict[str, Any]:
        others = [
            {"title": one.title, "role": one.role}
            for one in self.seats.values()
            if one.page in ("player", "facilitator") and one.role != seat.role
        ]
        told: dict[str, Any] = {
            "now": self.now().isoformat(), "zone": self.session.table.exercise.zone, "serial": serial,
            "seat": seat.title, "others": others, "code": self.keys.code,
            "addresses": list(self.addresses) if seat.page in ("wall", "facilitator") else [],
        }  # fmt: skip
        told |= {"currency": self._counted.currency, "units": self._units}
        if seat.page == "facilitator":
            told |= {"here": self.presence.rows(), "under_way": self.session.under_way}
        return dict(views.only(ROOM, told))

    def _clock(self) -> dict[str, Any]:
        return views.clock(self.session, self.session.reading(self.now()))

    # what is done

    async def do(self, seat: Seat, deed: Deed) -> dict[str, Any]:
        """Do what was asked, and tell everybody; raises Refused."""
        async with self._one:
            said = await run_sync(carry_out, self.session, seat, deed, self.now())
            self._noticed = await run_sync(self._notices)
            self._changed()
        return said

    async def read_in(self, offer: Offer, leave_out: int | None) -> Looked:
        """Look at another list of injects, or use it with so many rows left out; raises Refused."""
        async with self._one:
            if leave_out is None:
                return await run_sync(look, self.session, offer)
            found = await run_sync(use, self.session, offer, leave_out)
            self._noticed = await run_sync(self._notices)
            self._changed()
        return found

    async def preview(self, draws: int) -> beside.Ahead:
        """What goes unmet if they do nothing from here."""
        async with self._one:
            return await run_sync(beside.preview, self.session, draws)

    async def compare(self) -> list[beside.Line]:
        """The path taken beside doing nothing, the script and other branches."""
        async with self._one:
            return await run_sync(beside.compare, self.session)

    async def debrief(self) -> dict[str, Any]:
        """What happened, what each decision did, and what stands beside the path."""
        async with self._one:
            return await run_sync(_debrief, self.session) | {"units": self._units, "currency": self._counted.currency}

    async def log(self) -> str:
        """The log as CSV."""
        async with self._one:
            return await run_sync(log_csv, self.session)

    async def injects(self) -> str:
        """The list of injects as CSV."""
        async with self._one:
            return await run_sync(injects_csv, self.session.table.injects, self.session.played)

    async def keep_time(self) -> None:
        """Until the room is closed: bring what the clock brings, and tell who came or went."""
        while not self.closed:
            await asyncio.sleep(EVERY)
            async with self._one:
                with suppress(TideoverError):  # the disk is full, say: it is tried again
                    await run_sync(self.session.tick, self.now())
                notices = await run_sync(self._notices)
            if notices != self._noticed:
                self._noticed = notices
                self._changed()
            if (people := self._people()) != self._met:
                self._met = people
                self.ring()

    # who listens

    @contextmanager
    def listening(self) -> Iterator[asyncio.Event]:
        """A bell that rings whenever something has changed."""
        bell = asyncio.Event()
        self._bells.add(bell)
        try:
            yield bell
        finally:
            self._bells.discard(bell)

    async def states(self, seat: Seat, key: str) -> AsyncIterator[tuple[str, str]]:
        """(event, JSON text) for a stream, the state first: `state` after each change, `taken` when another device has
        the seat. It ends when the room is closed. Who comes or goes is of interest to the facilitator alone."""
        with self.listening() as bell:
            sent = 0
            while True:
                bell.clear()
                if not self.keys.holds(seat.name, key):
                    yield "taken", "{}"
                    return
                if sent != self.serial or seat.page == "facilitator":
                    sent = self.serial
                    yield "state", await self.state(seat)
                while not (bell.is_set() or self.closed):
                    await bell.wait()
                if self.closed:
                    return

    def ring(self) -> None:
        """Have every stream look up."""
        for bell in self._bells:
            bell.set()

    def close(self) -> None:
        """End all streams."""
        self.closed = True
        self.ring()

    def _changed(self) -> None:
        self.serial += 1
        self.ring()

    def _notices(self) -> tuple[object, ...]:
        """What makes a state another one, also without anybody's doing: entries of the log, injects that become ready,
        time that is up."""
        now, session = self.now(), self.session
        ready = tuple(session.status(one, now) for one in session.table.injects)
        return len(session.entries), ready, session.reading(now).up

    def _people(self) -> tuple[object, ...]:
        return tuple((row["state"], row["writing"]) for row in self.presence.rows())


def _debrief(session: Session) -> dict[str, Any]:
    titles = session.table.titles
    plain = {"turn", "decision", "reason"}

    def told(choice: Choice) -> dict[str, Any]:
        return {"by": titles[choice.role]} | {key: value for key, value in vars(choice).items() if key in plain}

    turns = [vars(turn) | {"decisions": [told(one) for one in turn.decisions]} for turn in turn_by_turn(session)]
    weights = [told(one.choice) | {"averted": one.averted} for one in weigh(session)]
    return {"turns": turns, "weights": weights, "lines": [asdict(line) for line in beside.compare(session)]}
