"""Met when many sites go short."""

from __future__ import annotations

import numpy as np

from sim.policies.triggers.base import TRIGGERS, Trigger, TriggerView
from sim.units import Share


@TRIGGERS.register("sites_short")
class SitesShort(Trigger):
    """The share of sites with unmet demand for a product reaches a limit; then for all of them."""

    above: Share
    """share of the sites that offer the product"""
    sees = ("demand unmet",)
    over = ("together",)
    example = {"trigger": "sites_short", "above": "10%"}
    bad_example = ({"trigger": "sites_short", "above": 10}, "share in percent")

    def met(self, view: TriggerView) -> np.ndarray:
        short = np.bincount(view.watched.product, view.short)
        sites = np.bincount(view.watched.product)
        return np.asarray((short > 0) & (short >= self.above * sites))[view.watched.product]
