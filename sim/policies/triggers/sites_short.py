"""Met when many sites go short."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from sim.policies.triggers.base import TRIGGERS, Groups, SiteTrigger
from sim.policies.triggers.over import Over
from sim.units import Share


@TRIGGERS.register("sites_short")
class SitesShort(SiteTrigger):
    """The share of sites with unmet demand for a product reaches a limit; of all together unless `of` says else."""

    above: Share
    """share of the sites that offer the product"""
    sees = ("demand unmet",)
    over: ClassVar[tuple[Over, ...]] = ("together", "each", "any", "site")
    example = {"trigger": "sites_short", "above": "10%"}
    bad_example = ({"trigger": "sites_short", "above": 10}, "share in percent")

    def holds(self, groups: Groups) -> np.ndarray:
        return (groups.short > 0) & (groups.short >= self.above * groups.sites)
