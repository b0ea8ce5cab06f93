"""Parties: who owns sites and decides, in the words of a scenario."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from sim.errors import PlaceError
from sim.model.selection import SelectorField
from sim.registry import Model
from sim.units import NonNegative, Positive, Text


class Party(Model):
    """Somebody who owns sites and decides: a country, a city, an agency, a firm, or a pool of parties."""

    kind: Literal["country", "city", "agency", "firm", "pool"]
    title: Text | None = None
    """how readers know it; left out: its name"""
    sites: SelectorField | None = None
    """sites that are its own; no site belongs to two parties. Left out: none, as of an agency that only decides, or a
    pool whose members own everything"""
    members: list[Text] = Field(default=[], json_schema_extra={"uniqueItems": True})
    """of a pool: parties, and other pools, that belong to it; what they own counts as the pool's where one is asked for
    the pool's sites"""
    population: NonNegative | None = None
    """people; left out: those of its sites, and of its members where it is a pool"""
    income: Literal["low", "lower_middle", "upper_middle", "high"] | None = None
    """income group, as the World Bank classes countries"""
    weight: Positive = 1.0
    """how much it counts, beside the others, wherever parties are weighed; left out: 1, of a pool as much as its
    members together"""

    def model_post_init(self, context: object) -> None:
        if self.kind == "pool" and not self.members:
            raise PlaceError((), "a pool without members", None, "members: the parties that belong to it")
        if self.kind != "pool" and self.members:
            raise PlaceError(("members",), f"only a pool has members, not a {self.kind}", None, "kind: pool")
        twice = [name for k, name in enumerate(self.members) if name in self.members[:k]]
        if twice:
            raise PlaceError(("members",), "a member stands here twice", twice[0], "every member once")
