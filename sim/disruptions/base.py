"""What every disruption is: a time span and, given the network, effects on named quantities."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar, Literal, Self

import numpy as np
from pydantic import Field, PrivateAttr

from sim.disruptions.expected import ExpectedField
from sim.disruptions.stage import Stage
from sim.errors import PlaceError, one_of_few
from sim.model.effects import Effect, Impact, Impulse, PatientArrivals, Steps
from sim.model.network import Network
from sim.model.selection import Selector
from sim.model.vocabulary import Action, Operation, QuantityName
from sim.registry import Kind, Registry
from sim.units import Date, Days, Text

KnownBy = Literal["announcement", "own_orders"]


class Disruption(Kind):
    """Something that happens to the network over [from, until)."""

    by_lot: ClassVar[bool] = False
    """whether the products concerned must be kept by lot"""
    instant: ClassVar[bool] = False
    """whether it happens at one time, `from`, and has no end"""
    severity: ClassVar[dict[str, Any] | None]
    """fields that say how severe it is, each with the value, as written, at which it changes nothing; None where there
    is no such value: it happens or it does not, or its share is a limit, which may bind on any day"""
    in_part: ClassVar[dict[str, Any] | None] = None
    """fields of an example that its severity is about, where `example` has none"""
    told: ClassVar[bool] = True
    """whether everybody hears of it, unless the scenario says otherwise; else own orders, stock and patients show it"""

    kind: Text
    name: Text | None = None
    """how the journal and the report call it; left out: made from kind and place"""
    from_: Date = Field(alias="from")
    """first day, at 00:00"""
    until: Date | None = None
    """first day on which it is over; or give `for`"""
    for_: Days | None = Field(default=None, alias="for")
    """how long it lasts; or give `until`"""
    notice: Days = 0.0
    """how long before `from` it is announced"""
    known_by: KnownBy | None = None
    """announcement: everybody hears of it at `from`, or `notice` before; own_orders: nobody is told, and each sees only
    what becomes of its own orders, stock and patients; left out: as said above"""
    expected: ExpectedField | None = None
    """the end that is expected from the announcement on: a date, a duration, or `until` or `for` with later `revised`
    ones; nobody knows the true one before it comes"""

    def model_post_init(self, context: object) -> None:
        self.check_span()
        self.check_known()
        self.check()

    def check_known(self) -> None:
        """Raise ValueError where something is announced or expected of what nobody is told."""
        if self.known_by == "own_orders":
            for key in ("notice", "expected"):
                if getattr(self, key):
                    raise PlaceError((key,), f"no {key} of what nobody is told", None, "known_by: announcement")
        if self.expected is not None:
            self.expected.steps(self.from_, self.notice)

    @property
    def is_told(self) -> bool:
        """Whether it is announced: as it says, else where there is a notice or an expected end, else as its kind is."""
        if self.known_by is not None:
            return self.known_by == "announcement"
        return self.told or self.notice > 0 or self.expected is not None

    def check_span(self) -> None:
        """Raise ValueError where the end is missing, doubled or before the beginning."""
        if (self.until is None) == (self.for_ is None):
            raise ValueError("either until (a date) or for (a duration)")
        if self.until is not None and self.until < self.from_:
            expected = f"a date from {self.from_} on"
            raise PlaceError(("until",), "the disruption ends before it begins", self.until, expected)

    def check(self) -> None:
        """Raise ValueError where fields contradict each other."""

    def check_stages(self, stages: Sequence[Stage]) -> None:
        """Raise ValueError where stages are not in order, or not within the span as far as it has dates."""
        offsets = [stage.offset(self.from_) for stage in stages]
        if offsets != sorted(set(offsets)) or (offsets and offsets[0] <= 0):
            raise ValueError("steps in order of time, after from")
        length = self.for_ if self.until is None else (self.until - self.from_).days
        dated = [offset for offset, stage in zip(offsets, stages, strict=True) if stage.on is not None]
        if dated and length is not None and dated[-1] >= length:
            raise ValueError(f"steps before the end ({length:g} days after from)")

    def staged(self, network: Network, first: float, later: Sequence[tuple[Stage, float]]) -> Steps:
        """Steps of an effect: the first value from the beginning, then that of each stage until the end."""
        start, end = self.span(network)
        days = [(start + stage.offset(self.from_), value) for stage, value in later]
        return ((start, first), *((day, value) for day, value in days if day < end))

    def span(self, network: Network) -> tuple[float, float]:
        """First day and first day after, since the start of the scenario."""
        start = network.calendar.day(self.from_)
        if self.until is not None:
            return start, network.calendar.day(self.until)
        assert self.for_ is not None
        return start, start + self.for_

    @property
    def label(self) -> str:
        """The name, or the kind with the place it strikes."""
        return self.name or f"{self.kind} {self.place()}".strip()

    @abstractmethod
    def place(self) -> str:
        """Where it strikes, in a few words."""

    @abstractmethod
    def act(self, network: Network) -> tuple[list[Effect], list[Impulse]]:
        """What it does; raises PlaceError (path below this disruption) for names the network does not have."""

    def impact(self, network: Network) -> Impact:
        """Everything the engine has to know about this disruption; nothing happens in a span of no length, or without
        severity."""
        start, end = self.span(network)
        effects, impulses = self.act(network)
        first = -network.calendar.warm_up - 1.0  # a day earlier: a hazard moves what it draws by part of a day
        held = tuple(e.since(first).on_time() for e in effects if e.end > e.start and len(e.rows) and e.changes)
        added = tuple(self.arrivals(network))
        ends = () if self.expected is None else self.expected.steps(self.from_, self.notice)
        expected = tuple((start + day, start + over) for day, over in ends)
        told, announced = self.is_told, start - self.notice
        return Impact(self.label, start, end, announced, held, tuple(impulses), added, self.kind, "", told, expected)

    def arrivals(self, network: Network) -> list[PatientArrivals]:
        """Patients that it adds; raises PlaceError like `act`."""
        return []

    def hold(
        self, network: Network, quantity: QuantityName, rows: np.ndarray, operation: Operation, value: float
    ) -> Effect:
        """An effect of one value over the whole span."""
        start, end = self.span(network)
        return Effect(quantity, np.asarray(rows, dtype=np.int64), operation, ((start, value),), end, self.label)

    def cells(self, network: Network, at: Selector, products: list[str] | None) -> np.ndarray:
        """Cells of the sites under `at` and of the products; faults are placed on those two fields."""
        return network.select_cells(at, products)


class AtOnce(Disruption):
    """Something that happens at one time, `from`."""

    instant: ClassVar[bool] = True
    until: ClassVar[None] = None  # type: ignore[misc]  # takes the key out of the language for these kinds
    for_: ClassVar[None] = None  # type: ignore[misc]
    expected: ClassVar[None] = None  # type: ignore[misc]
    elsewhere: ClassVar[dict[str, str]] = dict.fromkeys(
        ("until", "for", "expected"), "no until, for or expected: this happens at one time, `from`"
    )

    def check_span(self) -> None:
        """There is no end."""

    def span(self, network: Network) -> tuple[float, float]:
        start = network.calendar.day(self.from_)
        return start, start


class MadeBetween(AtOnce):
    """Something that happens to the lots made between two dates."""

    by_lot: ClassVar[bool] = True
    products: list[Text] | None = None
    """products concerned; left out: all"""
    made_from: Date | None = None
    """first day of making; left out: from the beginning"""
    made_until: Date | None = None
    """first day of making that is not concerned; left out: `from`"""
    oldest: Days | None = None
    """made no longer than this before it happens, instead of made_from: for hazards, where no date is known"""
    youngest: Days | None = None
    """made this long before it happens or longer, instead of made_until"""

    def check(self) -> None:
        for age, date in (("oldest", "made_from"), ("youngest", "made_until")):
            if getattr(self, age) is not None and getattr(self, date) is not None:
                raise ValueError(f"either {date} (a date) or {age} (a duration)")
        first, over = self._ages()
        if first < over:
            raise ValueError("made_from before made_until, and before from")
        if over < 0:
            raise ValueError("made_until no later than from")

    def _ages(self) -> tuple[float, float]:
        """Days before `from` of the first day of making, and of the first day after."""
        first = np.inf if self.made_from is None else float((self.from_ - self.made_from).days)
        over = 0.0 if self.made_until is None else float((self.from_ - self.made_until).days)
        return first if self.oldest is None else self.oldest, over if self.youngest is None else self.youngest

    def products_by_lot(self, network: Network) -> np.ndarray:
        """Positions of the products that must be kept by lot because of this; names unknown to the network are left
        out."""
        names = network.products["name"].to_numpy()
        return np.flatnonzero(
            np.ones(len(names), dtype=bool) if self.products is None else np.isin(names, self.products)
        )

    def impulse(self, network: Network, action: Action, cells: np.ndarray, amount: float) -> Impulse:
        """The action on lots that the makers' cells made between the two dates."""
        start = network.calendar.day(self.from_)
        first, over = self._ages()
        return Impulse(action, cells, amount, start, self.label, (start - first, start - over))


class FromFile(Disruption):
    """Something that may be told by the rows of a table."""

    columns: ClassVar[dict[str, str]]
    """the file's columns, and what each holds: date, place or number"""
    file: Text | None = None
    """CSV file or Excel workbook (.xlsx), relative to this file"""
    sheet: Text | None = None
    """of a workbook; left out: its first"""
    _rows: dict[str, np.ndarray] | None = PrivateAttr(default=None)

    def with_rows(self, rows: dict[str, np.ndarray]) -> Self:
        """The same with the rows of its file, one array a column (dates as datetime64[D])."""
        told = self.model_copy()
        told._rows = rows
        return told

    @property
    def rows(self) -> dict[str, np.ndarray]:
        """The rows of the file; raises PlaceError where it was not read."""
        if self._rows is None:
            raise PlaceError(("file",), "a file cannot be read for a disruption in this place", self.file)
        return self._rows


DISRUPTIONS: Registry[Disruption] = Registry("disruption", "kind")


def one_site(network: Network, name: str, field: str, kinds: tuple[str, ...]) -> int:
    """Position of a site of one of the kinds; raises PlaceError naming the nearest valid name."""
    found = network.site_of.get(name)
    if found is None or network.site_kind[found] not in kinds:
        what, valid = " or ".join(kinds), network.site_names(np.flatnonzero(np.isin(network.site_kind, kinds)))
        raise PlaceError((field,), f"unknown {what}", name, one_of_few(valid, f"a {what}"), valid)
    return found


def lane_rows(network: Network, names: Sequence[str]) -> np.ndarray:
    """Positions of lanes by name; raises PlaceError on the field `lanes` for an unknown one."""
    index = network.lane_of
    for position, name in enumerate(names):
        if name not in index:
            raise PlaceError(("lanes", position), "unknown lane", name, "a lane written 'from > to'", index)
    return np.array([index[name] for name in names])


def passage_rows(network: Network, name: str) -> np.ndarray:
    """Positions of a passage: of a canal in all its directions, or of one; raises PlaceError on the field `passage`.

    It lies on the usual way of some lane, or on a way that vessels of some lane take when others are closed.
    """
    used = network.used_canals
    if name not in used:
        ways = [lane.way for lane in network.lanes if lane.way is not None]
        if name not in network.canals or not any(way.may_meet(name) for way in ways):
            expected = one_of_few(used, "a passage on some lane")
            near = network.canals.keys() - {name}
            raise PlaceError(("passage",), "no lane uses this passage", name, expected, near)
    return network.canals[name]


def lanes_by_name_or_mode(network: Network, names: Sequence[str] | None, mode: str | None) -> np.ndarray:
    """Positions of the lanes named, else of all of a mode; raises PlaceError on the field `lanes` or `mode`."""
    if names is not None:
        return lane_rows(network, names)
    rows = np.flatnonzero(network.lane_mode == mode)
    if not rows.size:
        modes = set(network.lane_mode)
        raise PlaceError(("mode",), "no lane of this mode", mode, one_of_few(modes, "a mode"), modes)
    return rows
