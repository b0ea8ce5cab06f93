"""The words for how much a maker can make: its capacity, and what it can add to that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BeforeValidator, WithJsonSchema

from sim.model.selection import SelectorField
from sim.policies.when import TriggerField
from sim.registry import Model
from sim.units import MOST, SHARE, Date, Days, NonNegative, Percent, Positive, Text, parse_number, parse_share


@dataclass(frozen=True)
class OfUsual:
    """A capacity as a share of what a maker makes in usual times."""

    share: float


def parse_capacity(value: Any) -> float | OfUsual:
    """Units a day (`400`), or a share of what is usual (`130%`); raises ValueError for anything else."""
    if isinstance(value, OfUsual):
        return value
    if isinstance(value, str) and SHARE.match(value.strip()):
        share = parse_share(value)
        if not share:
            raise ValueError("a capacity above 0%")
        return OfUsual(share)
    try:
        number = parse_number(value)
    except ValueError:
        if isinstance(value, int | float) and value > MOST:
            raise
        expected = "units a day, a plain number such as 400, or a share of the usual output such as 130%"
        raise ValueError(expected) from None
    if number <= 0:
        raise ValueError("a number above 0")
    return number


CapacityField = Annotated[
    float | OfUsual,
    BeforeValidator(parse_capacity),
    WithJsonSchema({"type": ["number", "string"], "exclusiveMinimum": 0, "pattern": SHARE.pattern}),
]


class MovedFrom(Model):
    """The line that is moved: what is made there is made no more while it is away."""

    product: Text | None = None
    """what is made less of; left out: the same product"""
    at: Text | None = None
    """the supplier that makes less; left out: this one"""
    for_one: Positive = 1.0
    """units of it that are not made for each unit a day that is gained"""

    def model_post_init(self, context: object) -> None:
        if self.product is None and self.at is None:
            raise ValueError("product, at or both")


class More(Model):
    """Capacity on top of the usual, in a time of need: overtime, another shift, a line that is moved over."""

    when: TriggerField
    """the condition, looked at every morning: it holds from the first morning on which it is met"""
    watching: SelectorField | None = None
    """sites at which the condition looks, for this product; left out: this maker"""
    after: Days = 0.0
    """time from the condition being met to the first output on top"""
    to: Percent
    """capacity that is reached, as a share of the usual: 120% is a fifth more"""
    ramp: Days = 0.0
    """time from the first output on top to all of it, in a straight line"""
    stand_down: Days = 0.0
    """it ends once the condition has not been met for this long"""
    until: Date | None = None
    """it ends on this date at the latest; left out: no limit"""
    extra_cost: NonNegative = 0.0
    """cost of each unit made beyond the usual capacity, on top of the purchase cost: overtime"""
    moved_from: MovedFrom | None = None
    """the line that is moved over; left out: nothing is made less of"""

    def model_post_init(self, context: object) -> None:
        if self.to < 1:
            raise ValueError("to of at least 100%: it is a share of the usual capacity")
