"""Disruptions act on named quantities. A value is always recomputed from its base, so overlaps restore correctly."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from sim.model.distributions import Times
from sim.model.vocabulary import ACTIONS, ORDER, QUANTITIES, Action, Operation, QuantityName, known

Steps = tuple[tuple[float, float], ...]
"""(day, value) pairs in order of day: a value holds from its day until the next."""


@dataclass(frozen=True)
class Effect:
    """One change of a named quantity on some rows over [start, end), in days since the start of the scenario.

    The first day of `steps` is `start`. Where the value stands for a time that is drawn for each day, `times` is its
    distribution and the steps hold its mean. Raises PlaceError for a quantity or an operation that is not declared.
    """

    quantity: QuantityName
    rows: np.ndarray
    operation: Operation
    steps: Steps
    end: float
    cause: str
    times: Times | None = None

    def __post_init__(self) -> None:
        known(self.quantity, QUANTITIES, "quantity")
        known(self.operation, ORDER, "operation")

    @property
    def start(self) -> float:
        """Day on which the effect begins."""
        return self.steps[0][0]

    def value(self, now: float) -> float:
        """The effect's value at a time in [start, end)."""
        return next(value for day, value in reversed(self.steps) if day <= now)

    def boundaries(self) -> list[float]:
        """Days on which the value changes."""
        return [day for day, _ in self.steps] + [self.end]

    def since(self, first: float) -> Effect:
        """The effect as it is from a day on: without the steps that are past by then."""
        begin = max(0, bisect_right([day for day, _ in self.steps], first) - 1)
        return replace(self, steps=self.steps[begin:]) if begin else self

    def moved(self, by: float) -> Effect:
        """The same effect, `by` days later."""
        return replace(self, steps=tuple((day + by, value) for day, value in self.steps), end=self.end + by)


@dataclass(frozen=True)
class Impulse:
    """Something that happens once, at one time: `action` on `rows` with `amount` (its meaning is the action's).

    `window` holds the first day, and the first day after, on which the lots concerned were made; `days` is how long
    the action keeps what it struck. Raises PlaceError for an action that is not declared.
    """

    action: Action
    rows: np.ndarray
    amount: float
    at: float
    cause: str
    window: tuple[float, float] | None = None
    days: float = 0.0

    def __post_init__(self) -> None:
        known(self.action, ACTIONS, "action")

    def moved(self, by: float) -> Impulse:
        """The same impulse, `by` days later."""
        window = None if self.window is None else (self.window[0] + by, self.window[1] + by)
        return replace(self, at=self.at + by, window=window)


@dataclass(frozen=True)
class Arrivals:
    """Patients that a disruption adds, beside the usual ones, in one place.

    `cases` a day from day `first` on, shape (days,); each takes `weight` units at each of `cells`: on day d a cell has
    weight x cases[d - first] units of demand more, in the mean.
    """

    cells: np.ndarray
    weight: np.ndarray
    first: float
    cases: np.ndarray
    place: str
    cause: str

    def moved(self, by: float) -> Arrivals:
        """The same patients, `by` days later."""
        return replace(self, first=self.first + by)


@dataclass(frozen=True)
class Impact:
    """All that one disruption does, and how it appears in the journal and on the timeline.

    `kind` is its word in the scenario, `hazard` the name of the hazard that it was drawn from, if it was.
    """

    cause: str
    start: float
    end: float
    announced: float
    effects: tuple[Effect, ...] = ()
    impulses: tuple[Impulse, ...] = ()
    arrivals: tuple[Arrivals, ...] = ()
    kind: str = ""
    hazard: str = ""

    @property
    def acts(self) -> bool:
        """Whether it changes anything: a power cut where every site has a generator does not."""
        return bool(self.effects or self.arrivals or any(len(impulse.rows) for impulse in self.impulses))

    def moved(self, by: float, hazard: str) -> Impact:
        """The same, `by` days later, as drawn from a hazard."""
        return replace(
            self,
            start=self.start + by,
            end=self.end + by,
            announced=self.announced + by,
            effects=tuple(effect.moved(by) for effect in self.effects),
            impulses=tuple(impulse.moved(by) for impulse in self.impulses),
            arrivals=tuple(arrivals.moved(by) for arrivals in self.arrivals),
            hazard=hazard,
        )


def ramp(start: float, length: float, before: float, after: float) -> Steps:
    """Steps, one a day, that take a value in a straight line from `before` to `after` over `length` days.

    A day has the value that the line reaches in the middle of that day; without length the value jumps.
    """
    whole = int(np.ceil(length))
    if whole == 0:
        return ((start, after),)
    shares = [(min(day + 0.5, length)) / length for day in range(whole)]
    return (*((start + day, before + (after - before) * s) for day, s in enumerate(shares)), (start + length, after))


@dataclass
class Quantities:
    """The named quantities of a run: `base` as given, `value` as it is now. Arrays over the rows of each quantity."""

    base: Mapping[QuantityName, np.ndarray]
    effects: Sequence[Effect]
    value: dict[QuantityName, np.ndarray] = field(init=False)

    def __post_init__(self) -> None:
        self.value = {name: array.copy() for name, array in self.base.items()}
        self._by_name: dict[QuantityName, list[Effect]] = {}
        for effect in sorted(self.effects, key=lambda e: (e.quantity, ORDER.index(e.operation), e.start, e.cause)):
            self._by_name.setdefault(effect.quantity, []).append(effect)
        self._spans = {
            name: (np.array([e.start for e in effects]), np.array([e.end for e in effects]))
            for name, effects in self._by_name.items()
        }

    def __getitem__(self, name: QuantityName) -> np.ndarray:
        return self.value[name]

    def touched(self, *names: QuantityName) -> bool:
        """Whether any effect of this run acts on one of these quantities."""
        return any(name in self._by_name for name in names)

    def boundaries(self) -> list[float]:
        """Every time at which some quantity changes, ascending."""
        return sorted({b for effect in self.effects for b in effect.boundaries()})

    def update(self, now: float) -> None:
        """Recompute every quantity that any effect touches, in place, for the time `now`."""
        for name, effects in self._by_name.items():
            array = self.value[name]
            array[:] = self.base[name]
            start, end = self._spans[name]
            for position in np.flatnonzero((start <= now) & (now < end)).tolist():
                effect = effects[position]
                value = effect.value(now)
                if effect.operation == "multiply":
                    array[effect.rows] *= value
                elif effect.operation == "add":
                    array[effect.rows] += value
                elif effect.operation == "at_most":
                    array[effect.rows] = np.minimum(array[effect.rows], value)
                else:
                    array[effect.rows] = np.maximum(array[effect.rows], value)
