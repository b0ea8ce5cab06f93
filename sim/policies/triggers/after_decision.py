"""Met while a decision is in force."""

from __future__ import annotations

import numpy as np

from sim.policies.triggers.base import TRIGGERS, Trigger, TriggerView
from sim.units import Days, Text


@TRIGGERS.register("after_decision")
class AfterDecision(Trigger):
    """Another decision is in force, and has been for a time."""

    decision: Text
    """its name"""
    for_at_least: Days = 0.0
    """how long it has to have been in force; left out: from its first evening on"""
    sees = ("decisions",)
    example = {"decision": "more from elsewhere"}
    bad_example = ({"decision": "more from elsewere"}, "unknown decision")

    def met(self, view: TriggerView) -> np.ndarray:
        since = view.decided.get(self.decision)
        return np.full(len(view.watched.product), since is not None and view.day - since >= self.for_at_least)
