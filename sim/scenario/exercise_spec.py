"""An exercise: who sits at the table, what each may decide, and how time goes, in the words of a scenario."""

from __future__ import annotations

import zoneinfo
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from sim.errors import PlaceError, Problem, one_of_few
from sim.registry import Model
from sim.units import Days, Positive, Text, WholeDays

if TYPE_CHECKING:
    from sim.scenario.reading.document import Document
    from sim.scenario.words.spec import Scenario

FACILITATOR = "facilitator"
"""The role that every exercise has: it paces the exercise and sees what is."""
OBSERVER = "observer"
"""The role of those who watch: they see what the room sees."""

RESERVED = (FACILITATOR, OBSERVER, "clock", "all")
"""Words that no role is called by: who is always there, and whom injects may come by or go to."""


class Role(Model):
    """A seat at the table."""

    title: Text | None = None
    """how the others know it; left out: its name"""
    party: Text
    """the party whose sites are its own, and whose information it has"""
    brief: Text | None = None
    """what its players are told at the start"""
    decides: list[Text] = Field(default=[], json_schema_extra={"uniqueItems": True})
    """names of `decisions` that it may take, when it chooses; what they cost and how long they take stands there"""


class Story(Model):
    """How the clock of the story goes."""

    runs: Literal["by turns", "real", "compressed"] = "by turns"
    """by turns: it stands still until the facilitator steps; real: with the room's, from the start of the exercise on;
    compressed: a number of times as fast"""
    times: Positive = 1.0
    """of a compressed one: how many times as fast"""

    def model_post_init(self, context: object) -> None:
        if self.runs != "compressed" and "times" in self.model_fields_set:
            raise PlaceError(("times",), "only a compressed story goes so many times as fast", self.times, "no times")


class InjectsFile(Model):
    """The list of injects: a table with one row each."""

    table: Text
    """a CSV file or an Excel workbook"""
    sheet: Text | None = None
    """of a workbook; left out: its first"""
    columns: dict[Text, Text] = {}
    """names of our columns -> names in the table, where they are others; usual ones are known without"""


class Exercise(Model):
    """A tabletop exercise on a scenario."""

    roles: Annotated[dict[Text, Role], Field(min_length=1)]
    """who sits at the table, by name; the facilitator, and observers, are always there"""
    turn: WholeDays = 7
    """days of the story in a turn"""
    minutes: Positive = 90.0
    """length of the exercise in the room, pauses left out"""
    turn_minutes: Positive | None = None
    """minutes to decide in a turn; left out: no limit"""
    pace: Literal["facilitator", "clock"] = "facilitator"
    """facilitator: injects that are due wait until they are fired, and turns until they are stepped; clock: both come
    by themselves while the clock runs"""
    story: Story = Story()
    """the clock of the story"""
    bands: list[Days] = [15.0, 30.0, 90.0]
    """days of usual use up to which stock is very low, low, and in range; more is over need"""
    zone: Text = "UTC"
    """time zone of the room, as in the IANA data base: Africa/Nairobi"""
    objectives: dict[Text, Text] = {}
    """what the exercise is to try out, by a short name that injects refer to"""
    injects: InjectsFile | None = None
    """what reaches the players from outside"""
    scripted: Text | None = None
    """a strategy of this scenario that decides by rule: set beside what the players did"""

    def model_post_init(self, context: object) -> None:
        try:
            zoneinfo.ZoneInfo(self.zone)
        except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
            known = zoneinfo.available_timezones()
            raise PlaceError(
                ("zone",), "there is no such time zone", self.zone, "a zone such as Africa/Nairobi", known
            ) from None
        if len(self.bands) != 3 or not 0 < self.bands[0] < self.bands[1] < self.bands[2]:
            raise PlaceError(("bands",), "these are no bands", None, "three durations, each above the one before")
        for name in RESERVED:
            if name in self.roles:
                raise PlaceError(("roles", name), "this word has a meaning of its own", name, "another name")
        if self.pace == "clock" and self.story.runs == "by turns":
            expected = "story: {runs: real} or {runs: compressed, times: 672}"
            raise PlaceError(("pace",), "a clock that paces the exercise moves the story", self.pace, expected)


def exercise_problems(spec: Scenario, document: Document) -> Iterator[Problem]:
    """What the exercise names and the scenario does not have.

    Decisions are looked for where no strategy is laid over: one may take some away, and nobody takes these then.
    """
    exercise = spec.exercise
    if exercise is None:
        return
    parties, labels = list(spec.parties), [decision.label for decision in spec.decisions]
    for name, role in exercise.roles.items():
        at: tuple[str | int, ...] = ("exercise", "roles", name)
        if role.party not in parties:
            expected = one_of_few(parties, "the name of a party") if parties else "a party: the scenario has none"
            yield document.problem((*at, "party"), "unknown party", role.party, expected, parties)
        for k, decision in enumerate(role.decides if document.strategy is None else ()):
            if decision not in labels:
                expected = one_of_few(labels, "the name of a decision") if labels else "a decision: there is none"
                yield document.problem((*at, "decides", k), "unknown decision", decision, expected, labels)
    if exercise.scripted is not None and exercise.scripted not in document.strategies:
        names = list(document.strategies)
        expected = one_of_few(names, "the name of a strategy") if names else "a strategy: the scenario has none"
        yield document.problem(("exercise", "scripted"), "unknown strategy", exercise.scripted, expected, names)
    if exercise.injects is not None:
        try:
            document.file_at(("exercise", "injects", "table"))
        except PlaceError as error:
            yield document.place(error)
