"""What questions are asked with, read and checked: every fault is told, all at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from sim.errors import PlaceError, Problem, ScenarioError, nearest
from sim.study.design.measures import Measure, parse_measure
from sim.study.design.parameter import Parameter, parse_parameter
from sim.study.infer.threshold import Target, parse_target
from sim.study.run.bench import Subject, read_subject
from sim.units import parse_duration, parse_share

NOWHERE = Target(Measure("units_unmet"), "<=", 0)
UNASKED = "this cannot be asked"
T = TypeVar("T")


class Argument(Problem):
    """A fault of an argument: `file` is the argument's name."""


class Arguments:
    """Reads arguments one after another. What cannot be used is told by `check`, which comes before any of it is used;
    until then some value of the right type stands for it."""

    def __init__(self) -> None:
        self.found: list[Problem] = []

    def refuse(
        self, name: str, message: str, value: Any = None, expected: str | None = None, near: str | None = None
    ) -> None:
        """Note that an argument cannot be used."""
        self.found.append(Argument(name, 0, message, None if value is None else str(value), expected, near))

    def take(self, name: str, make: Callable[[], T], otherwise: T, message: str = UNASKED, value: Any = None) -> T:
        """What `make` makes of an argument; where it raises, its fault is noted, that of a file as one of the file."""
        try:
            return make()
        except PlaceError as error:
            self.refuse(name, error.message, error.value, error.expected, error.nearest)
        except ScenarioError as error:
            self.found += error.problems
        except ValueError as error:
            self.refuse(name, message, value, str(error))
        return otherwise

    def check(self) -> None:
        """Raise ScenarioError if anything was found so far."""
        if self.found:
            raise ScenarioError(self.found)

    def subject(
        self,
        path: str | Path,
        strategy: str | None,
        overrides: Mapping[str, Any] | None,
        replications: int,
        called: str = "replications",
        *,
        training: bool = False,
    ) -> Subject | None:
        """The scenario that is asked about, in `training` without observed points that are held out; None where there
        is none, which `check` tells."""
        if isinstance(replications, bool) or not isinstance(replications, int) or replications < 1:
            self.refuse(called, "this is no number of draws", replications, "a whole number of at least 1")
        return self.take("path", lambda: read_subject(path, strategy, overrides, training=training), None)

    def target(self, name: str, text: str) -> Target:
        """A target such as `fill_rate>=98%`."""
        return self.take(name, lambda: parse_target(text), NOWHERE)

    def measure(self, name: str, text: str) -> Measure:
        """A measure such as `units_unmet by region`."""
        return self.take(name, lambda: parse_measure(text), NOWHERE.measure)

    def share(self, name: str, value: str | float) -> float:
        """A share: a fraction from 0 to 1 as a number, percent as text."""

        def read() -> float:
            share = parse_share(value) if isinstance(value, str) else float(value)
            if not 0 <= share <= 1:
                raise ValueError("a share between 0% and 100%, as text, or a fraction from 0 to 1, as a number")
            return share

        return self.take(name, read, 0.0, "not a share", value)

    def days(self, name: str, value: str | int) -> int:
        """Whole days: a number of them, or a duration as text."""

        def read() -> int:
            if isinstance(value, str):
                return round(parse_duration(value))
            if value < 0 or value != round(value):
                raise ValueError("whole days as a number, or a duration such as '14d'")
            return round(value)

        return self.take(name, read, 0, "not a duration", value)

    def parameter(self, name: str, path: str, bounds: Sequence[Any]) -> Parameter:
        """A value of the scenario between two bounds."""
        told = " ".join(map(str, bounds))
        return self.take(name, lambda: parse_parameter(path, bounds), Parameter(path, 0, 1, ""), "not two bounds", told)

    def one_of(self, name: str, value: str, allowed: Sequence[str]) -> None:
        """One of a few words."""
        if value not in allowed:
            self.refuse(name, "there is no such choice", value, "one of " + ", ".join(allowed), nearest(value, allowed))

    def reserves(self, name: str, wanted: Sequence[str], subject: Subject | None) -> None:
        """Names of reserves of the scenario, of which the size is tried."""
        known = [] if subject is None else list(subject.loaded.spec.reserves)
        for reserve in wanted if subject is not None else ():
            if reserve not in known:
                expected = "one of " + ", ".join(known) if known else "a scenario with reserves"
                self.refuse(name, "no such reserve", reserve, expected, nearest(reserve, known))
            elif by := subject.loaded.spec.reserves[reserve].sized_by if subject is not None else "":
                self.refuse(name, f"its size goes by {by}", reserve, "a reserve whose claims, if any, are shares")
