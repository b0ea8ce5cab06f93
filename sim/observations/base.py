"""What every observed series is: points from a table, and the figure of a run that they are held against."""

from __future__ import annotations

import datetime as dt
from abc import abstractmethod
from typing import Any, ClassVar, Literal

import numpy as np
from pydantic import Field

from sim.errors import PlaceError
from sim.model.network import Network
from sim.model.selection import SelectorField
from sim.model.vocabulary import QuantityName
from sim.observations.points import Points
from sim.observations.seen import Seen
from sim.registry import Kind, Model, Registry
from sim.units import Date, Number, Positive, Share, Text, Whole, WholeDays

What = Literal["level", "flow", "share", "event"]
Quality = Literal["official", "peer_reviewed", "trade_press", "press", "other"]
COLUMN = "column "
"""How a key says that its value stands in a column of the table."""
MEANING = {
    "level": "what there is in the evening of a date",
    "flow": "what passes from a date to another, both included",
    "share": "a share of those asked, in percent, on a date or over the days to it",
    "event": "the date of something that happens once",
}


class Naive(Model):
    """The guess without a model: supply falls by `share` x `cut`, at once and everywhere."""

    share: Share
    """share of supply that was hit"""
    cut: Share = 1.0
    """by how much that was cut"""
    from_: Date | None = Field(default=None, alias="from")
    """first day of the cut; left out: the scenario's first day"""
    until: Date | None = None
    """first day after it; left out: it lasts"""
    usual: Number | None = None
    """the figure in ordinary times, in the unit of the series"""

    @property
    def lost(self) -> float:
        """Share of supply that is lost."""
        return self.share * self.cut

    def holds(self, points: Points, start: dt.date) -> np.ndarray:
        """On which share of each point's days there is the cut."""
        first = -np.inf if self.from_ is None else (self.from_ - start).days
        over = np.inf if self.until is None else (self.until - start).days
        days = np.minimum(points.day + 1, over) - np.maximum(points.first, first)
        found: np.ndarray = np.clip(days, 0, None) / (points.day - points.first + 1)
        return found


class Threshold(Model):
    """From where on a series speaks of a shortage."""

    above: Number | None = None
    """a value that is exceeded meanwhile"""
    below: Number | None = None
    """a value that the series is below meanwhile"""

    def model_post_init(self, context: object) -> None:
        if (self.above is None) == (self.below is None):
            raise ValueError("either above or below")

    def past(self, values: np.ndarray) -> np.ndarray:
        """Which values are past it."""
        return values > self.above if self.above is not None else values < (self.below or 0.0)

    @property
    def sign(self) -> int:
        """1 where the worst is the highest value, -1 where it is the lowest."""
        return 1 if self.above is not None else -1

    def __str__(self) -> str:
        return f"above {self.above:g}" if self.above is not None else f"below {self.below:g}"


class Observation(Kind):
    """A series that was observed, and the figure of a run that it is held against."""

    may_be: ClassVar[tuple[What, ...]]
    """what a series of this kind can be"""
    worst: ClassVar[int] = -1
    """1: worst at its highest, -1: at its lowest, 0: it has no worst point"""
    guessed: ClassVar[bool] = True
    """whether the guess without a model says anything of it"""

    model: Text
    name: Text
    """by which tables, pages and settings call the series"""
    title: Text | None = None
    """what was observed, in a few words; left out: the name"""
    is_: What = Field(alias="is")
    """level: what there is in the evening of a date; flow: what passes between two dates, both included; share: percent
    of those asked, on a date or over the days to it; event: the date of something that happens once"""
    unit: Text | None = None
    """of the values; left out: % of a share, days of an event, else that of the product"""
    file: Text
    """CSV file or Excel workbook (.xlsx) with the points, relative to this file"""
    sheet: Text | None = None
    """of a workbook; left out: its first"""
    where: dict[Text, Text] = {}
    """rows that belong to the series: column and what stands in it; left out: all rows"""
    date: Text = "date"
    """column of the date, of a span its last day"""
    from_: Text | None = Field(default=None, alias="from")
    """column of the first day of a span"""
    over: WholeDays | None = None
    """length of a span that ends with its date, where all have the same, such as 7d"""
    value: Text = "value"
    """column of the values; of an event its date is the value"""
    of: Whole | Text | None = None
    """how many were asked, of a share from a survey: a number, or the name of a column"""
    times: Positive = 1.0
    """units of the series for one of the scenario's, where that has one in so many, or other units"""
    plus: Number = 0.0
    """what the series has in ordinary times and the model has not, such as a usual share out of stock"""
    held_out: Date | None = None
    """points from this date on are shown to no fit, and scored apart; left out: none is held out"""
    threshold: Threshold | None = None
    """from where on it is a shortage: dates of its onset and end are compared"""
    naive: Naive | None = None
    """the guess without a model that it is compared with"""
    source: Text
    """a key of `sources`, or 'column NAME' where each point has its own"""
    quality: Quality | Text
    """of the source: official, peer_reviewed, trade_press, press or other; or 'column NAME'"""

    def model_post_init(self, context: object) -> None:
        if self.is_ not in self.may_be:
            raise PlaceError(
                ("is",), f"'{self.model}' cannot be held against a {self.is_}", self.is_, " or ".join(self.may_be)
            )
        if self.from_ is not None and self.over is not None:
            raise PlaceError(("over",), "the span is told twice", None, "either from (a column) or over")
        spans = self.from_ is not None or self.over is not None
        if self.is_ == "flow" and not spans:
            raise PlaceError(("is",), "a flow needs its days", None, "from (a column) or over, such as 7d")
        if self.is_ in ("level", "event") and spans:
            where = "from" if self.from_ is not None else "over"
            raise PlaceError((where,), f"a{'n' if self.is_ == 'event' else ''} {self.is_} is about one day")
        if self.of is not None and self.is_ != "share":
            raise PlaceError(("of",), "only a share is of so many asked", None, "is: share")
        if self.of == 0:
            raise PlaceError(("of",), "nobody was asked", 0, "how many were")
        if self.quality not in Quality.__args__ and not self.quality.startswith(COLUMN):  # type: ignore[attr-defined]
            expected = ", ".join(Quality.__args__) + ", or 'column NAME'"  # type: ignore[attr-defined]
            raise PlaceError(("quality",), "not a word for the quality of a source", self.quality, expected)
        if self.is_ == "event" and (self.threshold is not None or self.plus):
            raise PlaceError(("threshold" if self.threshold else "plus",), "an event is a date, not an amount")
        if self.is_ == "event" and "value" in self.model_fields_set:
            raise PlaceError(("value",), "the date of an event is its value", self.value, "date alone")
        if self.naive is not None and not self.guessed:
            raise PlaceError(("naive",), f"a cut of supply says nothing of '{self.model}'", None, "no naive here")
        if self.naive is not None and self.naive.usual is None and self.usual is None:
            expected = "usual: the figure in ordinary times, in the unit of the series"
            raise PlaceError(("naive",), "the guess needs what is usual", None, expected)
        self.check()

    def check(self) -> None:
        """Raise PlaceError where fields of the kind contradict each other."""

    @property
    def label(self) -> str:
        """The title, or the name."""
        return self.title or self.name

    @property
    def usual(self) -> float | None:
        """The figure in ordinary times where `naive` does not say: that of a share in percent; else none."""
        return 100.0 if self.is_ == "share" else None

    def cells(self, network: Network) -> np.ndarray:
        """Cells of which it reads daily figures, ascending; raises PlaceError for names the network does not have."""
        return np.zeros(0, dtype=np.int64)

    def watches(self, network: Network) -> tuple[QuantityName, ...]:
        """Quantities that it reads day by day; raises PlaceError for names the network does not have."""
        return ()

    @abstractmethod
    def modelled(self, seen: Seen, points: Points) -> np.ndarray:
        """The run's figure for each point, of a share in percent, in the scenario's units; shape (points,)."""

    def figures(self, seen: Seen, points: Points) -> np.ndarray:
        """The run's figure for each point, in the unit of the series; NaN where the run has none."""
        found = self.times * self.modelled(seen, points) + self.plus
        return np.clip(found, 0, 100) if self.is_ == "share" else found

    def guess(self, points: Points, start: dt.date) -> np.ndarray:
        """What the guess without a model says at each point: the usual figure, less what is cut; shape (points,)."""
        assert self.naive is not None
        usual = self.usual if self.naive.usual is None else self.naive.usual
        return (usual or 0.0) * (1 - self.naive.lost * self.naive.holds(points, start))


class OfSites(Observation):
    """A series about some sites and products."""

    at: SelectorField = "facilities"
    """sites that were looked at"""
    products: list[Text] | None = None
    """products that were looked at; left out: all"""

    def cells(self, network: Network) -> np.ndarray:
        cells = network.select_cells(self.at, self.products)
        if not len(cells):
            raise PlaceError(("at",), "none of these sites keeps such a product", str(self.at))
        return cells


OBSERVATIONS: Registry[Observation] = Registry("observation model", "model")
OPEN: dict[str, Any] = {"name": "shelves", "file": "observed.csv", "source": "survey", "quality": "official"}
"""What every example of a kind has beside its own fields."""
