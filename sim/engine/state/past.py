"""What a run keeps of the days before: as much as somebody in it looks back on, or might one day."""

from __future__ import annotations

import numpy as np

from sim.engine.plan import Plan
from sim.engine.spans import among
from sim.engine.state.arrivals import LatestArrivals
from sim.engine.state.orders import Due, OrderBook
from sim.engine.state.records import ON_RECORD, Records
from sim.model.effects import Quantities
from sim.policies.triggers.base import MOST_ARRIVALS


def order_book_of(plan: Plan, open_to_change: bool) -> OrderBook | None:
    """Orders by time of booking, of the flows whose source must know it, one day or another."""
    queues = [bound.cells for bound in plan.allocation if bound.sharing.needs_order_book or open_to_change]
    cells = np.concatenate([np.zeros(0, dtype=np.int64), *queues])
    kept = among(plan.network.flow_source, cells, len(plan.network.cell_site))
    return OrderBook(kept, plan.start.unsent) if kept.any() else None


def due_of(plan: Plan, looked_at: bool) -> Due | None:
    """Which orders are due, where hoarders, buyers with several sources, triggers or makers who fill reserves look."""
    if plan.behaviour.hoarders is None and not looked_at and not plan.sourcing.moves.any():
        return None
    network = plan.network
    return Due(plan.usual_wait[network.flow_source], network.flow_usual, plan.start.unsent)


def arrivals_of(plan: Plan, quantities: Quantities) -> LatestArrivals | None:
    """The last arrivals that some trigger looks back on, or might one day."""
    depth = MOST_ARRIVALS if quantities.open else max(plan.looking_back.arrivals, default=0)
    return LatestArrivals(plan.network, depth) if depth else None


def records_of(plan: Plan, quantities: Quantities) -> Records | None:
    """The records that some policy looks at, or might one day; as long as reports may be late they are all kept."""
    window = max(plan.looking_back.of("demand", "issues", "orders"), plan.sourcing.window)
    if not window and not quantities.open:
        return None
    looks_at = set(ON_RECORD) if quantities.open else {name for name in ON_RECORD if plan.looking_back.of(name)}
    if plan.sourcing.window:
        looks_at.add("orders")
    late = plan.looking_back.late(quantities.touched("cell.blackout"), own=True)
    return Records(plan.network, None if late is None else window + late, looks_at)
