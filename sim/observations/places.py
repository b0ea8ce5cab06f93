"""Names of places that series are about."""

from __future__ import annotations

import numpy as np

from sim.errors import PlaceError, one_of_few
from sim.model.network import Network


def canal(network: Network, name: str) -> np.ndarray:
    """Positions of the passages that a name stands for; raises PlaceError on the field `passage` for an unknown one."""
    if name not in network.canals:
        expected = one_of_few(network.canals, "a passage on a lane of the scenario") or "a scenario with passages"
        raise PlaceError(("passage",), "no such passage", name, expected, network.canals)
    return network.canals[name]
