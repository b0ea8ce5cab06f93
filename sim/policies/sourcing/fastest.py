"""Fastest: the mean lead time as buyers know it."""

from __future__ import annotations

import numpy as np
from pydantic import Field

from sim.policies.sourcing.base import SOURCING, Best, Offers, Seen
from sim.units import Share, WholeDays


@SOURCING.register("fastest")
class Fastest(Best):
    """All orders go to the source with the shortest mean time from order to arrival, as the buyer knows it.

    That is the usual one, with the journeys of what has come from there in the last `over` days where something has.
    Sources that are even share as under `from`; a source that is known to be down, or on stand-by, is not asked.
    """

    margin: Share = 0.1
    """by how much another source has to be faster before orders move to it, and back: journeys differ by chance"""
    over: WholeDays = Field(default=28, ge=1)
    """days of arrivals that are looked at (assumed)"""
    example = {"over": "14d", "at_least": "10%"}
    bad_example = ({"at_least": "60%"}, "2 sources cannot have so much each")

    def window(self, offers: Offers) -> int:
        return int(self.over)

    def figure(self, seen: Seen) -> np.ndarray:
        assert seen.deliveries is not None
        offers, arrived = seen.offers, np.nan_to_num(seen.deliveries.arrived)
        units = arrived.sum(axis=0)
        travelled = (arrived * np.nan_to_num(seen.deliveries.days)).sum(axis=0)
        mean = np.divide(travelled, units, out=offers.under_way.astype(float), where=units > 0)
        return np.asarray(offers.lead_time - offers.under_way + mean)
