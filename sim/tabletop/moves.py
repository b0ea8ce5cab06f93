"""What may be done in a session, as entries of its log; and where a branch stands after some of them.

A branch is the entries that lead to where it stands, the model left out: who decided what in which turn, and what was
fired. All of it follows from the log alone.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, NamedTuple, get_args

from sim.tabletop.injects import Inject, Standing

Do = Literal[
    "advance", "decide", "withdraw", "fire", "skip", "unskip",
    "rewind", "branch", "switch", "reset", "clock", "message", "note",
]  # fmt: skip
DOES: tuple[str, ...] = get_args(Do)
ON_A_BRANCH: tuple[Do, ...] = ("advance", "decide", "withdraw", "fire", "skip", "unskip")
"""What leads a branch on; all else is about branches, or the room: its clock, and what is written there."""


class Entry(NamedTuple):
    """One line of the log: what was done, when (UTC; None where nobody said), by which role, and its particulars.

    advance: `day` (the first of the new turn), `ready` (numbers of the injects that have become so), `digest` (of the
    run then); decide: `id`, `decision`, `reason`; withdraw: `id`; fire, skip, unskip: `inject`; rewind: `turn`, `keep`;
    branch, switch: `name`; reset: `keep`; clock: `do`, `minutes`, `of`; message: `id`, `to`, `text`, `turn`;
    note: `id`, `guide`, `objective`, `rating`, `text`, `turn`.
    """

    do: Do
    at: dt.datetime | None
    by: str
    what: Mapping[str, Any]


Trail = tuple[Entry, ...]
"""What led to where a branch stands."""


@dataclass(frozen=True)
class Choice:
    """A decision that was handed in, in a turn. It `counts` once the turn is over, unless it was withdrawn."""

    id: str
    role: str
    decision: str
    turn: int
    reason: str = ""
    at: dt.datetime | None = None
    withdrawn: bool = False


@dataclass(frozen=True)
class Turn:
    """What was done in a turn: the injects fired in it, in turn, and what was chosen and not withdrawn."""

    day: int
    fired: tuple[str, ...] = ()
    chosen: tuple[str, ...] = ()


@dataclass(frozen=True)
class Place:
    """Where a branch stands: its turns, what became of each inject, and all decisions handed in."""

    turns: tuple[Turn, ...] = (Turn(0),)
    injects: Mapping[str, Standing] = field(default_factory=dict)
    choices: tuple[Choice, ...] = ()

    @property
    def turn(self) -> int:
        """The present turn, from 1 on."""
        return len(self.turns)

    @property
    def day(self) -> int:
        """The day of the scenario before which it stands."""
        return self.turns[-1].day

    def standing(self, inject: Inject) -> Standing:
        """What became of an inject."""
        return self.injects.get(inject.number, Standing())

    def open_choices(self) -> list[Choice]:
        """Decisions of the present turn, those withdrawn left out."""
        return [one for one in self.choices if one.turn == self.turn and not one.withdrawn]


START = Place()


def place_of(path: Iterable[Entry], place: Place = START) -> Place:
    """Where a branch stands after entries, from its beginning or from another place on."""
    for entry in path:
        place = _AFTER[entry.do](place, entry)
    return place


def _advance(place: Place, entry: Entry) -> Place:
    chosen = tuple(one.decision for one in place.open_choices())
    last = replace(place.turns[-1], chosen=chosen)
    turn = place.turn + 1
    ready = {number: Standing("ready", turn) for number in entry.what.get("ready", ())}
    turns = (*place.turns[:-1], last, Turn(int(entry.what["day"])))
    return replace(place, turns=turns, injects={**place.injects, **ready})


def _decide(place: Place, entry: Entry) -> Place:
    what = entry.what
    choice = Choice(what["id"], entry.by, what["decision"], place.turn, what.get("reason", ""), entry.at)
    return replace(place, choices=(*place.choices, choice))


def _withdraw(place: Place, entry: Entry) -> Place:
    choices = (replace(c, withdrawn=True) if c.id == entry.what["id"] else c for c in place.choices)
    return replace(place, choices=tuple(choices))


def _fire(place: Place, entry: Entry) -> Place:
    number = entry.what["inject"]
    last = replace(place.turns[-1], fired=(*place.turns[-1].fired, number))
    injects = {**place.injects, number: Standing("fired", place.turn, entry.at, entry.by)}
    return replace(place, turns=(*place.turns[:-1], last), injects=injects)


def _skip(place: Place, entry: Entry) -> Place:
    number = entry.what["inject"]
    return replace(place, injects={**place.injects, number: Standing("skipped", place.turn, entry.at, entry.by)})


def _unskip(place: Place, entry: Entry) -> Place:
    return replace(place, injects={**place.injects, entry.what["inject"]: Standing("ready", place.turn)})


_AFTER = {
    "advance": _advance, "decide": _decide, "withdraw": _withdraw, "fire": _fire, "skip": _skip, "unskip": _unskip,
}  # fmt: skip


def until_turn(path: Trail, turn: int) -> Trail:
    """The entries that led to the beginning of a turn."""
    if turn == 1:
        return ()
    steps = [k for k, entry in enumerate(path) if entry.do == "advance"]
    return path[: steps[turn - 2] + 1]
