"""What goes wrong, said so that a planner can mend it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any


def nearest(name: object, valid: Iterable[str]) -> str | None:
    """The valid name most like `name`, or None where none is alike."""
    lowered = {v.lower(): v for v in sorted(map(str, valid))}  # sorted: sets have no order of their own
    found = difflib.get_close_matches(str(name).lower(), lowered, n=1, cutoff=0.6)
    return lowered[found[0]] if found else None


def one_of_few(names: Iterable[str], else_: str) -> str:
    """What to expect of a name: the valid ones where they are few, `else_` where they are too many to read."""
    few = sorted(set(names))
    if len(few) == 1:
        return few[0]
    return "one of " + ", ".join(few) if 1 < len(few) <= 12 else else_


@dataclass(frozen=True, order=True)
class Problem:
    """One fault of the input, with its place and its remedy.

    `file` and `line` say where (line 0: not tied to a line), `message` what is wrong, `value` what was
    written, `expected` what would have been right, `nearest` the valid name most like the one written.
    """

    file: str
    line: int
    message: str
    value: str | None = None
    expected: str | None = None
    nearest: str | None = None

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        text = f"{place}: {self.message}"
        if self.value is not None:
            text += f" (got {self.value})"
        if self.expected:
            text += f"; expected {self.expected}"
        if self.nearest:
            text += f"; did you mean '{self.nearest}'?"
        return text


class TideoverError(Exception):
    """Base of every error this package raises on purpose."""


class ScenarioError(TideoverError):
    """The input cannot be run; holds every problem found, in file order."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = sorted(set(problems), key=lambda p: (p.file, p.line, str(p)))
        super().__init__("\n".join(str(p) for p in self.problems))

    def __reduce__(self) -> tuple[type[ScenarioError], tuple[list[Problem]]]:
        return type(self), (self.problems,)  # a worker sends it home with its problems


class WriteError(ScenarioError):
    """Results cannot be written, such as to a disk that is full; what was written before is whole."""


class WorkersLost(TideoverError):
    """Those who did the work are out of reach, such as a cluster whose scheduler has ended."""


class MissingLibrary(TideoverError):
    """A library that this is done with is not installed."""


@contextmanager
def needs(library: str, purpose: str) -> Iterator[None]:
    """Import inside the block; raises MissingLibrary, with what to install, where `purpose` lacks something."""
    try:
        yield
    except ImportError as error:
        told = f"{purpose} needs {library}, which is not installed here ({error}); pip install {library}"
        raise MissingLibrary(told) from None


class PlaceError(ValueError):
    """A fault found while resolving one value of the scenario, before its file and line are known.

    `path` leads to the value in the document: keys and list positions.
    """

    def __init__(
        self,
        path: Sequence[str | int],
        message: str,
        value: Any = None,
        expected: str | None = None,
        valid: Iterable[str] = (),
    ) -> None:
        super().__init__(message)
        self.path = tuple(path)
        self.message = message
        self.value = None if value is None else repr(value) if isinstance(value, str) else str(value)
        self.expected = expected
        self.nearest = nearest(value, valid) if value is not None else None


def no_source(path: Sequence[str | int], message: str, name: str, sources: Iterable[str]) -> PlaceError:
    """The fault of a name that is none of the sources of some sites."""
    known = list(dict.fromkeys(sources))
    expected = one_of_few(known, "one of their sources") if known else "sites that order these products"
    return PlaceError(path, message, name, expected, known)


@contextmanager
def placed(*prefix: str | int) -> Iterator[None]:
    """Put the place of any PlaceError raised inside below `prefix`."""
    try:
        yield
    except PlaceError as error:
        error.path = (*prefix, *error.path)
        raise


class SimulationError(TideoverError):
    """The run broke one of its own laws (conservation, bounds): a fault of the program, not of the input."""
