"""Met while an alarm stands."""

from __future__ import annotations

import numpy as np

from sim.policies.triggers.base import TRIGGERS, Trigger, TriggerView
from sim.units import Text


@TRIGGERS.register("alarm")
class AlarmStands(Trigger):
    """An alarm of the scenario has risen and has not cleared.

    A site that the alarm watches by itself goes by its own; where it watches sites together, or others, all of the
    product go by it.
    """

    name: Text
    """the alarm's name"""
    sees = ("alarms",)
    example = {"name": "cover falls"}
    bad_example = ({"name": "cover fals"}, "unknown alarm")

    @property
    def waits_for(self) -> str:
        return self.name

    def met(self, view: TriggerView) -> np.ndarray:
        assert view.alarm is not None
        return view.alarm
