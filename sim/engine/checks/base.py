"""What every check is: a function over a compiled scenario that says what is hardly meant, and where it stands."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.engine.plan import Plan
from sim.errors import Problem
from sim.model.effects import Impact
from sim.model.goods.counted import in_plural
from sim.registry import Family
from sim.scenario.load import Loaded
from sim.scenario.reading.document import Place, dotted

NAMED = 3
"""Names that a note gives; of more it says how many."""


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

    def is_drawn(self, *place: str | int) -> bool:
        """Whether the value at a place, or something in it, is drawn: then a draw decides, and no note may."""
        document = self.loaded.document
        if any(at[: len(place)] == place or place[: len(at)] == at for at in document.uncertain.values()):
            return True
        here = dotted(document.data, place)
        return any(f"{one.place}.".startswith(f"{here}.") for one in self.loaded.sites.over)

    def sites(self, cells: np.ndarray) -> str:
        """The sites of some cells, in order of name."""
        network = self.plan.network
        return few(network.site_names(np.unique(network.cell_site[cells])))

    def product(self, position: int) -> str:
        """The name of a product."""
        return str(self.plan.network.products["name"].iat[position])

    def goods(self, units: float, product: int) -> str:
        """An amount with its unit: `1,200 bags of 'saline'`, `40 boxes of 50 pairs of 'gloves'`."""
        unit = str(self.plan.network.products["unit"].iat[product])
        return f"{units:,.0f} {unit if round(units) == 1 else in_plural(unit)} of '{self.product(product)}'"


@dataclass(frozen=True)
class Note:
    """What a planner should look at again: its place in the scenario, keys and list positions, and why."""

    place: Place
    text: str


Function = Callable[[Compiled], Iterator[Note]]


def few(names: Sequence[str]) -> str:
    """Some names, and how many more there are: `a, b, c and 5 more`."""
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more


@dataclass(frozen=True)
class Check:
    """A registered check: its name, what it looks for, what to do about a note, what makes it speak, and what does not.

    `example` and `quiet` are laid over the network of the contract tests: mappings merged, lists added to, and what
    has a dotted key set at that place. On the one it speaks, on the other, which is as like as can be, it does not.
    """

    name: str
    definition: str
    function: Function
    remedy: str
    example: Mapping[str, Any]
    quiet: Mapping[str, Any]


CHECKS: Family[Check] = Family("check")


def check(
    name: str, *, remedy: str, example: Mapping[str, Any], quiet: Mapping[str, Any]
) -> Callable[[Function], Function]:
    """Decorator that files a check; its docstring's first paragraph is what readers are told of it.

    Raises ValueError if another check has the name, or if either scenario is missing.
    """
    if not example or not quiet:
        raise ValueError(f"the check '{name}' needs a scenario on which it speaks and one on which it does not")

    def file(function: Function) -> Function:
        definition = " ".join((function.__doc__ or "").split("\n\n")[0].split())
        CHECKS.file(name, Check(name, definition, function, remedy, example, quiet))
        return function

    return file


def notes(compiled: Compiled) -> Iterator[Problem]:
    """What all checks have to say, each with file and line."""
    document = compiled.loaded.document
    for one in CHECKS.values():
        yield from (document.problem(note.place, note.text) for note in one.function(compiled))
