"""Met between two dates, as a declared emergency does."""

from __future__ import annotations

import numpy as np

from sim.policies.triggers.base import TRIGGERS, Trigger, TriggerView
from sim.units import Days


@TRIGGERS.register("declared")
class Declared(Trigger):
    """An emergency is declared some days after the start and may be ended."""

    after: Days
    """time from the scenario's start to the declaration"""
    until: Days | None = None
    """time from the scenario's start to the end of the emergency"""
    sees = ("day",)
    example = {"trigger": "declared", "after": "10d"}
    bad_example = ({"trigger": "declared"}, "after")

    def model_post_init(self, context: object) -> None:
        if self.until is not None and self.until <= self.after:
            raise ValueError("until later than after")

    def met(self, view: TriggerView) -> np.ndarray:
        end = np.inf if self.until is None else self.until
        return np.full(len(view.watched.product), self.after <= view.day < end)
