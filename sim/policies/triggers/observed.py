"""Met by what was observed in truth, as far as it was known by then."""

from __future__ import annotations

import numpy as np

from sim.errors import PlaceError
from sim.policies.triggers.base import TRIGGERS, Trigger, TriggerView
from sim.units import Number, Text


@TRIGGERS.register("observed")
class Observed(Trigger):
    """The latest figure of an observed series that is known in the evening of the day is above, or below, a value.

    A point is known from its date on, or from `known_at` or `known_after` of its series; before the first is known it
    is not met. What becomes known later changes nothing of it. What is looked at in the morning goes by what was known
    in the evening before.
    """

    series: Text
    """name of a series under `observed`"""
    above: Number | None = None
    """in the unit of the series: met while the latest figure is higher"""
    below: Number | None = None
    """in the unit of the series: met while the latest figure is lower"""
    sees = ("observed",)
    example = {"series": "sold", "above": 10}
    bad_example = ({"series": "solt", "above": 10}, "unknown series")

    def model_post_init(self, context: object) -> None:
        if (self.above is None) == (self.below is None):
            raise PlaceError(("above",), "one limit is needed", None, "either above or below, in the series' unit")

    @property
    def reads(self) -> str:
        return self.series

    def holds(self, figure: float) -> bool:
        """Whether a figure is past the limit."""
        return figure > self.above if self.above is not None else self.below is not None and figure < self.below

    def met(self, view: TriggerView) -> np.ndarray:
        return np.full(len(view.watched.product), view.observed is not None and self.holds(view.observed))
