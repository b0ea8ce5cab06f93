"""Rationing: makers and warehouses that hear of trouble deal out what they have until it is expected to be over."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from sim.errors import PlaceError
from sim.model.chance.distributions import TimesField, parse_times
from sim.model.selection import SelectorField
from sim.policies.when import TriggerField
from sim.registry import Model
from sim.units import Date, Days, Percent, Share, Text


class NewCustomers(Model):
    """What a maker that is not struck does for those who come because another maker is."""

    take: Literal["none", "spare", "after_own"]
    """none: nobody new, and own customers get no more than `own_at_most`; spare: the same for own customers, and new
    ones share what capacity of the day is left beside usual demand; after_own: new customers get what is left in an
    evening when all own orders are served"""
    own_at_most: Percent = Field(default=1.05, ge=1)
    """share of usual units that an own customer gets at most"""
    when: TriggerField | None = None
    """condition under which it holds; left out: trouble at another maker of the product has been announced"""
    lasts: Days = Field(default=42.0, gt=0)
    """how long it holds at most"""


class Restart(Model):
    """Who gets the first goods when supply is as usual again."""

    first: Literal["customers", "contract", "own_stock", "proportional"] = "customers"
    """customers: all of them, up to `at_most`, until what is owed is sent; contract: the part under contract up to
    `at_most`, the rest as usual; own_stock: nobody more than usual until the source's own stock is what it was;
    proportional: what is above usual goes to customers and own stock as each lacks"""
    at_most: Percent = Field(default=1.25, ge=1)
    """share of usual units that a customer gets meanwhile"""


def _word(field: str) -> BeforeValidator:
    """A word alone stands for the field of that name."""

    def read(value: Any) -> Any:
        return {field: value} if isinstance(value, str) else value

    return BeforeValidator(read)


class Rationing(Model):
    """Sources that hear of trouble that will reach them give customers a share of usual orders that lasts until then.

    The share is (stock + supply expected until it is over) / (usual orders until then), no more than all. Trouble is
    what is announced of them, of their sources, or of the way between. Those whose source rations are in trouble too.
    """

    at: SelectorField
    """suppliers or warehouses"""
    products: list[Text] | None = None
    """products it holds for; left out: all"""
    from_: Date | None = Field(default=None, alias="from")
    """date from which it takes the place of the entry before, at these sources; left out: holds from the first day"""
    after: TimesField = Field(default_factory=lambda: parse_times("triangular(1d, 4d, 10d)"))
    """time from news to a decision; left out: from one to ten days, mostly four"""
    review: Days = Field(default=14.0, ge=1)
    """how often it is looked at again, in whole days; also when there is news"""
    until: Literal["expected", "horizon"] = "expected"
    """what goods have to last to: the end that is expected, where one is; or always the horizon"""
    horizon: Days = Field(default=60.0, ge=1)
    """how far goods have to last where no end is expected, or it has passed (assumed)"""
    contract: Share | None = None
    """part of each customer's usual orders that is under contract and served before all else; left out: all of those
    of `contract_first`"""
    contract_first: SelectorField | None = None
    """customers with a contract; left out: all, if there is `contract`"""
    exempt: SelectorField | None = None
    """customers served in full before all others, such as children's hospitals"""
    unfilled: Literal["wait", "cancel"] = "wait"
    """what becomes of orders beyond a ration: they stay on order, or are cancelled in the evening; what is yet to be
    made within the ration stays"""
    new_customers: Annotated[NewCustomers, _word("take")] | None = None
    """none, spare, after_own, or those with more fields: what is done, unless struck, while another maker is; left out:
    nothing"""
    restart: Annotated[Restart, _word("first")] = Restart()
    """customers, contract, own_stock, proportional, or those with `at_most`"""

    def model_post_init(self, context: object) -> None:
        if self.review % 1:
            raise PlaceError(("review",), "it is looked at once a day", None, "whole days such as 14d")
        if self.restart.first == "contract" and self.contract is None and self.contract_first is None:
            message = "nobody has a contract who could come first"
            raise PlaceError(("restart",), message, None, "contract or contract_first beside it")
