"""Defect: a party keeps its goods for itself, as soon as a condition is met."""

from __future__ import annotations

from pydantic import Field

from sim.decisions.base import DECISIONS, Acts, Decision, Scope
from sim.disruptions.defection import EVERYTHING, Kept
from sim.units import Number, Share, Text


@DECISIONS.register("defect")
class Defect(Decision):
    """The party keeps its goods from others, as the disruption `defection` has it; everybody hears of it."""

    told = True
    keeps: list[Kept] = Field(default=EVERYTHING, min_length=1, json_schema_extra={"uniqueItems": True})
    """what it keeps: exports, transfers, reserves; left out: all three"""
    quota: Share = 0.0
    """share of usual exports that others still get"""
    exempt: list[Text] = Field(default=[])
    """parties, countries or sites that it keeps its word to"""
    orders: Number = Field(default=1.0, ge=1, le=1000)
    """times the levels that its own sites order up to"""
    example = {
        "by": "kenya", "when": {"trigger": "days_of_cover", "below": "5d"}, "for": "20d",
        "keeps": ["exports", "reserves"],
    }  # fmt: skip
    bad_example = (
        {"by": "kenya", "when": {"trigger": "announced"}, "exempt": ["ugand"]}, "did you mean 'uganda'",
    )  # fmt: skip

    @property
    def against_others(self) -> bool:
        return True

    def act(self, scope: Scope) -> Acts:
        defection = {
            "kind": "defection",
            "party": scope.party.name,
            "products": scope.products,
            "quota": f"{100 * self.quota:.12g}%",
            "exempt": self.exempt,
            "orders": self.orders,
        } | ({"keeps": self.keeps} if "keeps" in self.model_fields_set else {})
        return Acts(disruptions=[defection])
