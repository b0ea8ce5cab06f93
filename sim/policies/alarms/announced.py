"""Rises when an event is announced."""

from __future__ import annotations

import numpy as np

from sim.policies.alarms.base import ALARMS, Alarm, Evening, Known


@ALARMS.register("announced")
class EventAnnounced(Alarm):
    """A disruption of the scenario has been announced (notice or start) and is not over, whomever it strikes."""

    sees = ("announcements",)
    example = {"at": "facilities"}
    bad_example = ({"at": "facilities", "radio": "on"}, "unknown key")

    def look(self, evening: Evening, known: Known) -> np.ndarray:
        return np.full(len(evening.groups.sites), evening.groups.view.announced)
