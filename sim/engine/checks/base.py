"""What every check is: a function over a compiled scenario that says what is hardly meant, and where it stands."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sim.engine.plan import Plan
from sim.errors import Problem
from sim.model.effects import Impact
from sim.registry import Family
from sim.scenario.load import Loaded


@dataclass(frozen=True)
class Idle:
    """A warehouse with lanes to buyers of a product that is no source of it: it can have the product from its buyer
    only, or not at all."""

    warehouse: str
    product: str
    from_buyer: bool


@dataclass(frozen=True)
class Compiled:
    """What a check may look at: the scenario as it was read, its plan, and what compiling it has found.

    `impacts` are those of the scenario's disruptions, in the order in which they are written; `idle` the warehouses
    that are no source of what they might be.
    """

    loaded: Loaded
    plan: Plan
    impacts: tuple[Impact, ...]
    idle: tuple[Idle, ...]


@dataclass(frozen=True)
class Note:
    """What a planner should look at again: its place in the scenario, keys and list positions, and why."""

    place: tuple[str | int, ...]
    text: str


Function = Callable[[Compiled], Iterator[Note]]


@dataclass(frozen=True)
class Check:
    """A registered check: its name, what it looks for, and what makes it speak.

    `example` is laid over the network of the contract tests: mappings merged, lists added to.
    """

    name: str
    definition: str
    function: Function
    example: Mapping[str, Any]


CHECKS: Family[Check] = Family("check")


def check(name: str, example: Mapping[str, Any]) -> Callable[[Function], Function]:
    """Decorator that files a check; its docstring's first paragraph is what readers are told of it.

    Raises ValueError if another check has the name.
    """

    def file(function: Function) -> Function:
        definition = " ".join((function.__doc__ or "").split("\n\n")[0].split())
        CHECKS.file(name, Check(name, definition, function, example))
        return function

    return file


def notes(compiled: Compiled) -> Iterator[Problem]:
    """What all checks have to say, each with file and line."""
    document = compiled.loaded.document
    for one in CHECKS.values():
        yield from (document.problem(note.place, note.text) for note in one.function(compiled))
