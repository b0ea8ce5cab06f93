"""Met as soon as a disruption is announced."""

from __future__ import annotations

import numpy as np

from sim.policies.triggers.base import TRIGGERS, Trigger, TriggerView


@TRIGGERS.register("announced")
class Announced(Trigger):
    """A disruption of the scenario has been announced (notice or start) and is not over."""

    sees = ("announcements",)
    example = {"trigger": "announced"}
    bad_example = ({"trigger": "announced", "by": "radio"}, "unknown key")

    def met(self, view: TriggerView) -> np.ndarray:
        return np.full(len(view.watched.product), view.announced)
