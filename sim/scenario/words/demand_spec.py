"""The words for demand: how much, how it scatters, and on which days."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from sim.errors import PlaceError
from sim.model.amounts import AmountField, RateOrSites
from sim.model.need.demand import DEMAND, DemandKind
from sim.model.need.demand.poisson import Poisson
from sim.model.selection import SelectorField
from sim.registry import Model, OneOf
from sim.units import Date, Days, Percent, Share, Text

MONTH_DAY = re.compile(r"^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$")
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEK: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def _named(value: Any) -> Any:
    return {"distribution": value} if isinstance(value, str) else value


def _or_name(schema: dict[str, Any]) -> None:
    """A distribution without parameters may be written as its name alone."""
    members = schema.pop("oneOf")
    schema.pop("discriminator", None)
    schema["anyOf"] = [{"enum": list(DEMAND)}, *members]


DistributionField = Annotated[DemandKind, OneOf(DEMAND), BeforeValidator(_named), Field(json_schema_extra=_or_name)]


class Season(Model):
    """A yearly wave: mean x (1 + amplitude x cos(2 pi (day - peak) / 365.25))."""

    peak: Text
    """month and day of the highest demand, such as 07-15"""
    amplitude: Share
    """height of the wave as a share of the mean"""

    def model_post_init(self, context: object) -> None:
        if not MONTH_DAY.match(self.peak):
            raise PlaceError(("peak",), "this is no day of the year", self.peak, "month-day such as 07-15")


class Series(Model):
    """Recorded demand, read from a table with columns date, site, product, units; days not listed have none."""

    file: Text
    """CSV file or Excel workbook (.xlsx), relative to this file"""
    sheet: Text | None = None
    """of a workbook; left out: its first"""
    stockouts: Text | None = None
    """column that holds 1 on days on which stock ran out, else 0: the units are then issues, and demand on those days
    is what is expected given that it was at least that"""


class Holidays(Model):
    """Days on which fewer people come."""

    on: list[Date] = Field(min_length=1)
    """the dates"""
    share: Share = 0.0
    """share of that day's demand that comes; the rest is not made up for"""


class Sessions(Model):
    """Days on which those come who would have come since the last one: outreach, vaccination days."""

    every: Days = Field(ge=1)
    """days from one session to the next"""
    first: Days = 0.0
    """day of the first session, counted from the start"""

    def model_post_init(self, context: object) -> None:
        if self.every % 1 or self.first % 1:
            raise ValueError("every and first in whole days")


class DemandSpec(Model):
    """Demand at facilities."""

    at: SelectorField
    """facilities"""
    product: Text
    per_day: AmountField | None = None
    """mean units a day: a number or 'column NAME'; may be left out where the distribution has a mean of its own"""
    per_person: RateOrSites | None = None
    """mean units for each person of the sites' population: '0.02 a day', '1.5 a month', '7 a year'; not per_day"""
    distribution: DistributionField = Poisson(distribution="poisson")
    """a distribution's name, or its name and parameters: {distribution: negative_binomial, dispersion: 1.4}"""
    series: Series | None = None
    """recorded demand, instead of per_day"""
    season: Season | None = None
    weekdays: dict[Weekday, Percent] = {}
    """demand of days of the week as a share of a full day's: {sat: 50%, sun: 20%}; those left out have 100%"""
    per_day_is: Literal["mean_of_week", "full_day"] = "mean_of_week"
    """what `per_day` or `per_person` is, with weekdays: the mean over a week, which full days exceed, or the demand of
    a day of 100%, which the mean is below"""
    holidays: Holidays | None = None
    """dates on which fewer come"""
    sessions: Sessions | None = None
    """demand comes on some days only, those of all days since the last one together"""
    shortage: Literal["lost", "backorder"] = "lost"
    """what becomes of demand that is not met on the day"""
    patience: Days | None = None
    """with backorder: days after which demand that still waits is lost"""
    from_: Date | None = Field(default=None, alias="from")
    """no demand before this date"""
    until: Date | None = None
    """no demand from this date on"""

    def model_post_init(self, context: object) -> None:
        means = sum(given is not None for given in (self.per_day, self.per_person, self.series))
        if means > 1 or (not means and not self.distribution.may_bring_mean):
            raise ValueError("exactly one of per_day, per_person and series")
        if self.patience is not None and (self.shortage != "backorder" or self.patience < 1 or self.patience % 1):
            raise ValueError("patience only with shortage: backorder, in whole days of at least 1d")
        if self.series is not None and self.season is not None:
            raise ValueError("no season with a recorded series")
        if self.series is not None and (self.weekdays or self.holidays or self.sessions):
            raise ValueError("no weekdays, holidays or sessions with a recorded series")
        if self.sessions is not None and self.weekdays:
            raise ValueError("either weekdays or sessions")
        if not any(self.week):
            raise ValueError("weekdays of which one at least is above 0%")
        if self.per_day_is == "full_day" and not self.weekdays:
            raise ValueError("per_day_is only with weekdays")
        if self.from_ is not None and self.until is not None and self.until < self.from_:
            raise PlaceError(("until",), "demand ends before it begins", self.until, f"a date from {self.from_} on")

    @property
    def week(self) -> tuple[float, ...]:
        """Shares of the days of the week, Monday first."""
        return tuple(self.weekdays.get(day, 1.0) for day in WEEK)
