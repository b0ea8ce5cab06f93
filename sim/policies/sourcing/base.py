"""What every sourcing rule is, what it may see of its buyers' sources, and the arithmetic that rules have in common."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, NamedTuple

import numpy as np
from pydantic import BeforeValidator

from sim.errors import PlaceError
from sim.registry import Kind, OneOf, Registry
from sim.units import Share, Text

DOWN = 0.5
"""The share of the usual below which a source is taken to be down (assumed)."""
EVEN = 1e-9
"""By which share figures that are alike may differ in their last digits."""
Memory = Mapping[str, np.ndarray]
"""What a rule remembers: arrays by name, of shape (..., flows)."""


@dataclass(frozen=True)
class Offers:
    """The sources of some buyers in ordinary times; arrays over flows, those of one buyer together.

    `flow` is the position in the network, `buyer` numbers the buyers from 0, `begin` is the first flow of each.
    `source` names the site, `share` is its part of the buyer's orders under `sourcing`; `price` what a unit costs there
    and `transport` what it costs to bring it here, in the scenario's currency; `lead_time` mean days from order to
    arrival, of which goods are `under_way`.
    """

    flow: np.ndarray
    buyer: np.ndarray
    begin: np.ndarray
    source: np.ndarray
    share: np.ndarray
    price: np.ndarray
    transport: np.ndarray
    lead_time: np.ndarray
    under_way: np.ndarray

    @property
    def regular(self) -> np.ndarray:
        """Whether it has a part of the orders under `sourcing`; the others are on stand-by."""
        return np.asarray(self.share > 0)

    def total(self, values: np.ndarray) -> np.ndarray:
        """Sums over each buyer's flows, over flows."""
        return np.asarray(np.add.reduceat(values, self.begin)[self.buyer])

    def any(self, which: np.ndarray) -> np.ndarray:
        """Whether any of its buyer's flows is one of these, over flows."""
        return np.asarray(np.logical_or.reduceat(which, self.begin)[self.buyer])

    def least(self, values: np.ndarray) -> np.ndarray:
        """The least among each buyer's flows, over flows."""
        return np.asarray(np.minimum.reduceat(values, self.begin)[self.buyer])


class Deliveries(NamedTuple):
    """What buyers have on record of their own orders in the last days, the present one last; shape (days, flows).

    `ordered` and `arrived` are units of each day, `days` how long those that arrived had travelled in the mean (NaN
    where none did). The present day has no orders yet. `open` (flows,) are units ordered that have not come.
    """

    ordered: np.ndarray
    arrived: np.ndarray
    days: np.ndarray
    open: np.ndarray


class Seen(NamedTuple):
    """What a rule may see in the evening of a `day`, before its buyers order; arrays over the flows of its offers.

    `sends` is the share of the usual that each source is known to send of what is ordered now: by what is announced,
    and by the buyer's own orders. `price` is what a unit costs there today. `deliveries` is None for a rule without a
    window.
    """

    day: int
    offers: Offers
    sends: np.ndarray
    price: np.ndarray
    memory: Memory
    deliveries: Deliveries | None = None


class Choice(NamedTuple):
    """The shares of orders from now on, what the rule remembers, and figures that it publishes; all over flows."""

    share: np.ndarray
    memory: Memory
    scores: Mapping[str, np.ndarray] | None = None


class SourcingRule(Kind):
    """A rule by which buyers with several sources share out their orders, looked at every evening."""

    rule: Text
    varies: ClassVar[bool] = True
    """whether shares may ever be others than those of `sourcing`"""
    scored: ClassVar[bool] = False
    """whether it publishes scores"""

    def window(self, offers: Offers) -> int:
        """Days of records that it looks at; 0: none."""
        return 0

    def check_offers(self, offers: Offers) -> None:
        """Raise PlaceError (path below this rule) where it cannot be a rule for these sources."""

    def first_memory(self, offers: Offers) -> Memory:
        """What it remembers before it is first asked."""
        return {}

    @abstractmethod
    def choose(self, seen: Seen) -> Choice:
        """Shares of orders; those of one buyer add up to 1."""


SOURCING: Registry[SourcingRule] = Registry("sourcing rule", "rule")


def _named(value: Any) -> Any:
    return {"rule": value} if isinstance(value, str) else value


AnyRule = Annotated[SourcingRule, OneOf(SOURCING)]
SourcingRuleField = Annotated[AnyRule, BeforeValidator(_named, json_schema_input_type=Text | AnyRule)]
"""A rule, or its name alone."""


def check_least(least: float, offers: Offers) -> None:
    """Raise PlaceError where sources cannot all have so much of a buyer's orders."""
    most = int(offers.total(offers.regular.astype(np.int64)).max())
    if least * most > 1 + EVEN:
        raise PlaceError(("at_least",), f"{most} sources cannot have so much each", least, f"{1 / most:.0%} at most")


def with_least(share: np.ndarray, least: float, offers: Offers) -> np.ndarray:
    """Shares raised to the `least` that a regular source gets; what that takes comes from the others in proportion."""
    found, low = share, np.zeros(len(share), dtype=bool)
    while (more := offers.regular & ~low & (found < least - EVEN)).any():
        low = low | more
        left = 1 - least * offers.total(low.astype(float))
        others = offers.total(np.where(low, 0.0, share))
        part = np.divide(left, others, out=np.zeros(len(share)), where=others > 0)
        found = np.where(low, least, share * part)
    return found


class Best(SourcingRule):
    """All orders go to the source with the lowest figure, but for the least that others get.

    Sources that are down are left out as long as one is not, but for the tries by which buyers see that one which
    cancels sends again. Those that are even share as under `sourcing`.
    """

    at_least: Share = 0.0
    """part of the orders that each other source gets all the same, but those on stand-by"""
    margin: Share = 0.0
    """by how much another source has to be better before orders move to it, and back"""

    def check_offers(self, offers: Offers) -> None:
        check_least(self.at_least, offers)

    def first_memory(self, offers: Offers) -> Memory:
        return {"chosen": np.zeros(len(offers.flow), dtype=bool)}

    @abstractmethod
    def figure(self, seen: Seen) -> np.ndarray:
        """What is to be low; over flows, above 0 or 0."""

    def choose(self, seen: Seen) -> Choice:
        offers = seen.offers
        up = offers.regular & (seen.sends >= DOWN)
        may_be = np.where(offers.any(up), up, offers.regular)
        figure = np.where(may_be, self.figure(seen), np.inf)
        least = offers.least(figure)
        chosen = figure <= least * (1 + EVEN)
        if self.margin > 0:
            stays = seen.memory["chosen"] & may_be & (figure * (1 - self.margin) <= least * (1 + EVEN))
            chosen = np.where(offers.any(stays), stays, chosen)
        part = np.where(chosen, offers.share, 0.0)
        return Choice(with_least(part / offers.total(part), self.at_least, offers), {"chosen": chosen})
