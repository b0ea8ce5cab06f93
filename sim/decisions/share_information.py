"""Share information: a party opens its books."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from sim.decisions.base import DECISIONS, Acts, Decision, Scope
from sim.policies.information import Information, Terms
from sim.units import Text

DEFAULTS = {name: field.default for name, field in Terms.model_fields.items()}


@DECISIONS.register("share_information")
class ShareInformation(Decision, Terms):
    """Others see of the party's sites what it lets them, where they saw less or later; afterwards as before.

    The figures of the day on which it comes into force are shown at once, later ones as they are reported. Needs
    `information`: without it all see all.
    """

    as_a_whole = True
    with_: Literal["all"] | list[Text] = Field(default="all", alias="with")
    """parties that may look, a pool standing for itself and all who are in it; left out: all, and sites without a
    party"""
    example = {
        "by": "uganda", "when": {"trigger": "announced"}, "for": "30d", "with": ["kenya"], "sees": "stock", "lag": "2d",
    }  # fmt: skip
    bad_example = (
        {"by": "kenya", "when": {"trigger": "announced"}, "with": ["ugand"], "sees": "stock"}, "did you mean 'uganda'",
    )  # fmt: skip

    def check(self) -> None:
        self.check_terms()

    def act(self, scope: Scope) -> Acts:
        terms = {name: getattr(self, name) for name in Terms.model_fields if name in self.model_fields_set}
        return Acts(information=[Information.model_construct(**DEFAULTS | terms, who=self.with_, of=scope.party.name)])
