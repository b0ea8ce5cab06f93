"""Amounts that may differ by site: a number, days of cover, a column of the table the sites came from, or a
distribution over the sites."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
from pydantic import BeforeValidator, WithJsonSchema

from sim.model.chance.distributions import Times, parse_times
from sim.model.chance.unknown import Range, parse_unknown
from sim.units import DURATION, MOST, RATE, SHARE, parse_duration, parse_number, parse_rate, parse_share, parse_text

COLUMN = re.compile(r"^column ([^\s].*)$")
OVER = re.compile(r"^(.*\S) over sites$")
UNITS = {"": "numbers", "d": "durations such as 18d", "%": "shares such as 40%", "rate": "numbers, and a time behind"}
"""What stands in the brackets of a distribution, by its unit."""


@dataclass(frozen=True)
class Column:
    """`column NAME`: the value stands in that column of the sites' table.

    `cover`: it is in days of usual demand.
    """

    name: str
    cover: bool = False


@dataclass(frozen=True)
class StockColumn(Column):
    """The same for stocks: its cells are units, or all of them durations, which are days of usual demand."""


@dataclass(frozen=True)
class OverSites(Column):
    """`lognormal(18d, 6d) over sites`: each site's own value, drawn anew in every replication.

    `name` is that of a column that holds the draws; it says where the text stands, so that two places differ.
    """

    known: Range | None = None
    most: float = np.inf
    place: str = ""

    def values(self, shares: np.ndarray) -> np.ndarray:
        """The values under which these shares of all sites lie; days, shares of 1, units, or units a day."""
        assert self.known is not None
        values = self.known.drawn.quantiles(shares)
        if self.known.behind:
            values = values * parse_rate(f"1{self.known.behind}")
        return np.minimum(values, self.most)


class SitesText(str):
    """The text of a distribution over sites, which knows the place it stands in."""

    place: str

    @classmethod
    def at(cls, text: str, place: str) -> SitesText:
        """A text that stands somewhere in a scenario."""
        found = cls(text)
        found.place = place
        return found


@dataclass(frozen=True)
class Cover:
    """A stock expressed as days of mean demand."""

    days: float


Amount = float | Column
Stock = float | Cover | Column


def column_or(
    parse: Callable[[Any], Any], units: tuple[str, ...] = (), named: bool = True, column: type[Column] = Column
) -> Callable[[Any], Any]:
    """A validator that accepts `column NAME` (where it may be `named`) besides what `parse` accepts, and, where there
    are `units`, a distribution over sites in one of them."""

    def read(value: Any) -> Any:
        match = COLUMN.match(value) if isinstance(value, str) and named else None
        if match:
            return column(" ".join(match[1].split()))
        if isinstance(value, SitesText) and units:
            return _over_sites(value, units)
        try:
            return parse(value)
        except ValueError as error:
            raise ValueError(f"{error}, or 'column NAME'" if named else str(error)) from None

    return read


def _over_sites(text: SitesText, units: tuple[str, ...]) -> OverSites:
    match = OVER.match(text)
    assert match is not None
    known = parse_unknown(match[1])
    if not isinstance(known, Range) or known.since is not None:
        raise ValueError("a distribution of amounts")
    unit = "rate" if known.behind else known.drawn.unit
    if unit not in units:
        raise ValueError(f"a distribution over sites of {' or '.join(UNITS[unit] for unit in units)}")
    name = f"{match[1]} over sites under '{text.place}'"
    return OverSites(name, unit == "d" and "" in units, known, 1.0 if unit == "%" else np.inf, text.place)


def _non_negative(value: Any) -> float:
    number = parse_number(value)
    if number < 0:
        raise ValueError("a number of at least 0")
    return number


def parse_stock(value: Any) -> float | Cover:
    """Units (`1200`) or days of cover (`30d`, `3mo`)."""
    if isinstance(value, Cover):
        return value
    if isinstance(value, str) and DURATION.match(value):
        return Cover(parse_duration(value))
    try:
        return _non_negative(value)
    except ValueError:
        if isinstance(value, int | float) and value > MOST:
            raise
        raise ValueError("a number of units such as 1200, or days of cover such as 30d or 3mo") from None


def comparable(one: Stock | None, two: Stock | None) -> tuple[float, float] | None:
    """Two stocks as numbers, where both are in units or both in days of cover; else None."""
    if isinstance(one, Cover) and isinstance(two, Cover):
        return one.days, two.days
    return (one, two) if isinstance(one, float) and isinstance(two, float) else None


AmountField = Annotated[
    float | Column,
    BeforeValidator(column_or(_non_negative, ("",))),
    WithJsonSchema({"type": ["number", "string"], "pattern": f"{COLUMN.pattern}|{OVER.pattern}"}),
]
StockField = Annotated[
    float | Cover | Column,
    BeforeValidator(column_or(parse_stock, ("", "d"), column=StockColumn)),
    WithJsonSchema({"type": ["number", "string"], "pattern": f"{DURATION.pattern}|{COLUMN.pattern}|{OVER.pattern}"}),
]
ShareField = Annotated[
    float | Column,
    BeforeValidator(column_or(parse_share, ("%",))),
    WithJsonSchema({"type": "string", "pattern": f"{SHARE.pattern}|{COLUMN.pattern}|{OVER.pattern}"}),
]
TextOrColumn = Annotated[str | Column, BeforeValidator(column_or(parse_text)), WithJsonSchema({"type": "string"})]
RateOrSites = Annotated[
    float | Column,
    BeforeValidator(column_or(parse_rate, ("rate",), named=False)),
    WithJsonSchema({"type": "string", "pattern": f"{RATE.pattern}|{OVER.pattern}"}),
]
"""Amount a day."""
TimesOrSites = Annotated[
    Times | Column,
    BeforeValidator(column_or(parse_times, ("d",), named=False)),
    WithJsonSchema({"type": "string", "description": "a duration, or e.g. lognormal(14d, 3d)"}),
]
