"""What every process of a hazard is: a draw of shocks, each with its beginning and its length."""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Protocol, TypeVar

from sim.errors import Problem, ScenarioError
from sim.model.chance.distributions import Times
from sim.model.network import Calendar
from sim.registry import Kind, Registry
from sim.rng import Streams
from sim.units import Text

MOST_SHOCKS = 20_000
"""Times that a hazard may strike in one run, in the mean, every entry counted; twice as many hits stop a draw."""
ENDLESS = 20 * MOST_SHOCKS
"""Shocks after which a draw is given up, whatever was expected of it."""


@dataclass(frozen=True)
class Shock:
    """One time that a hazard strikes: `number` counts from 0, `start` in days since the start, `length` in days."""

    number: int
    start: float
    length: float


Turn = tuple[float, Streams]
"""A day, and the streams of what comes from that day on: luck that was drawn anew there."""
TRIES = 10_000
"""Draws of which one must agree with what is known by the day on which luck turned."""
D = TypeVar("D")


@dataclass(frozen=True)
class Draws:
    """Random numbers of one hazard, by purpose and by number of the shock.

    Every number has a stream block of its own, so that a longer run only adds shocks and changes none. Where luck was
    drawn anew (`turns`, in order of day), what had struck by then stays as it was, and what had not is drawn again,
    given that it had not.
    """

    streams: Streams
    prefix: str
    turns: tuple[Turn, ...] = ()

    def of(self, part: str) -> Draws:
        """The numbers of one of the hazard's entries."""
        return replace(self, prefix=f"{self.prefix}/{part}")

    def on(self, day: float) -> Draws:
        """The numbers of a shock that strikes on a day."""
        return replace(self, streams=next((s for turn, s in reversed(self.turns) if day >= turn), self.streams))

    def told(self, draw: Callable[[Draws, int], D], when: Callable[[D], float], since: float = -math.inf) -> D:
        """What `draw(numbers, try)` says, where `when` tells on which day that shows (inf: never).

        `since` is the day from which on it is decided. Of several tries the first counts that agrees with what is
        known by the day on which luck turned; where none of many does, nothing is left to luck.
        """
        found = draw(self, 0)
        for turn, streams in self.turns:
            if when(found) < turn:
                break
            numbers = replace(self, streams=streams)
            tries = (draw(numbers, number) for number in range(1 if since >= turn else TRIES))
            found = next((one for one in tries if when(one) >= turn), found)
        return found

    def wait(self, purpose: str, times: Times, number: int, since: float) -> float:
        """A time in days that runs from `since`; `number` counts such times."""
        if times.draw is None:
            return times.mean

        def draw(numbers: Draws, once: int) -> float:
            return numbers.time(purpose if not once else f"{purpose}/{number}/again", times, once or number)

        return self.told(draw, lambda time: since + time, since)

    def share(self, purpose: str, number: int) -> float:
        """Uniform on [0, 1)."""
        return float(self.streams.named(f"{self.prefix}/{purpose}", number).random())

    def time(self, purpose: str, times: Times, number: int) -> float:
        """A time in days."""
        if times.draw is None:
            return times.mean
        return float(times.draw(self.streams.named(f"{self.prefix}/{purpose}", number), 1)[0])


class SharedSeverity(Protocol):
    """What makes the amounts of a shock go together."""

    def share(self, common: Draws, own: Draws, purpose: str, number: int) -> float:
        """The share of a distribution's draws below that of a shock."""


@dataclass(frozen=True)
class Circumstances:
    """What a process may know: the calendar, how long a shock lasts, and what has struck already, by name."""

    calendar: Calendar
    lasts: Times
    happened: Mapping[str, Sequence[Shock]]
    severity: SharedSeverity | None = None

    def length(self, draws: Draws, number: int) -> float:
        """How long a shock lasts, in days."""
        if self.severity is None:
            return draws.time("lasts", self.lasts, number)
        return self.lasts.quantile(self.severity.share(draws, draws, "lasts", number))

    @property
    def first(self) -> float:
        """First simulated day."""
        return float(-self.calendar.warm_up)

    @property
    def end(self) -> float:
        """First day not simulated."""
        return float(self.calendar.days)


def refuse_endless(found: Sequence[object], most: int = ENDLESS) -> None:
    """Raise ScenarioError where a hazard has struck more often than any may."""
    if len(found) > most:
        message = f"a hazard struck more than {most:,} times in one run"
        raise ScenarioError([Problem("hazards", 0, message, None, "longer times between shocks, less spread out")])


class Process(Kind):
    """When a hazard strikes."""

    needs_length: ClassVar[bool] = False
    """whether when it strikes again depends on how long a shock lasts"""

    process: Text

    def follows(self) -> str | None:
        """Name of the hazard or disruption it waits for, if it does."""
        return None

    def shocks_a_day(self, length: float) -> float:
        """Mean number of shocks a day where they come again and again; `length` is that of a shock in days."""
        return 0.0

    @abstractmethod
    def shocks(self, draws: Draws, now: Circumstances) -> list[Shock]:
        """The shocks that begin within the simulated days, in order of their beginning."""


PROCESSES: Registry[Process] = Registry("hazard process", "process")
