"""Claims on a reserve that parties hold together: how much is whose, what may be borrowed, who has paid its part."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema

from sim.model.amounts import Cover, parse_stock
from sim.policies.when import TriggerField
from sim.registry import Model
from sim.units import DATE, DURATION, SHARE, Date, Days, Percent, Share, parse_date, parse_share


@dataclass(frozen=True)
class Part:
    """A share of the reserve."""

    share: float


def parse_claim(value: Any) -> Part | Cover | float:
    """A share of the reserve (`40%`), units of each product (`500`) or days of the party's own use (`90d`)."""
    if isinstance(value, Part):
        return value
    try:
        if isinstance(value, str) and SHARE.match(value):
            share = parse_share(value)
            if share <= 1:
                return Part(share)
        else:
            return parse_stock(value)
    except ValueError:
        pass
    raise ValueError("a share of the reserve such as 40%, units such as 500, or days of the party's use such as 90d")


def parse_made(value: Any) -> bool | dt.date:
    """`yes` and `no`, or the date on which it is made."""
    if isinstance(value, dt.date | bool):
        return value
    if value in ("yes", "no"):
        return bool(value == "yes")
    try:
        return parse_date(value)
    except ValueError:
        raise ValueError("yes, no, or the date on which it is made, such as 2024-03-01") from None


ClaimField = Annotated[
    Part | Cover | float,
    BeforeValidator(parse_claim),
    WithJsonSchema({"type": ["number", "string"], "pattern": f"{SHARE.pattern}|{DURATION.pattern}"}),
]
MadeField = Annotated[
    bool | dt.date,
    BeforeValidator(parse_made),
    WithJsonSchema({"type": ["boolean", "string"], "pattern": f"^(yes|no)$|{DATE.pattern}"}),
]


class Borrow(Model):
    """A party whose own claim is used up draws on what the others have left of theirs, and pays it back."""

    up_to: Percent = Field(gt=0)
    """what a party may owe at most of each product, in percent of its own claim"""
    pay_back: Days
    """time after which it is due: then it is put back out of what holders have beyond all orders, and where that is not
    enough goods that would leave for the party stay in the reserve instead, until all is paid; who is late, or has not
    paid back what was given up, borrows nothing"""
    written_off: Days | None = None
    """time after the day on which it is due when what is not paid back is given up; left out: never"""


class Contribution(Model):
    """What a party pays for its claim, or brings."""

    share: Share = 0.0
    """share of the reserve that it brings in goods: they are not there before it is made, and then come by the
    reserve's refill; left out: it pays, and the goods are there already"""
    by: Date | None = None
    """the day on which it is due; left out: the first day"""
    made: MadeField = True
    """whether it is made: yes (on its day), no (never), or the date on which it is. From the day on which it is due
    until it is made the party may draw nothing"""


class SelfRelease(Model):
    """A party takes of its own claim although the reserve is closed."""

    when: TriggerField | None = None
    """the condition, looked at every evening at each party's own members; left out: a party does so only where it
    decides to (`release_reserve`)"""
    at_most: Share = 1.0
    """share of its claim that a party may take in this way in all"""
