"""Injects: what reaches the players from outside, when, and what it does in the model."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, get_args

from sim.units import parse_date

Kind = Literal["standard", "contingency", "adaptive", "complexity"]
KINDS: tuple[str, ...] = get_args(Kind)
Status = Literal["waiting", "ready", "fired", "skipped"]
EVERYBODY = "all"
"""The word for all roles."""

AFTER = re.compile(
    r"(?:T\s*(?=\+))?\+?\s*"
    r"(?:(\d{1,3}):([0-5]\d)(?::[0-5]\d)?|(\d{1,4}(?:\.\d+)?)\s*(m|mins?|minutes?|h|hrs?|hours?)?)",
    re.IGNORECASE,
)
CLOCK = re.compile(
    r"([01]?\d|2[0-3]):([0-5]\d)(?::[0-5]\d)?|([01]\d|2[0-3])([0-5]\d)(?:\s*h(?:rs?|ours)?)?", re.IGNORECASE
)
HALF_DAY = re.compile(r"(1[0-2]|0?[1-9]):([0-5]\d)(?::[0-5]\d)?\s*([ap])\.?m\.?", re.IGNORECASE)
TURN = re.compile(r"turn\s+(\d{1,4})", re.IGNORECASE)
DAY = re.compile(r"day\s+(\d{1,5})", re.IGNORECASE)
RELATIVE = re.compile(r"\+(\d{1,5})\s*d")
"""A date counted from the day on which an inject is fired, such as +2d."""
DATED = ("from", "until")
"""Fields of a disruption that may be counted from there."""


@dataclass(frozen=True)
class Delivery:
    """When an inject is delivered in the room: so many minutes after the exercise began, or at a time of day."""

    minutes: float | None = None
    time: dt.time | None = None

    def __str__(self) -> str:
        if self.time is not None:
            return self.time.strftime("%H:%M")
        assert self.minutes is not None
        if self.minutes % 1:
            return f"+{self.minutes} min"
        hours, minutes = divmod(int(self.minutes), 60)
        return f"+{hours}:{minutes:02d}"


@dataclass(frozen=True)
class StoryTime:
    """When an inject happens in the story: on a day of the scenario, from 0 on; `text` is how it is written."""

    day: int
    text: str


class Span(NamedTuple):
    """The days of a story: its first date, how many there are, and how many a turn usually has."""

    start: dt.date
    days: int
    turn: int


@dataclass(frozen=True)
class Inject:
    """One line of the list.

    `number` is what it is called by; `to` are names of roles, or `all`. It is due when its delivery time has come, or,
    where it has none, its story time, or when its `condition` holds; with none of these it is fired by hand only.
    `events` are disruptions as in a scenario, which begin on the day on which it is fired unless they say otherwise.
    """

    number: str
    title: str
    delivery: Delivery | None = None
    story: StoryTime | None = None
    kind: Kind = "standard"
    method: str = ""
    sender: str = ""
    to: tuple[str, ...] = (EVERYBODY,)
    description: str = ""
    expected: str = ""
    phase: str = ""
    objectives: tuple[str, ...] = ()
    condition: Mapping[str, Any] | None = None
    events: tuple[Mapping[str, Any], ...] = ()

    def reaches(self, role: str) -> bool:
        """Whether a role is told."""
        return EVERYBODY in self.to or role in self.to

    def disruptions(self, on: dt.date) -> list[dict[str, Any]]:
        """Its events as disruptions of a run, fired at the midnight before a date; each has a name of its own."""
        found = []
        for k, event in enumerate(self.events):
            dated = {key: _dated(value, on) if key in DATED else value for key, value in event.items()}
            which = "" if len(self.events) == 1 else f" ({k + 1})"
            name = f"inject {self.number}{which}: {event.get('name', self.title)}"
            found.append({"from": on.isoformat(), **dated, "name": name})
        return found


@dataclass(frozen=True)
class Standing:
    """What has become of an inject: in which turn, when (UTC) and by whom it was fired or skipped; since which turn it
    is ready."""

    status: Status = "waiting"
    turn: int = 0
    at: dt.datetime | None = None
    by: str = ""


def parse_delivery(text: str) -> Delivery:
    """`10:25`, `1025` or `10:25 am` by the room's clock, `+0:25` or `25 min` since the exercise began; ValueError for
    anything else."""
    if match := CLOCK.fullmatch(text):
        return Delivery(time=dt.time(int(match[1] or match[3]), int(match[2] or match[4])))
    if match := HALF_DAY.fullmatch(text):
        return Delivery(time=dt.time(int(match[1]) % 12 + 12 * (match[3] in "pP"), int(match[2])))
    match = AFTER.fullmatch(text)
    if not match or not (match[4] or "+" in text):
        raise ValueError("a time of day such as 10:25, or one since the start such as +0:25 or 25 min")
    if match[1]:
        return Delivery(minutes=60 * int(match[1]) + int(match[2]))
    return Delivery(minutes=float(match[3]) * (60 if (match[4] or "")[:1] in ("h", "H") else 1))


def parse_story(text: str, span: Span) -> StoryTime:
    """A date of the story, `day 8` (day 1 is its first), or `turn 3`: the day on which that turn begins if all are as
    long as the exercise says. Raises ValueError for anything else, and for what is not in the story."""
    if match := TURN.fullmatch(text):
        day = (int(match[1]) - 1) * span.turn
    elif match := DAY.fullmatch(text):
        day = int(match[1]) - 1
    else:
        try:
            day = (parse_date(text.split(" ")[0].split("T")[0]) - span.start).days
        except ValueError as error:
            raise ValueError(f"{error}, a turn such as turn 3, or a day such as day 8") from None
    if not 0 <= day < span.days:
        last = span.start + dt.timedelta(days=span.days - 1)
        raise ValueError(f"a time of the story, which goes from {span.start} to {last}")
    return StoryTime(day, text)


def _dated(value: Any, on: dt.date) -> Any:
    """A date as the scenario writes it; `+2d` is two days after an inject is fired."""
    match = RELATIVE.fullmatch(value) if isinstance(value, str) else None
    return value if match is None else (on + dt.timedelta(int(match[1]))).isoformat()


def in_order(standings: Mapping[str, Standing], injects: Sequence[Inject], status: Status) -> list[Inject]:
    """Those of a status, in the order of the list."""
    return [one for one in injects if standings[one.number].status == status]
