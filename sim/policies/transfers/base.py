"""Transfers: who may give goods to whom beside all orders, when, how much, and whom it is asked of first."""

from __future__ import annotations

import re
from abc import abstractmethod
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
from pydantic import BeforeValidator, Field, WithJsonSchema

from sim.errors import PlaceError
from sim.model.amounts import StockField, comparable
from sim.model.chance.distributions import TimesField
from sim.model.selection import SelectorField
from sim.policies.allocation.equal_days_of_cover import EqualDaysOfCover
from sim.policies.allocation.named import RuleField
from sim.registry import Kind, Model, Registry
from sim.units import NUMBER, Days, NonNegative, Text, Whole

RADIUS = re.compile(rf"^({NUMBER}) ?km$")
Within = Literal["anywhere", "region", "country", "party", "other_party", "pool"]


def parse_radius(value: Any) -> float:
    """Kilometres in a distance such as `200km`; raises ValueError for anything else."""
    match = RADIUS.match(str(value).strip())
    if not match or isinstance(value, bool):
        raise ValueError("a distance in kilometres such as 200km")
    return float(match[1])


RadiusField = Annotated[
    float, BeforeValidator(parse_radius), WithJsonSchema({"type": "string", "pattern": RADIUS.pattern})
]


@dataclass(frozen=True)
class Ways:
    """Ways on which goods may be given, arrays of one length: mean `days` there, `cost` a unit, `km` in a straight line
    (NaN where a place is not known), and `spare`: days of usual use that the giver is seen to be able to do without."""

    days: np.ndarray
    cost: np.ndarray
    km: np.ndarray
    spare: np.ndarray


class Loan(Model):
    """What is given is lent."""

    for_: Days = Field(alias="for")
    """time from the day on which goods leave to the day on which as many are due back"""
    written_off: Days | None = None
    """time from the day on which they were due until what is not paid back is given up; left out: never"""

    def model_post_init(self, context: object) -> None:
        for word, days in (("for", self.for_), ("written_off", self.written_off)):
            if days is not None and (days < 1 or days % 1):
                raise PlaceError((word,), "loans are looked at once a day", days, "whole days, 1d at least")


class Transfer(Kind):
    """Sites that give each other goods when one lacks what another can spare."""

    rule: Text
    title: Text | None = None
    """by which pages and the journal call it; left out: its rule"""
    from_: SelectorField = Field(alias="from")
    """sites that may give"""
    to: SelectorField | None = None
    """sites that may be given something; left out: those that may give"""
    products: list[Text] | None = None
    """products it holds for; left out: all"""
    within: Within = "anywhere"
    """whom a site may ask: anybody of these, those of its own region, country or party; other_party: those of other
    parties only; pool: those who are in a pool with its party, its own party's among them"""
    radius: RadiusField | None = None
    """at most so far in a straight line; left out: any distance"""
    partners: Whole | None = None
    """of these the so many who are nearest: in a straight line, or by time where lanes are taken; left out: all"""
    time: TimesField | None = None
    """journey time of transfers, which then need no lane; left out: they take the lanes there are, back where none
    leads their way"""
    cost: NonNegative = 0.0
    """per unit, with time; lanes have their own"""
    keep: StockField
    """what a giver keeps on hand: units, or days of usual demand"""
    below: StockField
    """who has less than this, on hand and coming in time, is given something; units, or days of usual demand"""
    up_to: StockField | None = None
    """how much it is given: up to this; left out: up to `below`"""
    permission: Days = 0.0
    """time from the evening on which somebody asks until goods may leave, if they are lacking all the while"""
    share: RuleField = Field(default_factory=lambda: EqualDaysOfCover(rule="equal_days_of_cover"))
    """allocation rule by which a giver who is asked for more than it can spare shares it; left out:
    equal_days_of_cover"""
    closed: bool = False
    """true: nobody gives by it but while a decision (`allow_transfers`) lets him"""
    loan: Loan | None = None
    """what is given is to be given back; left out: it is not"""
    looks_at_stock: ClassVar[bool] = False
    """whether the order in which givers are asked goes by what these have"""

    def model_post_init(self, context: Any) -> None:
        if {"at", "products", "from_"} & self.share.model_fields_set:
            message = "this rule shares what a giver can spare"
            raise PlaceError(("share",), message, None, "no `at` and no `products`, nor `from`")
        if self.cost and self.time is None:
            raise PlaceError(("cost",), "this is the cost of journeys that have a time of their own", self.cost, "time")
        if self.permission % 1:
            raise PlaceError(("permission",), "transfers are decided once a day", self.permission, "whole days")
        if self.partners == 0:
            raise PlaceError(("partners",), "nobody could be asked", 0, "1 at least, or no partners: all")
        levels = comparable(self.up_to, self.below)
        if levels is not None and levels[0] < levels[1]:
            raise PlaceError(("up_to",), "goods would be given only to lack still", None, "at least what `below` is")
        levels = comparable(self.keep, self.below)
        if levels is not None and levels[0] < levels[1]:
            message = "who gives would lack goods itself"
            raise PlaceError(("keep",), message, None, "at least what `below` is")

    @property
    def label(self) -> str:
        """By what it is called."""
        return self.title or self.rule

    @abstractmethod
    def order(self, ways: Ways) -> np.ndarray:
        """By what a site chooses whom it asks first: the lowest; shape of `ways.days`. Ties go to the quicker way, then
        to the giver named first."""


TRANSFERS: Registry[Transfer] = Registry("transfer rule", "rule")
