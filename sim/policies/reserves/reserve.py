"""A reserve: where it is held, for whom, how large, what opens it, how fast it flows and how it is refilled."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from sim.errors import PlaceError
from sim.model.amounts import StockField
from sim.model.parts import equal_parts
from sim.model.selection import SelectorField
from sim.policies.allocation.named import RuleField
from sim.policies.allocation.proportional import Proportional
from sim.policies.when import TriggerField
from sim.registry import Model
from sim.units import Date, Days, NonNegative, Percent, Share, Text

MEMBERS = "members"
"""As `held_at`: each member facility holds its own part."""
HoldersField = Annotated[
    dict[str, Share] | str,
    BeforeValidator(
        lambda value: value if isinstance(value, str) else equal_parts(value),
        json_schema_input_type=dict[str, Share] | list[Text] | Text,
    ),
]


class Release(Model):
    """How a reserve is opened and shared out."""

    when: TriggerField
    """the condition, looked at every evening"""
    after: Days = 0.0
    """authorisation delay: from the condition being met to the first release"""
    stand_down: Days = 7.0
    """the reserve closes once the condition has not been met for this long"""
    at_most: Percent | None = None
    """share of the reserve's size that may leave per day, fractions of a unit carried on; left out: no limit"""
    rule: RuleField = Field(default_factory=lambda: Proportional(rule="proportional"))
    """allocation rule among the members' open orders: its name, or the rule with its fields, such as
    {rule: priority_tiers, critical: 500}; left out: proportional"""

    def model_post_init(self, context: Any) -> None:
        if {"at", "products", "from_"} & self.rule.model_fields_set:
            message = "the rule of a reserve shares what the reserve holds, for its members"
            raise PlaceError(("rule",), message, None, "no `at` and no `products`, nor `from`")


class Refill(Model):
    """How a reserve is built up again once it is closed, from its holder's ordinary stock; a maker makes it."""

    after: Days = 0.0
    """time from closing to the first refill"""
    at_most: Percent = 0.05
    """share of the reserve's size that may be put back per day"""


class Change(Model):
    """Other settings of a reserve from a date on; its size, holders and members stay."""

    from_: Date = Field(alias="from")
    """first day on which they hold"""
    release: Release | None = None
    """all settings of its release from then on; left out: as before"""
    refill: Refill | None = None
    """all settings of its refill from then on; left out: as before"""

    def model_post_init(self, context: Any) -> None:
        if self.release is None and self.refill is None:
            raise ValueError("release, refill or both")


class Reserve(Model):
    """Stock set apart for bad times, on top of ordinary stock and not counted in anyone's inventory position."""

    title: Text | None = None
    """by which pages call it; left out: its name here"""
    what: Text | None = None
    """what it is, in a sentence; stands behind the title"""
    held_at: HoldersField
    """the sites that hold it and their shares of it; or a list of sites that hold equal parts; or one site's name; or
    `members`: each facility its own part"""
    size: StockField
    """units of each product, or days of the members' usual demand"""
    members: SelectorField
    """the facilities that may draw on it: names, regions, countries"""
    products: list[Text] | None = None
    """products it holds; left out: all that members use"""
    release: Release
    refill: Refill | None = None
    """left out: not refilled within the scenario"""
    changes: list[Change] = []
    """other settings of its release and refill, each from a date on"""
    rotation: Literal["none", "routine"] = "none"
    """routine: what expires first goes into the holder's ordinary stock, in exchange for what lasts longer"""
    life_left: Days | None = None
    """days of use left of the reserve's stock at the start; left out: the products' whole shelf life"""
    holding_cost: NonNegative | None = None
    """currency per unit and year; left out: the scenario's holding rate"""

    @property
    def at_members(self) -> bool:
        """Whether each member facility holds its own part."""
        return self.held_at == MEMBERS

    @property
    def shares(self) -> dict[str, float]:
        """Holder site -> share of the reserve."""
        return {self.held_at: 1.0} if isinstance(self.held_at, str) else self.held_at

    def model_post_init(self, context: Any) -> None:
        if self.life_left is not None and (self.life_left < 1 or self.life_left % 1):
            raise ValueError("a life_left of whole days, at least 1d")
        dates = [change.from_ for change in self.changes]
        for position, date in enumerate(dates):
            if date in dates[:position]:
                raise PlaceError(("changes", position, "from"), "an earlier change has this date already", date)
        if abs(sum(self.shares.values()) - 1) > 1e-9:
            message = f"the holders' shares add up to {sum(self.shares.values()):.1%}"
            raise PlaceError(("held_at",), message, None, "shares that add up to 100%")
