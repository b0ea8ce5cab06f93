"""Conservation of use: facilities save some of what they use, by cover or on any trigger."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema

from sim.errors import PlaceError
from sim.model.amounts import COLUMN, OVER, Column, column_or
from sim.model.selection import SelectorField
from sim.policies.cover import CountsCover
from sim.policies.when import TriggerField
from sim.registry import Model
from sim.units import SHARE, Days, Share, Text, parse_share, parse_text

LEVELS = ("contingency", "crisis")
"""The mildest first; without either, use is conventional."""
CALMER = 1.5


def _by_use(value: Any) -> float | dict[str, float]:
    """A share, or one for each use."""
    form = "a share in percent such as 60%, or one for each use such as {elective: 80%, urgent: 10%}"
    if not isinstance(value, dict):
        return _share((), value, form)
    if not value:
        raise ValueError(form)
    one = "a share in percent such as 60%"
    return {parse_text(use): _share((str(use),), share, one) for use, share in value.items()}


def _share(place: tuple[str, ...], value: Any, form: str) -> float:
    try:
        share = parse_share(value)
    except ValueError:
        raise PlaceError(place, "this is no share", value, form) from None
    if share > 1:
        raise PlaceError(place, "this is no share", value, "a share between 0% and 100%")
    return share


def _saved(value: Any) -> float | dict[str, float] | Column:
    """As `_by_use`; or a share for each site."""
    if isinstance(value, Column):
        return value
    if isinstance(value, str) and (COLUMN.match(value) or OVER.match(value)):
        found: Column = column_or(parse_share, ("%",))(value)
        return found
    return _by_use(value)


_SHARE = {"type": "string", "pattern": SHARE.pattern}
ShareByUse = Annotated[
    float | dict[str, float],
    BeforeValidator(_by_use),
    WithJsonSchema({"anyOf": [_SHARE, {"type": "object", "additionalProperties": _SHARE}]}),
]
"""A share of demand, or of each use of the product."""
_OF_SITES = {"type": "string", "pattern": f"{SHARE.pattern}|{COLUMN.pattern}|{OVER.pattern}"}
Saved = Annotated[
    float | dict[str, float] | Column,
    BeforeValidator(_saved),
    WithJsonSchema({"anyOf": [_OF_SITES, {"type": "object", "additionalProperties": _SHARE}]}),
]
"""The same, or a share for each site."""


class WearsOff(Model):
    """How a saving erodes while its level holds: `share` of it is lost in the end, half of that within `half_in`."""

    share: Share = 0.8
    """share of the saving that is lost in the long run"""
    half_in: Annotated[Days, Field(gt=0)] = 30.0
    """time in which half of that is lost"""

    def left(self, days: Any) -> Any:
        """Share of the saving that is left so many days after the level began; array in, array out."""
        return 1 - self.share * (1 - 0.5 ** (days / self.half_in))


class UseLevel(Model):
    """When a level of use holds, and what it saves."""

    below: Days | None = None
    """days of cover under which it begins, in the morning before patients are served"""
    when: TriggerField | None = None
    """instead of `below`: the condition under which it begins and goes on, looked at in that morning"""
    until: Days | None = None
    """days of cover at which it ends; left out: one and a half times `below`, or as soon as `when` is not met"""
    after: Days = 0.0
    """lag: how long the condition has to hold before the level begins"""
    ramp: Days = 0.0
    """time in which its saving grows to the full, in a straight line from what was saved before; left out: at once"""
    saves: Saved
    """share of demand that is put off, done otherwise or done without, or 'column NAME' in percent; or the share of
    each of the product's `uses`"""
    comes_back: ShareByUse = 0.0
    """share of what was saved that is asked for later, when use is conventional again; or the share of each use"""
    wears_off: WearsOff | None = None
    """how the saving erodes while the level holds; left out: it does not"""

    @property
    def ends(self) -> float:
        """Days of cover at which the level ends."""
        return CALMER * (self.below or 0.0) if self.until is None else self.until

    def model_post_init(self, context: object) -> None:
        if (self.below is None) == (self.when is None):
            raise ValueError("either below or when")
        if self.until is not None and self.below is not None and self.until < self.below:
            raise ValueError("until no lower than below, or the level would begin and end every other day")
        if self.when is not None and self.when.edge and self.after and self.until is None:
            raise ValueError("no after with edge: true, since a condition met on one day only never holds for so long")


class UseLevels(CountsCover):
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
        if self.cover_in == "present" and all(x.below is None and x.until is None for x in self.levels.values()):
            raise ValueError("cover_in only where a level has below or until; a condition under when has its own")
        if self.within % 1:
            raise ValueError("within in whole days")

    @property
    def levels(self) -> dict[str, UseLevel]:
        """The levels given, by name, the mildest first."""
        given = {name: getattr(self, name) for name in LEVELS}
        return {name: level for name, level in given.items() if level is not None}
