"""The clocks of an exercise: a function of what was done to them, and of the time that it is given.

All times are UTC; a zone is for showing them and for times of day. Nothing here looks at the machine's clock.
"""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, get_args

from sim.scenario.exercise_spec import Exercise
from sim.tabletop.injects import Delivery

Do = Literal["start", "pause", "resume", "extend", "jump", "reset", "turn"]
DOES: tuple[str, ...] = get_args(Do)
Of = Literal["exercise", "turn"]
Status = Literal["not started", "running", "paused"]
NONE = dt.timedelta(0)


class Tick(NamedTuple):
    """Something that was done to the clock. `minutes` are those of an extension (`of` the exercise or the turn) or a
    jump; a `turn` begins: with a `day` where the session was moved to there, and the story's clock with it."""

    do: Do
    at: dt.datetime
    minutes: float = 0.0
    of: Of = "exercise"
    day: int | None = None


class Moved(NamedTuple):
    """Where the story's clock was set last: when, the day of the scenario, and what the room's clock showed."""

    at: dt.datetime
    day: int
    elapsed: dt.timedelta


class Span(NamedTuple):
    """A time for which the clock ran: from when until when, and what it showed as it began."""

    begins: dt.datetime
    ends: dt.datetime
    elapsed: dt.timedelta


class Due(NamedTuple):
    """When something is due; `alone` where a clock that paces the exercise brings it by itself: while it runs, and not
    leapt over."""

    at: dt.datetime
    alone: bool


@dataclass(frozen=True)
class Reading:
    """What the clocks show at a moment. Durations without pauses, but for `paused`; `left` and `turn_left` are below
    nothing once the time is up, `turn_left` None where turns have no limit."""

    status: Status
    now: dt.datetime
    elapsed: dt.timedelta
    paused: dt.timedelta
    left: dt.timedelta
    turn_left: dt.timedelta | None
    story: dt.datetime
    """a time of the story, which has no zone"""

    @property
    def up(self) -> bool:
        """Whether the time of the exercise is up."""
        return self.left <= NONE


class Clock:
    """The clock after all that was done to it, in turn.

    What was done at an earlier time than what was done before, as when a machine's clock is put back, counts as done at
    that time.
    """

    def __init__(self, exercise: Exercise, start: dt.date, ticks: Sequence[Tick] = ()) -> None:
        self._exercise, self._start = exercise, start
        self._zone = zoneinfo.ZoneInfo(exercise.zone)
        self._ticks = _since_reset(ticks)

    def refusal(self, do: Do) -> str:
        """Why something cannot be done to it now, empty where it can."""
        status = self._status(self._ticks)
        if do == "start" and status != "not started":
            return "the exercise has started already"
        if do in ("pause", "resume", "extend", "jump") and status == "not started":
            return "the exercise has not started"
        if do == "pause" and status == "paused":
            return "it is paused already"
        return "it is running already" if do == "resume" and status == "running" else ""

    def read(self, now: dt.datetime, story_day: int = 0) -> Reading:
        """What it shows; `story_day` is the day of the scenario where the turn stands, which is the story's time where
        that goes by turns."""
        now = max([now, *(tick.at for tick in self._ticks[-1:])])
        elapsed, spec = self._walk(now)[1], self._exercise
        begun = next((tick.at for tick in self._ticks if tick.do == "start"), now)
        turns = [k for k, tick in enumerate(self._ticks) if tick.do == "turn"]
        turn = turns[-1] if turns else 0
        left = None
        if spec.turn_minutes is not None:
            before = self._walk(None, turn + 1)[1] if turns else NONE
            left = dt.timedelta(minutes=spec.turn_minutes) + _minutes(self._ticks[turn:], "extend", "turn")
            left -= elapsed - before
        length = dt.timedelta(minutes=spec.minutes) + _minutes(self._ticks, "extend", "exercise")
        paused = now - begun - (elapsed - _minutes(self._ticks, "jump", "exercise"))
        return Reading(self.status, now, elapsed, paused, length - elapsed, left, self._story(elapsed, story_day))

    @property
    def status(self) -> Status:
        """Whether it runs."""
        return self._status(self._ticks)

    @property
    def last(self) -> dt.datetime | None:
        """When something was done to it last; None where nothing was."""
        return self._ticks[-1].at if self._ticks else None

    def shown(self, moment: dt.datetime) -> str:
        """A time of day in the room, with its zone: 10:42 CET."""
        return moment.astimezone(self._zone).strftime("%H:%M %Z")

    def due(self, delivery: Delivery) -> Due | None:
        """When a delivery is due; None where the exercise has not started, or has not come so far."""
        begun = next((tick.at for tick in self._ticks if tick.do == "start"), None)
        if begun is None:
            return None
        found: Due | None
        if delivery.time is not None:
            found = Due(moment := self._moment(begun, delivery.time), self._runs_at(moment))
        else:
            assert delivery.minutes is not None
            found = self._reached(dt.timedelta(minutes=delivery.minutes))
        if found is not None and (moved := self._moved()) is not None and found.at <= moved.at:
            return found._replace(alone=False)  # it had its time before the session was moved
        return found

    def story_reached(self, day: int) -> Due | None:
        """When the clock of the story comes to a day of the scenario; None where it has not and stands still, as it
        does until a turn is stepped where it goes by turns. What lies before a day that it was set to has passed."""
        if self._exercise.story.runs == "by turns" or self.status == "not started":
            return None
        if (moved := self._moved()) is None:
            return self._reached(dt.timedelta(days=day) / self._pace)
        if day <= moved.day:
            return Due(moved.at, False)
        return self._reached(moved.elapsed + dt.timedelta(days=day - moved.day) / self._pace)

    def _story(self, elapsed: dt.timedelta, story_day: int) -> dt.datetime:
        begins = dt.datetime.combine(self._start, dt.time())
        if self._exercise.story.runs == "by turns":
            return begins + dt.timedelta(days=story_day)
        if (moved := self._moved()) is None:
            return begins + elapsed * self._pace
        return begins + dt.timedelta(days=moved.day) + (elapsed - moved.elapsed) * self._pace

    @property
    def _pace(self) -> float:
        """How many times as fast as the room's clock the story's is."""
        return self._exercise.story.times if self._exercise.story.runs == "compressed" else 1.0

    def _moved(self) -> Moved | None:
        for k in range(len(self._ticks) - 1, -1, -1):
            tick = self._ticks[k]
            if tick.day is not None:
                return Moved(tick.at, tick.day, self._walk(None, k + 1)[1])
        return None

    def _moment(self, begun: dt.datetime, time: dt.time) -> dt.datetime:
        """When it is such a time of day in the room, within half a day of the start of the exercise; what the change of
        the clocks leaves out is as late after midnight as if they had not been changed."""
        day = begun.astimezone(self._zone).date()
        dates = [day + dt.timedelta(days=shift) for shift in (-1, 0, 1)]
        moments = []
        for date in dates:
            first, second = (
                dt.datetime.combine(date, time.replace(fold=fold), self._zone).astimezone(dt.UTC) for fold in (0, 1)
            )
            moments += [
                first,
                max(first, second),
            ]  # an hour that comes twice has two; one that is left out has the first
        return min(moments, key=lambda moment: abs(moment - begun))

    def _reached(self, elapsed: dt.timedelta) -> Due | None:
        """When the clock showed so much for the first time, or will if it runs on; None where it stands before."""
        if self.status == "not started":
            return None
        spans, shown = self._walk(None)
        for k, span in enumerate(spans):
            if elapsed < span.elapsed:
                return Due(span.begins, False)  # leapt over
            runs_on = k == len(spans) - 1 and self.status == "running"
            if runs_on or elapsed <= span.elapsed + (span.ends - span.begins):
                return Due(span.begins + (elapsed - span.elapsed), True)
        return Due(self._ticks[-1].at, False) if elapsed <= shown else None  # leapt over in a pause

    def _runs_at(self, moment: dt.datetime) -> bool:
        spans, _ = self._walk(None)
        runs_on = [self.status == "running" and k == len(spans) - 1 for k in range(len(spans))]
        return any(
            span.begins <= moment and (moment < span.ends or on) for span, on in zip(spans, runs_on, strict=True)
        )

    def _walk(self, until: dt.datetime | None, count: int | None = None) -> tuple[list[Span], dt.timedelta]:
        """For which times it ran until a moment (None: until what was done last), and what it shows then; with `count`
        after so many things that were done."""
        ticks = [tick for tick in self._ticks[:count] if until is None or tick.at <= until]
        spans: list[Span] = []
        since, elapsed = None, NONE
        for tick in ticks:
            if since is not None and tick.do in ("pause", "jump"):
                spans.append(Span(since, tick.at, elapsed))
                elapsed += tick.at - since
                since = None if tick.do == "pause" else tick.at
            if tick.do in ("start", "resume"):
                since = tick.at
            if tick.do == "jump":
                elapsed += dt.timedelta(minutes=tick.minutes)
        if since is not None:
            end = until or ticks[-1].at
            spans.append(Span(since, end, elapsed))
            elapsed += end - since
        return spans, elapsed

    @staticmethod
    def _status(ticks: Sequence[Tick]) -> Status:
        told = [tick.do for tick in ticks if tick.do in ("start", "pause", "resume")]
        if not told:
            return "not started"
        return "paused" if told[-1] == "pause" else "running"


def _minutes(ticks: Sequence[Tick], do: Do, of: Of) -> dt.timedelta:
    """What was added by all of a kind together."""
    return dt.timedelta(minutes=sum(tick.minutes for tick in ticks if tick.do == do and tick.of == of))


def _since_reset(ticks: Sequence[Tick]) -> list[Tick]:
    """What was done since the last reset, in order of time."""
    last = max((k for k, tick in enumerate(ticks) if tick.do == "reset"), default=-1)
    found: list[Tick] = []
    for tick in ticks[last + 1 :]:
        found.append(tick._replace(at=max([tick.at, *(before.at for before in found[-1:])])))
    return found
