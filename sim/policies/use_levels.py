"""Conservation of use: facilities whose stock runs low use less of it."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from sim.model.selection import SelectorField
from sim.policies.when import TriggerField
from sim.registry import Model
from sim.units import Days, Share, Text

LEVELS = ("contingency", "crisis")
"""The mildest first; without either, use is conventional."""
CALMER = 1.5


class UseLevel(Model):
    """When a level of use holds, and what it saves."""

    below: Days | None = None
    """days of cover under which it begins, in the morning before patients are served"""
    when: TriggerField | None = None
    """instead of `below`: the condition under which it begins and goes on, looked at in that morning"""
    until: Days | None = None
    """days of cover at which it ends; left out: one and a half times `below`, or as soon as `when` is not met"""
    saves: Share
    """share of demand that is put off, done otherwise or done without"""
    comes_back: Share = 0.0
    """share of what was saved that is asked for later, when use is conventional again"""

    @property
    def ends(self) -> float:
        """Days of cover at which the level ends."""
        return CALMER * (self.below or 0.0) if self.until is None else self.until

    def model_post_init(self, context: object) -> None:
        if (self.below is None) == (self.when is None):
            raise ValueError("either below or when")
        if self.until is not None and self.below is not None and self.until < self.below:
            raise ValueError("until no lower than below, or the level would begin and end every other day")


class UseLevels(Model):
    """How facilities stretch what they have."""

    at: SelectorField
    """facilities"""
    products: list[Text] | None = None
    """products it holds for; left out: all"""
    cover_of: Literal["site", "region"] = "site"
    """whose days of cover count: the facility's own, or those of all facilities here of its region together"""
    contingency: UseLevel | None = None
    """the first level"""
    crisis: UseLevel | None = None
    """the second level"""
    within: Days = Field(default=14.0, ge=1)
    """time over which what was put off comes back, in whole days"""

    def model_post_init(self, context: object) -> None:
        if self.contingency is None and self.crisis is None:
            raise ValueError("contingency, crisis or both")
        if self.contingency is not None and self.crisis is not None:
            mild, strict = self.contingency, self.crisis
            by_cover = strict.below is not None and mild.below is not None
            if by_cover and (not (strict.below or 0) < (mild.below or 0) or strict.ends > mild.ends):
                raise ValueError("a crisis that begins at fewer days of cover than contingency, and ends no later")
        if self.within % 1:
            raise ValueError("within in whole days")

    @property
    def levels(self) -> dict[str, UseLevel]:
        """The levels given, by name, the mildest first."""
        given = {name: getattr(self, name) for name in LEVELS}
        return {name: level for name, level in given.items() if level is not None}
