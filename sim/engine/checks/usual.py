"""What is usual over the days that count, where demand begins or ends among them."""

from __future__ import annotations

import numpy as np

from sim.engine.checks.base import Compiled
from sim.model.need.usual import add_up


def on_a_mean_day(compiled: Compiled) -> tuple[np.ndarray, np.ndarray]:
    """Units a day over flows and over cells, as usual; where demand has dates, in the mean of the days that count."""
    network, demand = compiled.plan.network, compiled.plan.demand
    days = network.calendar.days
    spans = [(max(0.0, entry.first), min(float(days), entry.over)) for entry in demand.entries]
    on = np.array([max(0.0, over - first) / days for first, over in spans])
    if (on == 1).all():
        return network.flow_usual, network.cell_mean
    need = np.zeros(len(network.cell_site))
    need[demand.cell] = network.cell_mean[demand.cell] * on[demand.entry]
    return add_up(need, network.cell_level, network.flow_buyer, network.flow_source, network.flow_share, network.bill)
