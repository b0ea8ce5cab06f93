"""Goods taken on their way: destroyed, or held for a time."""

from __future__ import annotations

import numpy as np

from sim.engine.books.journal import Journal
from sim.engine.moving.transport import Transport
from sim.engine.state.state import State
from sim.model.effects import Impulse
from sim.model.goods.shipments import Phase

WHERE = {
    "under_way": (Phase.TRAVELLING, Phase.HELD),
    "in_port": (Phase.QUEUED, Phase.AT_BERTH, Phase.CLEARING, Phase.READY),
}
"""Phases of goods on a lane and of goods in the port at its end."""


def seize(state: State, transport: Transport, journal: Journal, impulse: Impulse, now: float) -> None:
    """Take the share `impulse.amount` of what is on the stretches `impulse.rows`: (flow, leg) pairs, shape (n, 2).

    Shares are rounded over all shipments together, in order of their identity. What is destroyed is off the order.
    """
    fate, _, where = impulse.action.partition("_")
    table = state.shipments
    rows = _concerned(state, impulse.rows, WHERE[where])
    units = table.columns["units"][rows]
    taken = np.diff(np.floor(np.cumsum(units) * impulse.amount + 0.5), prepend=0.0).astype(np.int64)
    partly = (taken > 0) & (taken < units)
    whole = rows[(taken == units) & (taken > 0)]
    rows = np.concatenate([whole, table.split(rows[partly], taken[partly])])
    if not rows.size:
        return
    at = np.full(len(rows), now)
    if fate == "detain":
        transport.detain(rows, impulse.days, now)
        journal.shipments("detained", table, rows, at, impulse.cause)
        return
    flow, units = table.columns["flow"][rows], table.columns["units"][rows]
    buyer = state.plan.network.flow_buyer[flow]
    transport.ports.give_up(rows, now)
    state.lose_on_way(buyer, units)
    np.add.at(state.today.destroyed, buyer, units)
    if state.lots is not None:
        lot = table.columns["lot"][rows]
        state.lots.book.add("destroyed", lot[lot >= 0], units[lot >= 0])
    journal.shipments("seized", table, rows, at, impulse.cause)
    table.finish(rows)


def _concerned(state: State, stretches: np.ndarray, phases: tuple[np.ndarray, ...]) -> np.ndarray:
    """Rows of the shipments on the stretches, in order of identity."""
    table = state.shipments
    legs = state.plan.network.routes.lane.shape[1]
    here = np.isin(table["phase"], phases) & (table["leg"] >= 0)
    here &= np.isin(table["flow"] * legs + table["leg"], stretches[:, 0] * legs + stretches[:, 1])
    rows = here.nonzero()[0]
    return np.asarray(rows[np.argsort(table.columns["id"][rows], kind="stable")])
