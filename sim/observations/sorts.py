"""What a series is: a share of those asked, a flow between two dates, a level on a date, or the date of an event."""

from __future__ import annotations

import datetime as dt
from typing import Literal

import numpy as np
from pydantic import Field

from sim.errors import PlaceError
from sim.observations.base import Naive, Observation, Threshold
from sim.observations.points import Points
from sim.observations.seen import Seen
from sim.units import Number, Positive, Text, Whole, WholeDays


class Amount(Observation):
    """A series of figures."""

    value: Text = "value"
    """column of the values"""
    plus: Number = 0.0
    """what the series has in ordinary times and the model has not, such as a usual share out of stock"""
    threshold: Threshold | None = None
    """from where on it is a shortage: dates of its onset and end are compared"""

    @property
    def values(self) -> str | None:
        return self.value

    @property
    def limit(self) -> Threshold | None:
        return self.threshold

    @property
    def least(self) -> float:
        return min(0.0, self.plus)

    def figures(self, seen: Seen, points: Points) -> np.ndarray:
        return self.modelled(seen, points) + self.plus


class Spanned(Amount):
    """A series of which a point is about several days."""

    from_: Text | None = Field(default=None, alias="from")
    """column of the first day of a span"""
    over: WholeDays | None = None
    """length of a span that ends with its date, where all have the same, such as 7d"""

    @property
    def spans(self) -> tuple[str | None, int | None]:
        return self.from_, self.over

    def check(self) -> None:
        if self.from_ is not None and self.over is not None:
            raise PlaceError(("over",), "the span is told twice", None, "either from (a column) or over")


class Scaled(Amount):
    """A series in units that may be others than the scenario's."""

    unit: Text | None = None
    """of the values, for tables and pages; left out: units, or as `told_as` has it"""
    times: Positive = 1.0
    """units of the series for one of the scenario's, where that has one in so many, or other units"""

    @property
    def counted_in(self) -> str:
        return self.unit or "units"

    def figures(self, seen: Seen, points: Points) -> np.ndarray:
        return self.times * self.modelled(seen, points) + self.plus


class Guessed(Amount):
    """A series of which a cut of supply says something without a model."""

    naive: Naive | None = None
    """the guess without a model that it is compared with"""

    @property
    def guessing(self) -> Naive | None:
        return self.naive

    @property
    def usual(self) -> float | None:
        """The figure in ordinary times where `naive` does not say."""
        return None

    def check(self) -> None:
        super().check()
        if self.naive is not None and self.naive.usual is None and self.usual is None:
            expected = "usual: the figure in ordinary times, in the unit of the series"
            raise PlaceError(("naive",), "the guess needs what is usual", None, expected)

    def guess(self, points: Points, start: dt.date) -> np.ndarray:
        """The usual figure, less what is cut."""
        assert self.naive is not None
        usual = self.usual if self.naive.usual is None else self.naive.usual
        return (usual or 0.0) * (1 - self.naive.lost * self.naive.holds(points, start))


class ShareOf(Guessed, Spanned):
    """A share in percent, of a survey's or of all."""

    is_: Literal["share"] = Field(alias="is")
    """share: percent of those asked, on a date or over the days to it"""
    of: Whole | Text | None = None
    """how many were asked, where it is from a survey: a number, or the name of a column"""

    @property
    def sample(self) -> int | str | None:
        return self.of

    @property
    def counted_in(self) -> str:
        return "%"

    @property
    def usual(self) -> float | None:
        return 100.0

    def check(self) -> None:
        super().check()
        if self.of == 0:
            raise PlaceError(("of",), "nobody was asked", 0, "how many were")
        if isinstance(self.of, str) and _is_number(self.of):
            expected = "a whole number of at least 1, or the name of a column"
            raise PlaceError(("of",), "no number of those asked", self.of, expected)
        limits = {} if self.threshold is None else {"above": self.threshold.above, "below": self.threshold.below}
        for word, limit in limits.items():
            if limit is not None and not 0 <= limit <= 100:
                raise PlaceError(("threshold", word), "no share is that high or low", limit, "percent, from 0 to 100")

    def figures(self, seen: Seen, points: Points) -> np.ndarray:
        return np.clip(super().figures(seen, points), 0, 100)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


class Flow(Guessed, Spanned, Scaled):
    """What passes between two dates."""

    is_: Literal["flow"] = Field(alias="is")
    """flow: what passes between two dates, both included"""

    def check(self) -> None:
        super().check()
        if self.spans == (None, None):
            raise PlaceError(("is",), "a flow needs its days", None, "from (a column) or over, such as 7d")


class Level(Scaled):
    """What there is on a date."""

    is_: Literal["level"] = Field(alias="is")
    """level: what there is in the evening of a date"""


class Event(Observation):
    """The date of something that happens once."""

    is_: Literal["event"] = Field(alias="is")
    """event: the date of something that happens once"""
