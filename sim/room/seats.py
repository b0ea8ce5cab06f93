"""The seats of a room, and who is on them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sim.scenario.exercise_spec import FACILITATOR, OBSERVER
from sim.tabletop.table import Table

WALL = "wall"
SHARED = (WALL, OBSERVER)
"""Seats that many devices have at once."""
AWAY_AFTER = 10.0
"""Seconds of silence after which a seat is away."""
Page = Literal["facilitator", "player", "wall", "observer"]


@dataclass(frozen=True)
class Seat:
    """A seat: its address in the room, which page it has, the role by which the session knows it, and its title."""

    name: str
    page: Page
    role: str
    title: str


def seats_of(table: Table) -> dict[str, Seat]:
    """The seats of an exercise by their addresses: players are numbered, as roles may be called by any words."""
    seats = [Seat(FACILITATOR, "facilitator", FACILITATOR, "Facilitator")]
    for k, role in enumerate(table.exercise.roles, start=1):
        seats.append(Seat(f"role-{k}", "player", role, table.title(role)))
    seats += [Seat(OBSERVER, "observer", OBSERVER, "Observer"), Seat(WALL, "wall", OBSERVER, "Wall")]
    return {seat.name: seat for seat in seats}


class Presence:
    """Who was heard of when, and whether a decision is being written. `now` gives seconds."""

    def __init__(self, seats: Sequence[Seat], now: Callable[[], float]) -> None:
        self._seats, self._now = seats, now
        self._heard: dict[str, float] = {}
        self._writing: dict[str, bool] = {}

    def hear(self, seat: str, writing: bool = False) -> None:
        """Somebody is there."""
        self._heard[seat] = self._now()
        self._writing[seat] = writing

    def rows(self) -> list[dict[str, Any]]:
        """Each seat but the facilitator's: whether it is here, away or was never taken."""
        return [
            {
                "seat": seat.name, "role": seat.role, "title": seat.title, "state": self.state(seat.name),
                "writing": self._writing.get(seat.name, False),
            }
            for seat in self._seats
            if seat.page != "facilitator"
        ]  # fmt: skip

    def state(self, seat: str) -> str:
        """`here`, `away`, or `free` where nobody ever was."""
        if seat not in self._heard:
            return "free"
        return "here" if self._now() - self._heard[seat] < AWAY_AFTER else "away"
