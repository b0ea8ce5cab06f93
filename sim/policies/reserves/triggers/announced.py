"""Opens as soon as a disruption is announced."""

from __future__ import annotations

import numpy as np

from sim.policies.reserves.triggers.base import TRIGGERS, MemberView, Trigger


@TRIGGERS.register("announced")
class Announced(Trigger):
    """A disruption of the scenario has been announced (notice or start) and is not over."""

    example = {"trigger": "announced"}
    bad_example = ({"trigger": "announced", "by": "radio"}, "unknown key")

    def met(self, view: MemberView) -> np.ndarray:
        return np.full(len(view.members.product), view.announced)
