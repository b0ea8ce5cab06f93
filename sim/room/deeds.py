"""What may be asked of a room: each deed with its fields, on which pages it may be done, and what it does.

What stands in no list is refused, whoever asks.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from sim.room.seats import Page, Seat
from sim.scenario.exercise_spec import FACILITATOR
from sim.tabletop.refusals import Refused
from sim.tabletop.session import LONGEST_ID, LONGEST_NAME, LONGEST_TEXT, Session

Id = Annotated[str, StringConstraints(min_length=8, max_length=LONGEST_ID)]
Name = Annotated[str, StringConstraints(max_length=LONGEST_NAME)]
Prose = Annotated[str, StringConstraints(max_length=LONGEST_TEXT)]
Word = Annotated[str, StringConstraints(max_length=200)]
Number = Annotated[int, Field(ge=0, le=100_000)]


class Deed(BaseModel):
    """Something that is done, by whoever sits on a seat with one of some pages."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Decide(Deed):
    """Hand in a decision for a turn."""

    do: Literal["decide"]
    id: Id
    decision: Word
    turn: Number
    reason: Prose = ""


class Withdraw(Deed):
    """Take back a decision of this turn; the facilitator sends it back."""

    do: Literal["withdraw"]
    id: Id


class Message(Deed):
    """Write to other roles, or the facilitator."""

    do: Literal["message"]
    id: Id
    to: Annotated[list[Word], Field(min_length=1, max_length=50)]
    text: Prose


class Note(Deed):
    """Fill in an evaluation guide: how far an objective was reached, and what was seen."""

    do: Literal["note"]
    id: Id
    guide: Id
    objective: Word
    rating: Literal["", "P", "S", "M", "U"] = ""
    text: Prose = ""


class Conduct(Deed):
    """What the facilitator does on what is on the screen: `branch` and `turn` say what that was, so that what is sent
    twice, or after a rewind, is refused."""

    branch: Name
    turn: Number


class Advance(Conduct):
    """Step on."""

    do: Literal["advance"]
    step: Literal["turn", "day", "next inject"]


class Fire(Conduct):
    """Fire an inject, leave it out, or take that back."""

    do: Literal["fire", "skip", "unskip"]
    inject: Word


class Rewind(Conduct):
    """Go back to the beginning of a turn; what followed is kept as a branch."""

    do: Literal["rewind"]
    back_to: Number
    keep: Name | None = None


class NewBranch(Conduct):
    """Go on from here under a new name."""

    do: Literal["branch"]
    name: Name | None = None


class Switch(Conduct):
    """Go on with another branch."""

    do: Literal["switch"]
    name: Name


class Reset(Conduct):
    """Begin again; what was played is kept as a branch."""

    do: Literal["reset"]
    keep: Name | None = None


class SetClock(Deed):
    """Start, pause or resume the clock, give more minutes, or leap ahead."""

    do: Literal["clock"]
    what: Literal["start", "pause", "resume", "extend", "jump"]
    minutes: Annotated[float, Field(ge=0, le=24 * 60, allow_inf_nan=False, strict=False)] = 0.0
    of: Literal["exercise", "turn"] = "exercise"


Asked = Annotated[
    Decide | Withdraw | Message | Note | Advance | Fire | Rewind | NewBranch | Switch | Reset | SetClock,
    Field(discriminator="do"),
]
PLAYERS: frozenset[Page] = frozenset({"player"})
CONDUCTS: frozenset[Page] = frozenset({"facilitator"})
OBSERVERS: frozenset[Page] = frozenset({"observer"})
MAY: dict[type[Deed], frozenset[Page]] = {
    Decide: PLAYERS, Withdraw: PLAYERS | CONDUCTS, Message: PLAYERS | CONDUCTS,
    Note: OBSERVERS, Advance: CONDUCTS, Fire: CONDUCTS, Rewind: CONDUCTS, NewBranch: CONDUCTS, Switch: CONDUCTS,
    Reset: CONDUCTS, SetClock: CONDUCTS,
}  # fmt: skip
"""From which pages each deed may be done."""


def carry_out(session: Session, seat: Seat, deed: Deed, now: dt.datetime) -> dict[str, Any]:
    """Do what was asked; what there is to say of it. Raises Refused, and then nothing is changed."""
    if seat.page not in MAY[type(deed)]:
        others = "only the facilitator may do this" if MAY[type(deed)] == CONDUCTS else "this page may not do this"
        raise Refused("role", others, getattr(deed, "reason", ""))
    if isinstance(deed, Conduct) and (deed.branch, deed.turn) != (session.branch, session.turn):
        written = f"this was asked in turn {deed.turn} of {deed.branch}"
        raise Refused("stale", f"{written}; it is now turn {session.turn} of {session.branch}")
    return _DOES[type(deed)](session, seat, deed, now)


def _decide(session: Session, seat: Seat, deed: Decide, now: dt.datetime) -> dict[str, Any]:
    session.decide(seat.role, deed.decision, deed.turn, deed.reason, id=_own(seat, deed.id), at=now)
    return {}


def _withdraw(session: Session, seat: Seat, deed: Withdraw, now: dt.datetime) -> dict[str, Any]:
    conducts = seat.role == FACILITATOR
    session.withdraw(deed.id if conducts else _own(seat, deed.id), seat.role, now)
    return {}


def _message(session: Session, seat: Seat, deed: Message, now: dt.datetime) -> dict[str, Any]:
    session.message(seat.role, deed.to, deed.text, id=_own(seat, deed.id), at=now)
    return {}


def _note(session: Session, seat: Seat, deed: Note, now: dt.datetime) -> dict[str, Any]:
    session.note(deed.guide, deed.objective, deed.rating, deed.text, id=_own(seat, deed.id), at=now)
    return {}


def _own(seat: Seat, id: str) -> str:
    """The id as the session has it: no seat can take or use up another's."""
    return id if id.startswith(f"{seat.name}:") else f"{seat.name}:{id}"


def _advance(session: Session, seat: Seat, deed: Advance, now: dt.datetime) -> dict[str, Any]:
    session.advance(deed.step, now, seat.role, turn=deed.turn)
    return {}


def _fire(session: Session, seat: Seat, deed: Fire, now: dt.datetime) -> dict[str, Any]:
    does = {"fire": session.fire, "skip": session.skip, "unskip": session.unskip}
    does[deed.do](deed.inject, now, seat.role)
    return {}


def _rewind(session: Session, seat: Seat, deed: Rewind, now: dt.datetime) -> dict[str, Any]:
    return {"kept": session.rewind(deed.back_to, deed.keep, now, seat.role)}


def _new_branch(session: Session, seat: Seat, deed: NewBranch, now: dt.datetime) -> dict[str, Any]:
    return {"branch": session.new_branch(deed.name, now, seat.role)}


def _switch(session: Session, seat: Seat, deed: Switch, now: dt.datetime) -> dict[str, Any]:
    session.switch(deed.name, now, seat.role)
    return {}


def _reset(session: Session, seat: Seat, deed: Reset, now: dt.datetime) -> dict[str, Any]:
    return {"kept": session.reset(deed.keep, now, seat.role)}


def _clock(session: Session, seat: Seat, deed: SetClock, now: dt.datetime) -> dict[str, Any]:
    session.set_clock(deed.what, now, deed.minutes, deed.of, seat.role)
    return {}


_DOES: dict[type[Deed], Callable[[Session, Seat, Any, dt.datetime], dict[str, Any]]] = {
    Decide: _decide, Withdraw: _withdraw, Message: _message, Note: _note, Advance: _advance, Fire: _fire,
    Rewind: _rewind, NewBranch: _new_branch, Switch: _switch, Reset: _reset, SetClock: _clock,
}  # fmt: skip
