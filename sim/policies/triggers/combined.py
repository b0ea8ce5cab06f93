"""Conditions made of others: any of them, all of them, or none."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from pydantic import Field

from sim.errors import PlaceError
from sim.policies.triggers.base import TRIGGERS, Trigger, TriggerView
from sim.policies.when import TriggerField


class Combined(Trigger):
    """A condition made of others, each looked at by itself."""

    sees = ()

    def met(self, view: TriggerView) -> np.ndarray:
        raise NotImplementedError("its parts are looked at, each with what it sees")


def _without_edges(key: str, parts: Sequence[Trigger]) -> None:
    for place, part in enumerate(parts):
        if part.edge:
            where = (key, place, "edge") if len(parts) > 1 or key == "conditions" else (key, "edge")
            raise PlaceError(where, "a part of a condition has no edge of its own", None, "edge beside its trigger")


class OfSeveral(Combined):
    """A condition made of several others."""

    conditions: list[TriggerField] = Field(min_length=2)
    """any triggers"""

    def model_post_init(self, context: object) -> None:
        _without_edges("conditions", self.conditions)

    @property
    def parts(self) -> Sequence[Trigger]:
        return self.conditions


@TRIGGERS.register("any_of")
class AnyOf(OfSeveral):
    """At least one of several conditions holds, site by site."""

    example = {"conditions": [{"trigger": "days_of_cover", "below": "3d"}, {"trigger": "declared", "after": "20d"}]}
    bad_example = ({"conditions": [{"trigger": "declared", "after": "20d"}]}, "at least 2")

    def combine(self, held: Sequence[np.ndarray]) -> np.ndarray:
        return np.logical_or.reduce(held)


@TRIGGERS.register("all_of")
class AllOf(OfSeveral):
    """Several conditions hold at once, site by site."""

    example = {"conditions": [{"trigger": "days_of_cover", "below": "3d"}, {"trigger": "announced"}]}
    bad_example = ({"conditions": []}, "at least 2")

    def combine(self, held: Sequence[np.ndarray]) -> np.ndarray:
        return np.logical_and.reduce(held)


@TRIGGERS.register("not")
class Not(Combined):
    """A condition does not hold, site by site."""

    condition: TriggerField
    """any trigger"""
    example = {"condition": {"trigger": "days_of_cover", "below": "3d"}}
    bad_example = ({"condition": {"trigger": "anounced"}}, "did you mean 'announced'")

    def model_post_init(self, context: object) -> None:
        _without_edges("condition", [self.condition])

    @property
    def parts(self) -> Sequence[Trigger]:
        return [self.condition]

    def combine(self, held: Sequence[np.ndarray]) -> np.ndarray:
        return ~held[0]
