"""Met when makers ask more."""

from __future__ import annotations

import numpy as np

from sim.policies.triggers.base import TRIGGERS, Groups, SiteTrigger
from sim.units import Percent


@TRIGGERS.register("price")
class Price(SiteTrigger):
    """What makers ask of a site is above the usual price; of several by what it usually buys from each.

    A site that buys of no maker itself sees no price.
    """

    above: Percent
    """by how much more than usual"""
    sees = ("prices",)
    example = {"trigger": "price", "above": "20%", "of": "any"}
    bad_example = ({"trigger": "price", "above": 20}, "share in percent")

    def holds(self, groups: Groups) -> np.ndarray:
        asked, usual = groups.prices
        return asked > usual * (1 + self.above) * (1 + 1e-12)
