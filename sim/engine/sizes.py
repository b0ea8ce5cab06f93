"""How much a run would keep, told from its plan before it is run."""

from __future__ import annotations

import numpy as np

from sim.engine.bound.in_force import in_force
from sim.engine.plan import Plan
from sim.engine.state.ledger import DAILY


def daily_bytes(plan: Plan) -> int:
    """Bytes of a daily table with every cell."""
    return len(plan.network.cell_site) * plan.network.calendar.days * len(DAILY) * 8


def routine_events(plan: Plan) -> int:
    """Entries of a full journal where every buyer orders at every review, of every source it has.

    Each order makes an entry, and so do what it brings: a departure on each lane, an arrival, and at each port on the
    way another arrival and the handling.
    """
    network, calendar = plan.network, plan.network.calendar
    days, cells = calendar.days + calendar.warm_up, len(network.cell_site)
    every = np.array([1 if rule.rule.has_emergency else rule.review for rule in plan.replenishment])
    dates = (date for rule in plan.replenishment for date in (rule.since, rule.until))
    turns = sorted({-calendar.warm_up, *(int(date) for date in dates if 0 < date + calendar.warm_up < days)})
    reviews = np.zeros(cells)
    for since, until in zip(turns, [*turns[1:], calendar.days], strict=True):
        rule = in_force(plan.replenishment, since, cells)
        reviews[rule >= 0] += np.ceil((until - since) / every[rule[rule >= 0]])
    ports = np.count_nonzero(network.flow_gates >= 0, axis=1)
    each = 2 + network.routes.legs[network.flow_route] + 2 * ports
    return int((reviews[network.flow_buyer] * each).sum())
