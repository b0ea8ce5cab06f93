"""What every observed series is: points from a table, and the figure of a run that they are held against."""

from __future__ import annotations

import datetime as dt
from abc import abstractmethod
from typing import Any, ClassVar, Literal, get_args

import numpy as np
from pydantic import Field

from sim.errors import PlaceError
from sim.model.network import Network
from sim.model.selection import SelectorField
from sim.model.vocabulary import QuantityName
from sim.observations.points import Points
from sim.observations.seen import Seen
from sim.registry import Kind, Model, Registry
from sim.units import Date, Number, Share, Text, WholeDays

What = Literal["level", "flow", "share", "event"]
Quality = Literal["official", "peer_reviewed", "trade_press", "press", "other"]
COLUMN = "column "
"""How a key says that its value stands in a column of the table."""
QUALITIES = get_args(Quality)


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

    def model_post_init(self, context: object) -> None:
        if self.from_ is not None and self.until is not None and self.until <= self.from_:
            expected = f"a date after {self.from_}"
            raise PlaceError(("until",), "the cut is over before it begins", str(self.until), expected)

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
    """A series that was observed, and the figure of a run that it is held against. What it is, is said by its sort: see
    `sim.observations.sorts`."""

    worst: ClassVar[int] = -1
    """1: worst at its highest, -1: at its lowest, 0: it has no worst point"""

    model: Text
    name: Text
    """by which tables, pages and settings call the series"""
    title: Text | None = None
    """what was observed, in a few words; left out: the name"""
    is_: What = Field(alias="is")
    """level: what there is in the evening of a date; flow: what passes between two dates, both included; share: percent
    of those asked, on a date or over the days to it; event: the date of something that happens once"""
    file: Text
    """CSV file or Excel workbook (.xlsx) with the points, relative to this file"""
    sheet: Text | None = None
    """of a workbook; left out: its first"""
    where: dict[Text, Text] = {}
    """rows that belong to the series: column and what stands in it; left out: all rows"""
    date: Text = "date"
    """column of the date, of a span its last day"""
    known_at: Text | None = None
    """column of the date on which each point was known; left out: the point's own date"""
    known_after: WholeDays | None = None
    """how long after its date each point was known, where all took as long, such as 14d"""
    held_out: Date | None = None
    """points from this date on are shown to no fit, and scored apart; left out: none is held out"""
    source: Text
    """a key of `sources`, or 'column NAME' where each point has its own"""
    quality: Quality | Text
    """of the source: official, peer_reviewed, trade_press, press or other; or 'column NAME'"""

    def model_post_init(self, context: object) -> None:
        if self.quality not in QUALITIES and not self.quality.startswith(COLUMN):
            expected = ", ".join(QUALITIES) + ", or 'column NAME'"
            raise PlaceError(("quality",), "not a word for the quality of a source", self.quality, expected, QUALITIES)
        if self.known_at is not None and self.known_after is not None:
            expected = "either known_at (a column) or known_after"
            raise PlaceError(("known_after",), "when it was known is told twice", None, expected)
        self.check()

    def check(self) -> None:
        """Raise PlaceError or ValueError where fields contradict each other."""

    @property
    def label(self) -> str:
        """The title, or the name."""
        return self.title or self.name

    @property
    def spans(self) -> tuple[str | None, int | None]:
        """The column of the first day of each span, or the length of all; neither where a point is about one day."""
        return None, None

    @property
    def values(self) -> str | None:
        """The column of the values, None where the date is the value."""
        return None

    @property
    def least(self) -> float:
        """The least value that it may have, in its unit."""
        return -np.inf

    @property
    def counts_from(self) -> dt.date | None:
        """The first day that counts, where the series says so."""
        return None

    @property
    def fewest_days(self) -> int:
        """Days that a point is about at least."""
        return 1

    @property
    def sample(self) -> int | str | None:
        """How many were asked, or the column that tells."""
        return None

    @property
    def limit(self) -> Threshold | None:
        """From where on it is a shortage."""
        return None

    @property
    def guessing(self) -> Naive | None:
        """The guess without a model, where the series has one."""
        return None

    @property
    def counted_in(self) -> str:
        """The unit of the values."""
        return "days"

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
        return self.modelled(seen, points)

    def guess(self, points: Points, start: dt.date) -> np.ndarray:
        """What the guess without a model says at each point; shape (points,). Only where there is one."""
        raise NotImplementedError


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
