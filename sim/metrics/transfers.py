"""Transfers: what sites gave each other beside all orders, what that cost, and what is still owed."""

from __future__ import annotations

import numpy as np

from sim.metrics.base import View, metric


def _seen(view: View, cells: np.ndarray) -> np.ndarray:
    """Whether each of some cells is seen, at warehouses too; a mask."""
    groups = view.groups if view.everywhere is None else view.everywhere
    return np.isin(view.outcome.plan.network.cell_group[cells], groups)


@metric("transferred", "Given by other sites", "units")
def transferred(view: View) -> float | None:
    """Units that left other sites by transfer for those seen, warehouses too, on loan too; what was paid back is left
    out.

    None where nobody may give.
    """
    record, network = view.outcome.transfers, view.outcome.plan.network
    if record is None:
        return None
    flow, units = record.given()
    return float(units[_seen(view, network.flow_buyer[flow])].sum())


@metric("given_away", "Given to other sites", "units")
def given_away(view: View) -> float | None:
    """Units that left the sites seen, warehouses too, by transfer, on loan too; what they paid back is left out.

    None where nobody may give.
    """
    record, network = view.outcome.transfers, view.outcome.plan.network
    if record is None:
        return None
    flow, units = record.given()
    return float(units[_seen(view, network.flow_source[flow])].sum())


@metric("transfer_cost", "Cost of transfers", "currency", better="lower")
def transfer_cost(view: View) -> float | None:
    """What the journeys of transfers to the sites seen cost, those of what was paid back to them too; it is part of the
    transport in the costs. None where nobody may give."""
    record, network = view.outcome.transfers, view.outcome.plan.network
    if record is None:
        return None
    flow, units = record.moved()
    mine = _seen(view, network.flow_buyer[flow])
    lanes, cost = network.flow_lanes[flow], np.array([lane.cost for lane in network.lanes])
    each = np.where(lanes >= 0, cost[lanes], 0.0).sum(axis=1)
    return float((units * each)[mine].sum())


@metric("loans_outstanding", "Owed at the end", "units", better="lower")
def loans_outstanding(view: View) -> float | None:
    """Units lent to the sites seen that are neither paid back nor written off on the last day, due or not.

    None where nobody may lend.
    """
    record, network = view.outcome.transfers, view.outcome.plan.network
    if record is None or record.loans is None:
        return None
    mine = _seen(view, network.flow_buyer[record.loans.columns["flow"]])
    return float(record.loans.outstanding[mine].sum())
