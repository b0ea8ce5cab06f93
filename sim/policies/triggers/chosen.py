"""Met when somebody at the table says so."""

from __future__ import annotations

import numpy as np

from sim.policies.triggers.base import TRIGGERS, Trigger, TriggerView


@TRIGGERS.register("chosen")
class Chosen(Trigger):
    """Somebody at the table chooses it while the run stands still; by itself it is never met."""

    sees = ("decisions",)
    example = {}
    bad_example = ({"date": "2024-01-15"}, "unknown key")

    def met(self, view: TriggerView) -> np.ndarray:
        return np.zeros(len(view.watched.product), dtype=bool)
