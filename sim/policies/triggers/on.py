"""Met from a date on."""

from __future__ import annotations

import numpy as np

from sim.policies.triggers.base import TRIGGERS, Trigger, TriggerView
from sim.units import Date


@TRIGGERS.register("on")
class On(Trigger):
    """A date has come. A decision is then in force from 00:00 of that day; what is looked at in the evening, from its
    evening."""

    date: Date
    """the date"""
    sees = ("date",)
    example = {"date": "2024-01-15"}
    bad_example = ({"date": "15th"}, "date")

    def met(self, view: TriggerView) -> np.ndarray:
        assert view.date is not None
        return np.full(len(view.watched.product), view.date >= self.date)
