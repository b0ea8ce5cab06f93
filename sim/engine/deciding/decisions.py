"""Decisions during a run: conditions in the evening, delays, and what is in force from which midnight on."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from sim.engine.books.journal import Journal
from sim.engine.bound.decisions import BoundDecision
from sim.engine.bound.in_force import Policy, moved
from sim.engine.knowing.reports import Reports
from sim.engine.knowing.watch import Watch
from sim.engine.plan import Plan
from sim.model.effects import Impact
from sim.model.part import Part
from sim.model.vocabulary import Event
from sim.rng import Streams


@dataclass(frozen=True)
class Taken:
    """A decision that came into force: its name, kind and party, the product that it is about (empty: all).

    `met` is the evening on which its condition was met, NaN where it was chosen; `since` the first day on which it is
    in force, `until` the first on which it is not any more: infinite where it has no end, `since` where it is done
    once. `against_others` is whether it holds goods back from others rather than answering a shortage.
    """

    name: str
    kind: str
    party: str
    product: str
    met: float
    since: int
    until: float
    against_others: bool = False


Whose = tuple[str, str]
"""A decision, and the product that it was taken for (empty: all); or a disruption, and no product."""


@dataclass(frozen=True)
class Coming:
    """What decisions bring at a midnight, each with whose it is; what `ends` names is over, also of what comes."""

    impacts: tuple[tuple[Whose, Impact], ...]
    policies: tuple[tuple[Whose, Policy], ...]
    ends: tuple[Whose, ...]


class Decisions(Part):
    """All decisions of a run.

    Of each, arrays over its units: the evening on which its condition was met, the midnight on which it is due (NaN:
    it is not), the day from which it is not in force any more, and how often it was taken.

    `in_force` are those that are, each with the day since when.
    """

    CHANGES = ("_met", "_due", "_over", "_count", "_again", "in_force")
    GROWS = ("_taken", "_ended")

    def __init__(self, plan: Plan, reports: Reports, journal: Journal, streams: Streams) -> None:
        self._decisions: Sequence[BoundDecision] = ()
        self._chosen: frozenset[int] = frozenset()
        """days on which something is chosen as it is written"""
        self._reports, self._journal, self._streams = reports, journal, streams
        self._network = plan.network
        self._watches: list[Watch] = []
        self._met: list[np.ndarray] = []
        self._due: list[np.ndarray] = []
        self._over: list[np.ndarray] = []
        self._count: list[np.ndarray] = []
        self._again: list[np.ndarray] = []
        """whether the condition lapsed since what is done once was done"""
        self.in_force: dict[str, float] = {}
        self._taken: list[Taken] = []
        self._ended: list[tuple[int, int]] = []
        """of what was ended before its time: its place in `_taken`, and the day"""
        self.rejoin()
        self.expect(plan)

    def rejoin(self) -> None:
        self._reports.decided = self.in_force

    def draw_anew(self, day: int, streams: Streams) -> None:
        self._streams = streams

    def expect(self, plan: Plan) -> None:
        """From the present midnight on the decisions of a plan that has more behind those of before are looked at."""
        for one in plan.decisions[len(self._decisions) :]:
            units = len(one.acts)
            self._watches.append(
                Watch(
                    plan.network,
                    one.cells,
                    one.watched.member,
                    self._reports,
                    ahead=1,
                    watched=one.watched,
                    by=one.party,
                )
            )
            self._met.append(np.full(units, np.nan))
            self._due.append(np.full(units, np.nan))
            self._over.append(np.full(units, -np.inf))
            self._count.append(np.zeros(units, dtype=np.int64))
            self._again.append(np.ones(units, dtype=bool))
        self._decisions = plan.decisions
        self._chosen = frozenset(day for one in plan.decisions for day in one.chosen_on)

    @property
    def number(self) -> int:
        """How many they are."""
        return len(self._decisions)

    @property
    def taken(self) -> tuple[Taken, ...]:
        """Those that came into force, in turn."""
        ends = dict(self._ended)
        return tuple(replace(one, until=float(ends.get(k, one.until))) for k, one in enumerate(self._taken))

    def begin(self, day: int, known: int = 0) -> None:
        """The midnight before a day on which all but the `known` first come in: what only a date decides may be in
        force from then on."""
        for k, one in enumerate(self._decisions):
            if k >= known and one.when.all_sees == {"date"}:
                self._look(k, one, day - 1)

    def review(self, day: int) -> None:
        """The evening of a day: look at the conditions of all that may be decided."""
        for k, one in enumerate(self._decisions):
            waiting = ~np.isnan(self._due[k])
            if ((self._count[k] < one.at_most) & (self._over[k] <= day + 1)).any() or waiting.any():
                self._look(k, one, day)

    def _look(self, k: int, one: BoundDecision, day: int) -> None:
        units = len(one.acts)
        held = np.bincount(one.unit, self._watches[k].met(one.when, float(day)), units) > 0
        waiting = ~np.isnan(self._due[k])
        if one.while_needed:  # what was chosen is needed, whatever its condition says
            for unit in (waiting & ~held & ~np.isnan(self._met[k])).nonzero()[0].tolist():
                self._give_up(k, unit, day)
        self._again[k] |= ~held
        idle = ~waiting & (self._over[k] <= day + 1) & (self._count[k] < one.at_most) & self._again[k]
        for unit in (held & idle).nonzero()[0].tolist():
            if one.rivals and self._yields(k, unit, day + 1):
                continue
            self._met[k][unit] = day
            self._put_off(k, unit, day + 1)
            self._note("decision_due", day, one, unit)

    def choose(self, name: str, day: int) -> None:
        """Somebody chooses a decision at the midnight before a day, for all products of which it may be chosen.

        What was chosen before to begin no sooner, and sets the same, is given up.
        """
        k = self._number(name)
        for unit in self._idle(k, day).nonzero()[0].tolist():
            self._met[k][unit] = np.nan
            self._put_off(k, unit, day)
            for j, other in self._rivals(k, unit):
                if np.isnan(self._met[j][other]) and self._due[j][other] >= self._due[k][unit]:
                    self._give_up(j, other, day)

    def _choose_as_written(self, day: int) -> None:
        """Choose what the scenario says was chosen at a midnight, in its order, where it may be."""
        for one in self._decisions:
            if day in one.chosen_on and not self.refusal(one.name, day):
                self.choose(one.name, day)

    def refusal(self, name: str, day: int) -> str:
        """Why a decision may not be chosen at the midnight before a day, empty where it may."""
        k = self._number(name)
        one, calendar = self._decisions[k], self._network.calendar
        if self._idle(k, day).any():
            return "" if one.over > day else f"it was to be over on {calendar.date(int(one.over))}"
        if (waits := ~np.isnan(self._due[k])).any():
            return f"it is under way: in force from {calendar.date(int(self._due[k][waits].min()))} on"
        if (self._over[k] > day).any():
            return f"it is in force already, since {calendar.date(int(self.in_force[name]))}"
        times = "once" if one.at_most == 1 else f"{one.at_most} times"
        return f"it was taken {times}, which is as often as it may be"

    def _number(self, name: str) -> int:
        return next(k for k, one in enumerate(self._decisions) if one.name == name)

    def _idle(self, k: int, day: int) -> np.ndarray:
        """For which units a decision may be taken, so that it is in force from a day on or later."""
        idle = np.isnan(self._due[k]) & (self._over[k] <= day) & (self._count[k] < self._decisions[k].at_most)
        return np.asarray(idle)

    def _put_off(self, k: int, unit: int, day: int) -> None:
        """It will be in force once the delay after the midnight before a day is over."""
        one = self._decisions[k]
        generator = self._streams.named(f"decision/{one.name}/{one.product[unit]}/{self._count[k][unit]}")
        self._due[k][unit] = day + math.ceil(float(one.after.drawn(generator, 1)[0]) - 1e-9)

    def turns(self, day: int) -> bool:
        """Whether something is chosen, comes into force, or is over, at the midnight before a day."""
        if day in self._chosen:
            return True
        return any((due <= day).any() or (over == day).any() for due, over in zip(self._due, self._over, strict=True))

    def turn(self, day: int) -> Coming | None:
        """The midnight before a day: what is over, and what comes into force; None where nothing does."""
        impacts: list[tuple[Whose, Impact]] = []
        policies: list[tuple[Whose, Policy]] = []
        ends: list[Whose] = []
        named: list[str] = []
        if day in self._chosen:
            self._choose_as_written(day)
        for k, one in enumerate(self._decisions):
            for unit in (self._over[k] == day).nonzero()[0].tolist():
                self._end(k, unit, day)
            for unit in (self._due[k] <= day).nonzero()[0].tolist():
                if one.over <= day:
                    self._due[k][unit] = np.nan
                    self._count[k][unit] = one.at_most  # too late to do anything
                    continue
                if not np.isnan(self._met[k][unit]) and self._yields(k, unit, day):
                    self._give_up(k, unit, day)
                    continue
                for j, other in self._rivals(k, unit):  # the last that is chosen counts
                    if self._over[j][other] > day:
                        ends.append(self._end_early(j, other, day))
                until = min(one.over, day + one.lasts)
                self._take(k, unit, day, until)
                acts, whose = one.acts[unit], (one.name, one.product[unit])
                last = until if one.lasts else np.inf
                impacts += [(whose, _until(impact.moved(day), last)) for impact in acts.impacts]
                policies += [(whose, moved(policy, day, last)) for policy in acts.policies]
                named += acts.ends
        for name in named:
            ends += self._lift(name, day)
        if not (impacts or policies or ends):
            return None
        return Coming(tuple(impacts), tuple(policies), tuple(ends))

    def _rivals(self, k: int, unit: int) -> Iterator[tuple[int, int]]:
        """(decision, unit) of all that set what a unit of a decision sets, of which but one is in force at a time."""
        one = self._decisions[k]
        for j, other in enumerate(self._decisions):
            if other.name in one.rivals or one.name in other.rivals:
                mine = one.product[unit]
                yield from (
                    (j, its) for its, product in enumerate(other.product) if mine in ("", product) or not product
                )

    def _yields(self, k: int, unit: int, day: int) -> bool:
        """Whether something that sets the same was chosen and is in force on a day."""
        return any(
            np.isnan(self._met[j][other]) and (self._over[j][other] > day or self._due[j][other] <= day)
            for j, other in self._rivals(k, unit)
        )

    def _take(self, k: int, unit: int, day: int, until: float) -> None:
        one = self._decisions[k]
        self._due[k][unit] = np.nan
        self._count[k][unit] += 1
        self._over[k][unit] = until
        self._again[k][unit] = one.lasts > 0
        self.in_force.setdefault(one.name, float(day))
        met = float(self._met[k][unit])
        self._taken.append(Taken(one.name, one.kind, one.party, one.product[unit], met, day, until, one.against_others))
        self._note("decision_in_force", day, one, unit)

    def _end(self, k: int, unit: int, day: int) -> None:
        one = self._decisions[k]
        if one.lasts:
            self._note("decision_over", day, one, unit)
            if not (self._over[k] > day).any():
                self.in_force.pop(one.name, None)

    def _give_up(self, k: int, unit: int, day: int) -> None:
        """What was under way does not come."""
        self._due[k][unit] = np.nan
        self._note("decision_given_up", day, self._decisions[k], unit)

    def _end_early(self, k: int, unit: int, day: int) -> Whose:
        """What is in force is over before its time; whose it was."""
        whose = self._decisions[k].name, self._decisions[k].product[unit]
        self._over[k][unit] = day
        last = max(place for place, taken in enumerate(self._taken) if (taken.name, taken.product) == whose)
        self._ended.append((last, day))
        self._end(k, unit, day)
        return whose

    def _lift(self, name: str, day: int) -> list[Whose]:
        """Something by its name is over; of a decision what is under way does not come."""
        found: list[Whose] = []
        for k, one in enumerate(self._decisions):
            for unit in range(len(one.acts) if one.name == name else 0):
                found.append((name, one.product[unit]))
                if not np.isnan(self._due[k][unit]):
                    self._give_up(k, unit, day)
                if self._over[k][unit] > day:
                    self._end_early(k, unit, day)
        return found or [(name, "")]

    def _note(self, event: Event, day: int, one: BoundDecision, unit: int) -> None:
        product = self._network.products["name"].tolist().index(one.product[unit]) if one.product[unit] else -1
        self._journal.note(event, float(day), product=product, cause=one.name)


def _until(impact: Impact, day: float) -> Impact:
    """The same, over on a day at the latest."""
    return impact if impact.end <= day or not math.isfinite(day) else impact.ended(day)
