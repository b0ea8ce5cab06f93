"""Disruptions act on named quantities. A value is always recomputed from its base, so overlaps restore correctly."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from sim.model.chance.distributions import Times
from sim.model.lists import Lists
from sim.model.part import Part
from sim.model.vocabulary import ACTIONS, ORDER, QUANTITIES, Action, Operation, QuantityName, known

FOLD: dict[Operation, np.ufunc] = {
    "multiply": np.multiply,
    "add": np.add,
    "at_most": np.minimum,
    "at_least": np.maximum,
}

LAST_DIGITS = 1e-9
"""Days by which a time that is worked out from fractions may be off."""
Steps = tuple[tuple[float, float], ...]
"""(day, value) pairs in order of day: a value holds from its day until the next."""
NEUTRAL = {("multiply", 1.0), ("add", 0.0), ("at_least", 0.0), ("at_most", np.inf)}
"""Operations with values that leave every quantity as it is."""

MORE_HELPS = (
    "cell.capacity_factor", "flow.sends", "gate.handling", "lane.open", "passage.open", "passage.capacity",
    "stop.first",
)  # fmt: skip
LESS_HELPS = ("stop.clearance_factor", "gate.clearance", "lane.factor", "lane.extra")
"""Quantities of which more, or less, than usual is never what goods were late or missing for."""


def _on_time(day: float) -> float:
    """A midnight, where a sum of fractions misses it by its last digits; else the same time."""
    whole = float(round(day)) if math.isfinite(day) else day
    return whole if abs(day - whole) < LAST_DIGITS else day


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

    @property
    def changes(self) -> bool:
        """Whether it changes its quantity at any time."""
        return any((self.operation, value) not in NEUTRAL for _, value in self.steps)

    @property
    def helps(self) -> bool:
        """Whether all that it does is to let more goods through, or sooner, than without it."""
        values, usual = [value for _, value in self.steps], 0.0 if self.operation == "add" else 1.0
        if self.quantity in MORE_HELPS:
            return self.operation == "at_least" or (self.operation != "at_most" and min(values) >= usual)
        if self.quantity in LESS_HELPS:
            return self.operation == "at_most" or (self.operation != "at_least" and max(values) <= usual)
        return False

    def value(self, now: float) -> float:
        """The effect's value at a time in [start, end)."""
        return self.steps[self._step(now)][1]

    def boundaries(self) -> list[float]:
        """Days on which the value changes."""
        return [day for day, _ in self.steps] + [self.end]

    def since(self, first: float) -> Effect:
        """The effect as it is from a day on: without the steps that are past by then."""
        begin = self._step(first)
        return replace(self, steps=self.steps[begin:]) if begin else self

    def on_time(self) -> Effect:
        """The effect with midnights where a sum of fractions misses them by its last digits."""
        if all(_on_time(time) == time for time in self.boundaries()):
            return self
        return replace(self, steps=tuple((_on_time(day), value) for day, value in self.steps), end=_on_time(self.end))

    def _step(self, now: float) -> int:
        """Position of the step that holds at a time; the first before it begins."""
        return max(0, bisect_right(self.steps, now, key=lambda step: step[0]) - 1)

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
class PatientArrivals:
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

    def moved(self, by: float) -> PatientArrivals:
        """The same patients, `by` days later."""
        return replace(self, first=self.first + by)


@dataclass(frozen=True)
class Impact:
    """All that one disruption does, and how it appears in the journal and on the timeline.

    `kind` is its word in the scenario, `hazard` the name of the hazard that it was drawn from, if it was. `told` says
    whether everybody hears of it, on day `announced`, or only those whose orders it touches see that. `expected` are
    the ends that are expected, each from its day on; `end` itself is what happens, which nobody knows before. `decided`
    tells what a party does from what goes wrong.
    """

    cause: str
    start: float
    end: float
    announced: float
    effects: tuple[Effect, ...] = ()
    impulses: tuple[Impulse, ...] = ()
    arrivals: tuple[PatientArrivals, ...] = ()
    kind: str = ""
    hazard: str = ""
    told: bool = True
    expected: Steps = ()
    decided: bool = False

    @property
    def acts(self) -> bool:
        """Whether it changes anything: a power cut where every site has a generator does not."""
        if any(arrivals.cases.any() for arrivals in self.arrivals):
            return True
        return bool(self.effects) or any(len(impulse.rows) for impulse in self.impulses)

    @property
    def bad_news(self) -> bool:
        """Whether who hears of it hears of trouble: not of a decision that only helps, such as a lane kept open."""
        return self.told and not (self.decided and self.effects and all(effect.helps for effect in self.effects))

    @property
    def first(self) -> float:
        """When it is heard of, or does anything, first."""
        acts = [*(effect.start for effect in self.effects), *(impulse.at for impulse in self.impulses)]
        return min(self.announced, self.start, *acts)

    def ended(self, day: float) -> Impact:
        """The same, over on a day; what happens once, or to patients, is as it was."""
        effects = tuple(replace(e, end=min(e.end, day)) for e in self.effects if e.start < day)
        return replace(self, end=min(self.end, max(day, self.start)), effects=effects)

    def lifted(self, day: float) -> Impact | None:
        """As it is where somebody ends it on a day: over, or None where it had not begun and now never does."""
        if self.start >= day:
            return None
        return self.ended(day) if self.end > day else self

    def known(self, day: float) -> bool:
        """Whether anybody can know of it at the midnight before a day."""
        return (self.announced if self.told else self.start) < day

    def moved(self, by: float, hazard: str = "") -> Impact:
        """The same, `by` days later, as drawn from a hazard where one is named."""
        return replace(
            self,
            start=self.start + by,
            end=self.end + by,
            announced=self.announced + by,
            effects=tuple(effect.moved(by) for effect in self.effects),
            impulses=tuple(impulse.moved(by) for impulse in self.impulses),
            arrivals=tuple(arrivals.moved(by) for arrivals in self.arrivals),
            hazard=hazard,
            expected=tuple((day + by, end + by) for day, end in self.expected),
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


class Acted(Part):
    """One quantity under its effects: `value`, changed in place, as `base` is under those that hold at a time.

    Rows on which the same effects act, from the same base, have one value and are one *group*: a thousand disruptions
    of a whole country are worked out once, not at each site, and where something begins or ends only for the groups
    that it touches. There all effects are applied anew in their order, so that values are the same however they came
    about.
    """

    CHANGES = ("_past", "_now", "_holds")
    VIEWS = ("value",)

    def __init__(self, base: np.ndarray, value: np.ndarray, effects: Sequence[Effect]) -> None:
        self.value, self._past = value, 0
        sets: dict[bytes, int] = {}
        set_of = [sets.setdefault(np.asarray(e.rows, dtype=np.int64).tobytes(), len(sets)) for e in effects]
        distinct = [np.frombuffer(rows, dtype=np.int64) for rows in sets]
        group, first = _groups(base, distinct)
        self._base = base[first]
        rows = (group >= 0).nonzero()[0]
        self._rows = Lists(group[rows], rows, len(first))
        touched = [np.unique(group[rows]) for rows in distinct]
        effect = np.repeat(np.arange(len(effects)), [len(touched[k]) for k in set_of])
        groups = np.concatenate([touched[k] for k in set_of])
        self._groups = Lists(effect, groups, len(effects))
        operation = np.array([ORDER.index(e.operation) for e in effects])
        self._folds = [
            (FOLD[ORDER[k]], Lists(groups[mine], effect[mine], len(first)))
            for k in np.unique(operation).tolist()
            for mine in [operation[effect] == k]
        ]
        self._now = np.zeros(len(effects))
        self._holds = np.zeros(len(effects), dtype=bool)
        steps = [(day, k, value, day < e.end) for k, e in enumerate(effects) for day, value in (*e.steps, (e.end, 0.0))]
        day, which, to, holds = (np.array(column) for column in zip(*steps, strict=True))
        order = np.argsort(day, kind="stable")
        self._days, self._which, self._to, self._hold = day[order], which[order], to[order], holds[order]

    def update(self, now: float) -> None:
        """Take the value on to the time `now`; raises ValueError where that is before the last."""
        upto = int(np.searchsorted(self._days, now, side="right"))
        if upto == self._past:
            return
        if upto < self._past:
            raise ValueError("time goes forward")
        changes, self._past = slice(self._past, upto), upto
        changed = self._which[changes]
        self._now[changed], self._holds[changed] = self._to[changes], self._hold[changes]  # the last of several counts
        groups = np.unique(self._groups.of(changed)[0])
        found = self._base[groups]
        for fold, lists in self._folds:
            effects, whose = lists.of(groups)
            holds = self._holds[effects]
            effects = effects[holds]
            fold.at(found, whose[holds], self._now[effects])
        rows, whose = self._rows.of(groups)
        self.value[rows] = found[whose]


def _groups(base: np.ndarray, sets: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Rows that are in the same sets and have the same base: each row's group (-1: in no set), and one row of each."""
    label, labels = np.zeros(len(base), dtype=np.int64), 1
    for rows in sets:  # each set cuts the parts that it meets in two
        known, part = np.unique(label[rows], return_inverse=True)
        label[rows] = labels + part
        labels += len(known)
    rows = label.nonzero()[0]
    rows = rows[np.lexsort((base[rows], label[rows]))]
    new = np.ones(len(rows), dtype=bool)
    new[1:] = (np.diff(label[rows]) != 0) | (base[rows[1:]] != base[rows[:-1]])
    group = np.full(len(base), -1)
    group[rows] = np.cumsum(new) - 1
    return group, rows[new]


@dataclass
class Quantities(Part):
    """The named quantities of a run: `base` as given, `value` as it is now. Arrays over the rows of each quantity."""

    CHANGES = ("value", "_now")

    base: Mapping[QuantityName, np.ndarray]
    effects: Sequence[Effect]
    open: bool = False
    """whether effects may come that are not known yet"""
    value: dict[QuantityName, np.ndarray] = field(init=False)

    def __post_init__(self) -> None:
        # where all effects are known, what none acts on stays as it is
        self.value = {name: array.copy() for name, array in self.base.items()} if self.open else dict(self.base)
        self._now = -np.inf
        self.expect(self.effects)

    def rejoin(self) -> None:
        for name, acted in self._acted.items():
            acted.value = self.value[name]

    def expect(self, effects: Sequence[Effect]) -> None:
        """From now on these are the effects; those that have begun are as they were."""
        self.effects = effects
        by_name: dict[QuantityName, list[Effect]] = {}
        for effect in sorted(self.effects, key=lambda e: (e.quantity, ORDER.index(e.operation), e.start, e.cause)):
            by_name.setdefault(effect.quantity, []).append(effect)
        for name in by_name:
            if self.value[name] is self.base[name]:
                self.value[name] = self.base[name].copy()
        self._acted = {name: Acted(self.base[name], self.value[name], mine) for name, mine in by_name.items()}
        if self._now > -np.inf:
            self.update(self._now)

    def __getitem__(self, name: QuantityName) -> np.ndarray:
        return self.value[name]

    def touched(self, *names: QuantityName) -> bool:
        """Whether any effect of this run acts, or may come to act, on one of these quantities."""
        return self.open or any(name in self._acted for name in names)

    def boundaries(self) -> list[float]:
        """Every time at which some quantity changes, ascending."""
        return sorted({b for effect in self.effects for b in effect.boundaries()})

    def update(self, now: float) -> None:
        """Take every quantity that any effect touches, in place, on to the time `now`; times are given in order."""
        self._now = now
        for acted in self._acted.values():
            acted.update(now)
