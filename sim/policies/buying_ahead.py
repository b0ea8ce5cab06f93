"""Buying ahead: families and buyers who hear of trouble take more than usual, and less later."""

from __future__ import annotations

from pydantic import Field

from sim.model.selection import SelectorField
from sim.policies.when import TriggerField
from sim.registry import Model
from sim.units import Number, Share, Text, WholeDays


class Families(Model):
    """Patients and families who fetch more for some days, and so much less afterwards."""

    times: Number = Field(default=1.25, ge=1, le=100)
    """times what they ask for otherwise"""
    for_: WholeDays = Field(default=10, alias="for")
    """how long they do so"""
    paid_back_in: WholeDays = 56
    """time after that in which they ask for less, until what they got ahead is used up"""
    kept: Share = 0.0
    """share of what they got ahead that is not made up for: kept for good, or thrown away"""


class Buyers(Model):
    """Sites that order up to a higher level for a time, and then up to the usual one again."""

    times: Number = Field(default=1.2, ge=1, le=100)
    """times the level they order up to otherwise"""
    for_: WholeDays = Field(default=90, alias="for")
    """how long"""


class BuyingAhead(Model):
    """What some sites and their patients do when a condition begins to be met, such as an announcement.

    It begins on the morning on which the condition is met and was not on the morning before, unless it is still going
    on. What families ask for counts as demand, of which the daily table tells how much was ahead and how much less was
    asked for later.
    """

    at: SelectorField
    """sites; of families, the facilities among them"""
    products: list[Text] | None = None
    """products it holds for; left out: all"""
    when: TriggerField
    """the condition, looked at every morning before patients are served"""
    families: Families | None = None
    """patients take more for some days, but for vials of several doses; left out: they do not"""
    buyers: Buyers | None = None
    """sites order more for a time; left out: they do not"""

    def model_post_init(self, context: object) -> None:
        if self.families is None and self.buyers is None:
            raise ValueError("families, buyers or both")
