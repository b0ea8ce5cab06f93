"""Every named quantity as it is without disruptions."""

from __future__ import annotations

import numpy as np

from sim.model.network import Network
from sim.model.vocabulary import QUANTITIES, QuantityName, Rows


def undisturbed(network: Network) -> dict[QuantityName, np.ndarray]:
    """Every named quantity as it is without disruptions."""
    flows = len(network.flow_buyer)
    rows: dict[Rows, int] = {
        "cells": len(network.cell_site),
        "flows": flows,
        "stops": flows * network.routes.lane.shape[1],
        "gates": len(network.gates),
        "lanes": len(network.lanes),
        "passages": len(network.passages),
    }
    found = {name: np.full(rows[quantity.rows], float(quantity.unaffected)) for name, quantity in QUANTITIES.items()}
    found["gate.handling"][:] = [gate.handling for gate in network.gates]
    for number, convoys in network.convoys.items():
        found["passage.traffic"][number], found["passage.capacity"][number] = convoys.traffic, convoys.room
    return found
