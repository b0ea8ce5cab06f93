"""What every alarm is: a detector that looks at some sites every evening and says whether a shortage may be near."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal, NamedTuple

import numpy as np
from pydantic import BeforeValidator, WithJsonSchema

from sim.errors import PlaceError
from sim.model.selection import SelectorField
from sim.policies.triggers.base import Groups, Looking
from sim.registry import Registry
from sim.units import SHARE, Text, WholeDays, parse_number, parse_share

Known = dict[str, np.ndarray]
"""What a detector remembers, arrays by name of shape (..., units); `look` changes them in place."""


@dataclass(frozen=True)
class UnitsADay:
    """So many units a day, where a plain number is a share of demand."""

    units: int


class DayTold(NamedTuple):
    """A day's demand that is told, of some `groups` (positions; None: of all): units `asked` for over all groups, and
    `late`, the units by which earlier days were other than what stood for them until they were told (None: by none)."""

    groups: np.ndarray | None
    asked: np.ndarray
    late: np.ndarray | None = None


class Evening(NamedTuple):
    """What a detector is told in an evening: figures of groups of sites that are looked at as one, each of one product.

    `late` adds up by how much arrivals since the last evening were later than planned, as shares of the planned time
    (a journey planned for less than a day counted as one of a day), and `arrived` counts them; no entries where it does
    not look at journeys. `told` are days whose demand is known that was not before, the earliest first; none where it
    does not look at demand.
    """

    groups: Groups
    late: np.ndarray
    arrived: np.ndarray
    told: Sequence[DayTold] = ()


def _shortage(value: Any) -> float | UnitsADay:
    if isinstance(value, str) and SHARE.match(value):
        share = parse_share(value)
        if 0 < share <= 1:
            return share
    elif isinstance(value, int) and not isinstance(value, bool) and parse_number(value) >= 1:
        return UnitsADay(int(parse_number(value)))
    raise ValueError("a share of a day's demand such as 10%, or whole units a day such as 20")


ShortageField = Annotated[
    float | UnitsADay,
    BeforeValidator(_shortage),
    WithJsonSchema({"anyOf": [{"type": "string", "pattern": SHARE.pattern}, {"type": "integer", "minimum": 1}]}),
]


class Alarm(Looking):
    """A detector: it rises on the evening on which its condition holds, and stands until that has not held for a
    time."""

    alarm: Text
    name: Text | None = None
    """by which conditions, the journal and the report refer to it; left out: its kind"""
    by: Text | None = None
    """the party that watches, at all of its sites unless `at` says at which; left out: nobody in particular"""
    at: SelectorField | None = None
    """sites that are watched; left out: those of the party"""
    products: list[Text] | None = None
    """products that are watched; left out: all that these sites keep"""
    of: Literal["together", "each"] = "together"
    """over whom, product by product. together: one alarm for these sites, whose figures are taken as if they were one;
    each: an alarm for every site"""
    clears_after: WholeDays = 7
    """how long its condition must not have held before it clears"""
    shortage: ShortageField = 0.1
    """what counts as a shortage when the alarm is scored: so much goes unmet of a day's demand of those watched, as a
    share of it or in units"""
    apart: WholeDays = 7
    """days without that after which a shortage is over; sooner it is the same one"""
    ahead: WholeDays = 30
    """how long before a shortage an alarm may rise to count as a warning of it"""

    def model_post_init(self, context: object) -> None:
        if self.by is None and self.at is None:
            raise PlaceError((), "nobody watches", None, "by: a party, or at: sites")
        self.check()

    def check(self) -> None:
        """Raise ValueError where fields contradict each other."""

    @property
    def label(self) -> str:
        """The name, or the kind."""
        return self.name or self.alarm

    @property
    def rows(self) -> int:
        """Figures that it keeps of each group for days of their own."""
        return 0

    def begin(self, usual: np.ndarray) -> Known:
        """What it remembers before the first evening, of groups with this usual demand (units a day)."""
        return {}

    @abstractmethod
    def look(self, evening: Evening, known: Known) -> np.ndarray:
        """Whether its condition holds this evening; bool, shape (groups,)."""


ALARMS: Registry[Alarm] = Registry("alarm", "alarm")
