"""Opens when many sites go short."""

from __future__ import annotations

import numpy as np

from sim.policies.reserves.triggers.base import TRIGGERS, MemberView, Trigger
from sim.units import Share


@TRIGGERS.register("sites_short")
class SitesShort(Trigger):
    """The share of sites with unmet demand for a product reaches a limit; then open for all members."""

    above: Share
    """share of the members' sites that offer the product"""
    example = {"trigger": "sites_short", "above": "10%"}
    bad_example = ({"trigger": "sites_short", "above": 10}, "share in percent")

    def met(self, view: MemberView) -> np.ndarray:
        short = np.bincount(view.members.product, view.short)
        sites = np.bincount(view.members.product)
        return np.asarray((short > 0) & (short >= self.above * sites))[view.members.product]
