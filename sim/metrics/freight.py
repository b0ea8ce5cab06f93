"""Freight: shipments that are paid whole, and what the journeys of goods emit."""

from __future__ import annotations

import numpy as np

from sim.metrics.base import View, metric


def _whole(view: View) -> bool:
    """Whether all facilities are seen: shipments are not anybody's alone."""
    groups = view.outcome.plan.network.groups
    return np.count_nonzero(groups["kind"] == "facility") == len(view.groups)


@metric("loads", "Shipments paid whole", "shipments", better="lower")
def loads(view: View) -> float | None:
    """Shipments that set out on lanes with `loads`, of all facilities together. None where no lane has any."""
    record, lanes = view.outcome.freight, view.outcome.plan.network.lanes
    if record is None or not _whole(view) or all(lane.load_cost is None for lane in lanes):
        return None
    return float(record.loads.sum())


@metric("emissions", "Emissions of freight", "kg CO2e", better="lower")
def emissions(view: View) -> float | None:
    """Weight x length x what the mode emits for a tonne over a km, of every lane that goods set out on, of all
    facilities together; lanes whose length is not known, and products without a `weight`, are left out. None where no
    product has a weight."""
    record, network = view.outcome.freight, view.outcome.plan.network
    if record is None or not _whole(view) or network.products["weight"].isna().all():
        return None
    return float(record.emitted.sum())
