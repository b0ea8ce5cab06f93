"""A run that has begun: it can stand still at a midnight, be copied, meet a disruption nobody knew of, and go on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from sim.api import Run, detail_for, table_for
from sim.engine.books.conservation import LOT_CHECK_DAYS
from sim.engine.books.journal import Detail
from sim.engine.bound.decisions import BoundDecision
from sim.engine.compile.further import compile_further
from sim.engine.compile.plan import compile_plan
from sim.engine.plan import Plan
from sim.engine.run import Outcome, Running
from sim.errors import PlaceError, Problem, ScenarioError, nearest
from sim.model.effects import Impact
from sim.scenario.drawing import Unknown, taken
from sim.scenario.injected import Injected, Written, injected
from sim.scenario.load import Loaded, Problems, load, load_injected
from sim.units import parse_date


@dataclass(frozen=True)
class _Step:
    """What was done to a run at the midnight before `day`: other luck from then on, disruptions and decisions that
    come, or a decision that was chosen.

    Policies that came are in the run's plan, and act there from their dates on.
    """

    day: int
    luck: int | None = None
    coming: tuple[Impact, ...] = ()
    decisions: tuple[BoundDecision, ...] = ()
    chosen: str = ""


def begin(
    path: str | Path,
    strategy: str | None = None,
    seed: int | None = None,
    overrides: Mapping[str, Any] | None = None,
    *,
    replication: int = 0,
    twin: bool = True,
    without_reserves: bool = True,
    without_decisions: bool = True,
    detail: Detail | None = None,
    daily: bool | str | Sequence[str] | None = None,
    lot_check: int = LOT_CHECK_DAYS,
    unknowns: Unknown = "written",
    sharings: bool = False,
) -> Begun:
    """Begin a run that can be stopped, copied and changed on its way.

    Parameters
    ----------
    path, strategy, seed, overrides, replication, detail, daily, lot_check, unknowns, sharings
        As for `sim.run`.
    twin, without_reserves, without_decisions
        As for `sim.run`; the twins are made when the run is resumed.

    Returns
    -------
    Begun
        The run at the midnight before its first day, that of the warm-up.

    Raises
    ------
    ScenarioError
        With everything that is wrong with the scenario.
    """
    settings = dict(overrides or {}) | ({} if seed is None else {"seed": seed})
    read = load(Path(path), strategy, settings)
    if read.spec.to_recovery:
        message = "a run that begins and is stopped on its way needs to know its last day"
        raise ScenarioError([read.document.problem(("end",), message, read.spec.end, "a date")])
    loaded = taken(read, replication, unknowns)
    plan = compile_plan(loaded)
    options: dict[str, Any] = {"replication": replication, "lot_check": lot_check}
    table = table_for(loaded, plan, daily)
    running = Running(plan, detail=detail_for(loaded, plan, detail), table=table, sharings=sharings, **options)
    bare = twin and without_reserves and any(reserve.size.any() for reserve in plan.reserves)
    undecided = twin and without_decisions
    beside = _Beside(settings, options, table, twin, bare, undecided, unknowns, plan.decisions)
    return Begun(loaded, running, beside)


@dataclass(frozen=True)
class _Beside:
    """What is known from the beginning: values set, options of the engine, which twins are made at the end, and the
    scenario's own decisions."""

    settings: dict[str, Any]
    options: dict[str, Any]
    table: bool | np.ndarray
    twin: bool
    bare: bool
    undecided: bool
    unknowns: Unknown
    decisions: tuple[BoundDecision, ...]


class Begun:
    """A run that has begun and stands at a midnight; made by `sim.begin`.

    It is changed in place by `until`, `inject` and `choose`; `fork` leaves it as it is, so that both can go on.
    """

    def __init__(
        self,
        loaded: Loaded,
        running: Running,
        beside: _Beside,
        steps: tuple[_Step, ...] = (),
        added: tuple[Injected, ...] = (),
    ) -> None:
        self._loaded, self._running, self._beside = loaded, running, beside
        self._steps, self._injected, self._over = steps, added, False

    @property
    def day(self) -> int:
        """The next day to be lived, since the scenario's start; days of the warm-up are negative."""
        return self._running.day

    @property
    def date(self) -> dt.date:
        """Its date."""
        return self._running.plan.network.calendar.date(self.day)

    @property
    def loaded(self) -> Loaded:
        """The scenario, with what came on its way."""
        return self._loaded

    @property
    def running(self) -> Running:
        """The run as the engine has it, to be looked at: stock, goods under way, what each party has been told."""
        return self._running

    def __repr__(self) -> str:
        return f"<run of {self._loaded.spec.scenario!r} that stands before {self.date}>"

    def until(self, day: int | str | dt.date) -> Begun:
        """Live every day before a day, and stand at the midnight before it.

        Parameters
        ----------
        day
            A date, a date as text such as 2024-03-01, or the number of days since the scenario's start.

        Returns
        -------
        Begun
            This run.

        Raises
        ------
        ScenarioError
            For a day that is past, or after the end.
        """
        self._check_going()
        calendar = self._running.plan.network.calendar
        try:
            number = day if isinstance(day, int) else int(calendar.day(parse_date(day)))
        except ValueError as error:
            raise ScenarioError([Problem("until", 0, "not a date", str(day), str(error))]) from None
        if not self.day <= number <= calendar.days:
            expected = f"a day from {self.date} to {calendar.date(calendar.days)}"
            message = "this day is past" if number < self.day else "this day is after the end"
            raise ScenarioError([Problem("until", 0, message, str(calendar.date(number)), expected)])
        self._running.go_on(number)
        return self

    def fork(self, luck: int | None = None) -> Begun:
        """A run of its own that goes on from here; this one stays where it is.

        Parameters
        ----------
        luck
            Left out: with the luck of this run. A number: demand, journeys and hazards of the days to come are drawn
            anew, the same for the same number, while the past is as it was.

        Returns
        -------
        Begun
            The other run.
        """
        self._check_going()
        steps = self._steps if luck is None else (*self._steps, _Step(self.day, luck=luck))
        return Begun(self._loaded, self._running.fork(luck), self._beside, steps, self._injected)

    def inject(self, *disruptions: Mapping[str, Any], written: Written | None = None) -> Begun:
        """Have disruptions happen that nobody knew of, and policies and decisions come that nobody thought of.

        What follows is the same as if they had stood in the scenario from the first day; the conditions of decisions
        are looked at from now on.

        Parameters
        ----------
        *disruptions
            Each a mapping as it would stand in the scenario's file: {"kind": "export_ban", "country": "IN", "from":
            "2024-03-01", "for": "60d"}. It is announced at this midnight at the earliest.
        written
            The same and more, in the scenario's language: a mapping, text in YAML, or the path of a YAML file. It has
            entries of `disruptions` and `decisions`, entries of `replenishment`, `allocation` and `rationing` with a
            date (`from`), and under `reserves` the `changes` of some by their names.

        Returns
        -------
        Begun
            This run.

        Raises
        ------
        ScenarioError
            With every fault of what was given, each with the nearest valid name; for what would have been announced,
            would act or would hold before now; for a recall of goods that are not kept by lot. The run is then as
            it was.
        """
        self._check_going()
        added = (*self._injected, injected(disruptions, written, self._loaded.path, f"injected before {self.date}"))
        loaded = load_injected(self._loaded, self._beside.settings, added)
        loaded = taken(loaded, self._beside.options["replication"], self._beside.unknowns)
        running, problems = self._running, Problems(loaded.document)
        further = compile_further(loaded, self._loaded, running.plan, running.impacts, self.day, problems)
        for position, impact in further.impacts.items():
            with problems.at("disruptions", position):
                self._check_in_time(impact)
        problems.check()
        coming = tuple(further.impacts.values())
        running.inject(*coming, policies=further.policies, decisions=further.decisions)
        self._loaded, self._injected = loaded, added
        self._steps = (*self._steps, _Step(self.day, coming=coming, decisions=further.decisions))
        return self

    def choose(self, name: str) -> Begun:
        """Take one of the scenario's decisions now, whatever its condition says.

        It is in force from this midnight on, or once its delay (`after`) is over, for every product of which it is not
        in force or under way. The twin without reserves takes it on the same day, where it still may.

        Parameters
        ----------
        name
            The decision's name; of one without, its kind and party, such as "close_reserve by kenya".

        Returns
        -------
        Begun
            This run.

        Raises
        ------
        ScenarioError
            For a decision that the scenario does not have, or that is in force, under way, or was taken as often as it
            may be.
        """
        self._check_going()
        names = [one.name for one in self._running.plan.decisions]
        if name not in names:
            expected = "one of " + ", ".join(names) if names else "no decision: the scenario has none"
            raise ScenarioError([Problem("choose", 0, "no such decision", name, expected, nearest(name, names))])
        if why := self._running.refusal(name):
            raise ScenarioError([Problem("choose", 0, f"this cannot be chosen: {why}", name)])
        self._running.choose(name)
        self._steps = (*self._steps, _Step(self.day, chosen=name))
        return self

    def _check_in_time(self, impact: Impact) -> None:
        """Raise PlaceError where a disruption cannot come on top any more."""
        if impact.first < self.day:
            date = self._running.plan.network.calendar.date(impact.first)
            expected = f"from {self.date} on, with all its notice, since the run stands there"
            raise PlaceError(("from",), "this would begin before now", date, expected)
        try:
            self._running.check_injectable(impact)
        except ValueError as error:
            raise PlaceError((), str(error)) from None

    def resume(self) -> Run:
        """Live all days that are left; the run is over then.

        Returns
        -------
        Run
            What it gave, as from `sim.run`, with its twins: they had the same luck, and the one without reserves met
            the same disruptions.
        """
        self._check_going()
        beside = self._beside
        plan = replace(self._running.written, decisions=beside.decisions)
        outcome = self._running.resume()
        self._over = True
        undisturbed = self._again(plan, beside.table, disruptions=False) if beside.twin else None
        bare = self._again(plan.without_reserves(), False) if beside.bare else None
        idle = None
        if beside.undecided and outcome.answers:
            idle = self._again(plan.without_answers(), False, answers=False)
        luck = tuple((step.day, step.luck) for step in self._steps if step.luck is not None)
        chosen = tuple((step.day, step.chosen) for step in self._steps if step.chosen)
        return Run(
            self._loaded, outcome, undisturbed, beside.options["replication"], bare, luck, beside.unknowns, chosen, idle
        )

    def _again(self, plan: Plan, table: bool | np.ndarray, disruptions: bool = True, answers: bool = True) -> Outcome:
        """The run once more, of another plan, without disruptions or what was decided in answer, with all that was done
        to it on its way."""
        options = self._beside.options
        running = Running(plan, detail="none", table=table, disruptions=disruptions, **options)
        for step in self._steps:
            running.go_on(step.day)
            if step.luck is not None:
                running = running.fork(step.luck)
            elif disruptions and step.chosen:
                if not running.refusal(step.chosen):
                    running.choose(step.chosen)
            elif disruptions:
                come = replace(plan, decisions=step.decisions)
                come = (come if answers else come.without_answers()).with_reserves(plan.reserves)
                running.inject(*step.coming, decisions=come.decisions)
        return running.resume()

    def _check_going(self) -> None:
        if self._over:
            raise ValueError("this run is over; fork it before it is resumed, to go on from there once more")
