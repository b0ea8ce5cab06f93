"""Less work done than usual: what strikes and absence of staff have in common."""

from __future__ import annotations

import numpy as np

from sim.disruptions.base import Disruption
from sim.errors import PlaceError, placed
from sim.model.effects import Effect, Steps
from sim.model.network import Network
from sim.model.selection import Selector


def less_work(
    disruption: Disruption, network: Network, at: Selector, products: list[str] | None, steps: Steps, end: float
) -> list[Effect]:
    """Effects by which sites do a share of their usual work, `steps` until `end`.

    Ports handle, plants make, and plants and warehouses ship that share. A port without a handling capacity has no
    usual amount: there only a share of nothing tells. Raises PlaceError where nobody works at `at`.
    """
    cells = disruption.cells(network, at, products)
    with placed("at"):
        sites = network.select_sites(at)
        gates = np.array([i for i, gate in enumerate(network.gates) if gate.site in sites], dtype=np.int64)
        flows = np.flatnonzero(np.isin(network.flow_source, cells))
        if (network.site_kind[sites] == "facility").all():
            raise PlaceError((), "no port, plant or warehouse among these sites", at, "a place where work is done")
    made = cells[network.cell_kind[cells] == "supplier"]
    some = tuple((day, share if share > 0 else 1.0) for day, share in steps)
    none = tuple((day, np.inf if share > 0 else 0.0) for day, share in steps)
    return [
        Effect("gate.handling", gates, "multiply", some, end, disruption.label),
        Effect("gate.handling", gates, "at_most", none, end, disruption.label),
        Effect("cell.capacity_factor", made, "multiply", steps, end, disruption.label),
        Effect("flow.sends", flows, "multiply", steps, end, disruption.label),
    ]
