"""What every process of a hazard is: a draw of shocks, each with its beginning and its length."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Protocol

from sim.errors import Problem, ScenarioError
from sim.model.distributions import Times
from sim.model.network import Calendar
from sim.registry import Kind, Registry
from sim.rng import Streams
from sim.units import Text

MOST_SHOCKS = 20_000
"""Times that a hazard may strike in one run, in the mean, every entry counted; twice as many hits stop a draw."""
ENDLESS = 5 * MOST_SHOCKS
"""Shocks after which a draw is given up, whatever was expected of it."""


@dataclass(frozen=True)
class Shock:
    """One time that a hazard strikes: `number` counts from 0, `start` in days since the start, `length` in days."""

    number: int
    start: float
    length: float


@dataclass(frozen=True)
class Draws:
    """Random numbers of one hazard, by purpose and by number of the shock.

    Every number has a stream block of its own, so that a longer run only adds shocks and changes none.
    """

    streams: Streams
    prefix: str

    def of(self, part: str) -> Draws:
        """The numbers of one of the hazard's entries."""
        return Draws(self.streams, f"{self.prefix}/{part}")

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
