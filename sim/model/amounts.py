"""Amounts that may differ by site: a number, days of cover, or a column of the table the sites came from."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BeforeValidator, WithJsonSchema

from sim.units import DURATION, MOST, SHARE, parse_duration, parse_number, parse_share, parse_text

COLUMN = re.compile(r"^column ([^\s].*)$")


@dataclass(frozen=True)
class Column:
    """`column NAME`: the value stands in that column of the sites' table."""

    name: str


@dataclass(frozen=True)
class Cover:
    """A stock expressed as days of mean demand."""

    days: float


Amount = float | Column
Stock = float | Cover | Column


def column_or(parse: Any) -> Any:
    """A validator that accepts `column NAME` besides what `parse` accepts."""

    def read(value: Any) -> Any:
        match = COLUMN.match(value) if isinstance(value, str) else None
        if match:
            return Column(match[1])
        try:
            return parse(value)
        except ValueError as error:
            raise ValueError(f"{error}, or 'column NAME'") from None

    return read


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
    BeforeValidator(column_or(_non_negative)),
    WithJsonSchema({"type": ["number", "string"], "pattern": COLUMN.pattern}),
]
StockField = Annotated[
    float | Cover | Column,
    BeforeValidator(column_or(parse_stock)),
    WithJsonSchema({"type": ["number", "string"], "pattern": f"{DURATION.pattern}|{COLUMN.pattern}"}),
]
ShareField = Annotated[
    float | Column,
    BeforeValidator(column_or(parse_share)),
    WithJsonSchema({"type": "string", "pattern": f"{SHARE.pattern}|{COLUMN.pattern}"}),
]
TextOrColumn = Annotated[str | Column, BeforeValidator(column_or(parse_text)), WithJsonSchema({"type": "string"})]
