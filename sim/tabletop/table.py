"""What is played: a scenario with its exercise, and the injects that it names, all checked before anybody sits down."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import pydantic

from sim.begun import Begun, begin
from sim.engine.bound.decisions import BoundDecision
from sim.errors import Problem, ScenarioError, one_of_few
from sim.policies.triggers.base import Trigger
from sim.policies.when import TriggerField
from sim.scenario.exercise_spec import Exercise
from sim.scenario.load import Loaded
from sim.scenario.reading.document import shown_value
from sim.scenario.reading.files import scenario_hash, tables_hash
from sim.tabletop.inject_table import Imported, injects_of_text, read_injects
from sim.tabletop.injects import Inject, Span

READ_IN = "the list of injects"
"""How messages call a list that was read in on the facilitator's page."""
TRIGGER: pydantic.TypeAdapter[Trigger] = pydantic.TypeAdapter(TriggerField)


@dataclass(frozen=True)
class Settings:
    """How the scenario is run: its file, a strategy, values set over it (its seed among them), and the list of injects
    that was read in instead of the one it names, as CSV with our columns."""

    path: Path
    strategy: str | None = None
    overrides: tuple[tuple[str, Any], ...] = ()
    injects: str | None = None

    def begin(self, strategy: str | None = None) -> Begun:
        """The run at its first midnight, with another strategy where one is given; without twins."""
        return begin(self.path, strategy or self.strategy, overrides=dict(self.overrides), twin=False)


def exercise_of(loaded: Loaded) -> Exercise:
    """The exercise of a scenario; raises ScenarioError where it has none."""
    if loaded.spec.exercise is None:
        message, expected = "this scenario has no exercise", "a section 'exercise' with its roles"
        raise ScenarioError([Problem(loaded.document.mark().shown, 0, message, None, expected)])
    return loaded.spec.exercise


def span_of(loaded: Loaded) -> Span:
    """The days of the story of a scenario with an exercise."""
    spec = loaded.spec
    return Span(spec.start, (spec.until - spec.start).days, exercise_of(loaded).turn)


class Table:
    """A scenario that is played: who sits there, what may be decided, and what comes from outside.

    Raises ScenarioError where the scenario has no exercise, or with all that is wrong with its injects.
    """

    def __init__(self, settings: Settings, begun: Begun | None = None) -> None:
        self.settings = settings
        self.begun = begun or settings.begin()
        """the run before its first day; fork it"""
        loaded = self.begun.loaded
        self.exercise = exercise_of(loaded)
        self.injects: tuple[Inject, ...] = self._read(loaded)
        self.conditions: dict[str, Trigger] = {}
        self._check_injects(loaded)

    @property
    def start(self) -> dt.date:
        """The first day of the story."""
        return self.begun.loaded.spec.start

    @property
    def days(self) -> int:
        """How many days there are."""
        return self.begun.running.plan.network.calendar.days

    def date(self, day: int) -> dt.date:
        """The date of a day of the scenario."""
        return self.start + dt.timedelta(days=day)

    @cached_property
    def titles(self) -> dict[str, str]:
        """Names of the roles and how others know them."""
        return {name: role.title or name for name, role in self.exercise.roles.items()}

    def title(self, role: str) -> str:
        """How others know a role."""
        return self.titles.get(role, role)

    @cached_property
    def by_number(self) -> dict[str, Inject]:
        """The injects by their numbers."""
        return {one.number: one for one in self.injects}

    @cached_property
    def decisions(self) -> dict[str, BoundDecision]:
        """What some role may decide and the scenario has, in the scenario's order."""
        allowed = {name for role in self.exercise.roles.values() for name in role.decides}
        return {one.name: one for one in self.begun.running.plan.decisions if one.name in allowed}

    @cached_property
    def identity(self) -> dict[str, Any]:
        """What tells this scenario from another: hashes of what it says, and of its tables."""
        document = self.begun.loaded.document
        return {"scenario": scenario_hash(document), "tables": tables_hash(document)}

    def with_injects(self, text: str) -> Table:
        """The same with another list of injects, as CSV with our columns; raises ScenarioError as a table does."""
        return Table(replace(self.settings, injects=text), self.begun)

    def read(self, path: Path, columns: Mapping[str, str] | None = None, sheet: str | None = None) -> Imported:
        """A list of injects for this exercise; see `sim.tabletop.inject_table.read_injects`."""
        return read_injects(path, span_of(self.begun.loaded), self.titles, self.exercise.objectives, columns, sheet)

    def _read(self, loaded: Loaded) -> tuple[Inject, ...]:
        if self.settings.injects is not None:
            found = injects_of_text(
                self.settings.injects, READ_IN, span_of(loaded), self.titles, self.exercise.objectives
            )
        elif (written := self.exercise.injects) is not None:
            path = loaded.document.file_at(("exercise", "injects", "table"))
            found = self.read(path, written.columns, written.sheet)
        else:
            return ()
        if found.left_out:
            raise ScenarioError(found.problems())
        return found.injects

    def _check_injects(self, loaded: Loaded) -> None:
        """Conditions are read; events are tried on a copy, each on its day where that is known."""
        problems: list[Problem] = []
        for inject in self.injects:
            if inject.condition is None:
                continue
            try:
                self.conditions[inject.number] = TRIGGER.validate_python(dict(inject.condition))
                problems += self._beyond(inject, self.conditions[inject.number])
            except pydantic.ValidationError as error:
                first = error.errors()[0]
                problems.append(self._problem(inject, f"this is no condition: {first['msg']}", inject.condition))
        trial = self.begun.fork().until(0)
        there = {impact.cause for impact in trial.running.impacts}
        for inject in self.injects:
            if inject.events:
                day = 0 if inject.story is None else inject.story.day
                found = inject.disruptions(self.date(day))
                if any(one["name"] in there for one in found):
                    message, expected = (
                        "it has happened already where this begins",
                        "the scenario without what was played",
                    )
                    problems.append(self._problem(inject, message, self.settings.strategy, expected))
                    continue
                try:
                    trial.inject(*found)
                except ScenarioError as error:
                    problems += [self._problem(inject, f"in the model: {one}") for one in error.problems]
        if problems:
            raise ScenarioError(problems)

    def _beyond(self, inject: Inject, condition: Trigger) -> Sequence[Problem]:
        """What a condition waits for and the scenario does not have, or what it looks back on and nobody keeps."""
        found = []
        labels = [one.name for one in self.begun.running.plan.decisions]
        alarms = [one.name for one in self.begun.running.plan.alarms]
        for part in _parts(condition):
            decision = getattr(part, "decision", None)
            if decision is not None and decision not in labels:
                expected = one_of_few(labels, "the name of a decision")
                found.append(self._problem(inject, "its condition waits for an unknown decision", decision, expected))
            if part.waits_for is not None and part.waits_for not in alarms:
                expected = one_of_few(alarms, "the name of an alarm") or "an alarm of the scenario"
                found.append(
                    self._problem(inject, "its condition waits for an unknown alarm", part.waits_for, expected)
                )
            if part.present_over or part.fill_over or part.arrivals_over:
                expected = "an alarm of the scenario that looks there, and {trigger: alarm, name: …} here"
                found.append(self._problem(inject, "its condition looks back on past days", part.trigger, expected))
        return found

    def _problem(self, inject: Inject, message: str, value: object = None, expected: str | None = None) -> Problem:
        written = self.exercise.injects
        file = READ_IN if self.settings.injects is not None or written is None else written.table
        shown = None if value is None else shown_value(value)
        return Problem(f"{file}, inject {inject.number}", 0, message, shown, expected)


def _parts(condition: Trigger) -> list[Trigger]:
    return [condition, *(inner for part in condition.parts for inner in _parts(part))]
