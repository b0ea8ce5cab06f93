"""What is looked at before anything is done: who asks, for which turn, and whether it can be. All raise Refused."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from sim.errors import nearest, one_of_few
from sim.tabletop import views
from sim.tabletop.refusals import Refused
from sim.tabletop.table import Table

if TYPE_CHECKING:
    from sim.tabletop.session import Session


def aware(at: dt.datetime | None) -> dt.datetime | None:
    """A moment in UTC."""
    if at is None:
        return None
    if not isinstance(at, dt.datetime) or at.tzinfo is None:
        raise Refused("malformed", "a time has a zone: UTC")
    return at.astimezone(dt.UTC)


def check_text(text: object, what: str, longest: int) -> None:
    """A name or an id is a text of one line that is not too long."""
    if not isinstance(text, str) or not text.strip() or len(text) > longest or not text.isprintable():
        raise Refused("malformed", f"{what} is a text of 1 to {longest} letters")


def check_prose(text: object, what: str, longest: int, least: int = 0) -> None:
    """What somebody wrote is a text that is not too long, and that can be kept."""
    if not isinstance(text, str) or not least <= len(text.strip()) <= len(text) <= longest or _broken(text):
        raise Refused("malformed", f"{what} is a text of {least} to {longest} letters", str(text))


def _broken(text: str) -> bool:
    """Whether it has half of a letter, which no file takes."""
    return any("\ud800" <= letter <= "\udfff" for letter in text)


def check_role(table: Table, role: str, text: str = "") -> None:
    """The exercise has such a role."""
    if not isinstance(role, str):
        raise Refused("malformed", "a role is named by a text", text)
    if role not in table.exercise.roles:
        names = list(table.exercise.roles)
        like = nearest(role, names)
        hint = f"; did you mean '{like}'?" if like else ""
        raise Refused("role", f"there is no role '{role}'; expected {one_of_few(names, 'a role')}{hint}", text)


def check_turn(session: Session, role: str, turn: int, reason: str, taken_back: bool) -> None:
    """A decision is meant for the present turn, and was not handed in before the exercise was taken back."""
    if isinstance(turn, bool) or not isinstance(turn, int):
        raise Refused("malformed", "a decision is meant for a turn, by its number", reason)
    now = session.turn
    if session.over:
        raise Refused("stale", "the story is over", reason)
    if turn == now and not taken_back:
        return
    if taken_back or turn > now:
        message = f"this was written before the exercise was taken back; it is now turn {now}"
        raise Refused("stale", message, reason)
    message = f"this was written for turn {turn}; it is now turn {now}"
    raise Refused("stale", message, reason, views.changed(session, role, max(1, turn)))


def check_decision(session: Session, role: str, decision: str, reason: str) -> None:
    """The role may decide it, nothing of this turn sets the same, and the run can take it."""
    table, seat = session.table, session.table.exercise.roles[role]
    if not isinstance(decision, str):
        raise Refused("malformed", "a decision is named by a text", reason)
    if decision not in table.decisions:
        like = nearest(decision, seat.decides)
        hint = f"; did you mean '{like}'?" if like else ""
        expected = one_of_few(seat.decides, "one of its decisions")
        raise Refused("unknown", f"there is no decision '{decision}'; expected {expected}{hint}", reason)
    if decision not in seat.decides:
        may = [table.title(name) for name, other in table.exercise.roles.items() if decision in other.decides]
        raise Refused("role", f"only {' or '.join(may)} may decide '{decision}'", reason)
    rivals = {*table.decisions[decision].rivals, decision}
    for one in session.place.open_choices():
        if one.decision in rivals or decision in table.decisions[one.decision].rivals:
            same = "this" if one.decision == decision else f"'{one.decision}', which sets the same,"
            raise Refused("impossible", f"{same} was handed in by {table.title(one.role)} in this turn", reason)
    if why := session.look().running.refusal(decision):
        raise Refused("impossible", f"'{decision}' cannot be decided: {why}", reason)
