"""Information: what each party sees of its own sites, of others' and of suppliers, how late, and how well."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from sim.errors import PlaceError
from sim.model.selection import SelectorField
from sim.registry import Model
from sim.units import Share, WholeDays

OWN = "own"
"""The word for a party's own sites."""
LEVELS = ("nothing", "orders", "stock", "stock_and_demand", "pipeline", "capacity")
"""What may be seen, each level with all before it."""
Sees = Literal["nothing", "orders", "stock", "stock_and_demand", "pipeline", "capacity"]


class Terms(Model):
    """What is told, how late, how often and how well."""

    sees: Sees
    """orders: what is ordered, and how much of it is sent; stock: also what is on hand; stock_and_demand: also what is
    asked for, and whether all of it is served; pipeline: also what is under way; capacity: also what makers can make,
    and what sources could send"""
    lag: WholeDays = Field(default=0, le=366)
    """days from a report to when it is read"""
    every: WholeDays = Field(default=1, ge=1, le=366)
    """days from one report of a site to its next, counted from the start; reports are made in the evening, when the
    day's demand has been served"""
    missing: Share = 0.0
    """share of the reports that never come; the last figures stay, and grow older"""
    error: Share = 0.0
    """standard deviation of what is counted as on hand, as a share of what is there (normal, not below 0)"""

    def model_post_init(self, context: object) -> None:
        self.check_terms()

    def check_terms(self) -> None:
        """Raise PlaceError where terms contradict each other."""
        if self.sees in LEVELS[:1]:
            for key in ("lag", "every", "missing", "error"):
                if key in self.model_fields_set:
                    raise PlaceError((key,), f"nothing is seen: no {key}", getattr(self, key), "a level to be seen")


class Information(Terms):
    """What some parties are told of some sites.

    Where a scenario has any entry, pairs that none names see nothing of each other; a party sees its own sites as they
    are, unless an entry of `own` says otherwise. What is announced, prices, and usual demand all know.
    """

    who: SelectorField = "all"
    """who sees: a party (a pool stands for itself and all who are in it), or sites and so the parties that own them; a
    site without a party sees for itself; left out: all"""
    of: SelectorField
    """what they see: a party's sites, sites by any other word, or `own`: what each owns itself"""
