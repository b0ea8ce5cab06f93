"""What of the level of a whole echelon is left for a site itself."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.engine.bound.in_force import ALWAYS, BoundRule
from sim.model.network import Network


def own_targets(network: Network, rules: Sequence[BoundRule]) -> np.ndarray:
    """The position that each cell's policy without a date would restore to itself, whole units over cells; -1: none.

    Of the target of an echelon it is what those below do not have by theirs; who buys of several belongs to each by its
    usual share.
    """
    target = np.full(len(network.cell_site), -1, dtype=np.int64)
    of_echelon = np.zeros(len(target), dtype=bool)
    for bound in rules:
        if bound.since == ALWAYS:
            target[bound.cells] = bound.rule.target
            of_echelon[bound.cells] = "echelon" in bound.rule.looks_at
    if not of_echelon.any():
        return target
    below = np.zeros(len(target))
    for level in range(int(network.cell_level.max(initial=0)) + 1):
        mine = np.flatnonzero(of_echelon & (network.cell_level == level))
        target[mine] = np.maximum(0, target[mine] - np.rint(below[mine]).astype(np.int64))
        flows = np.flatnonzero(network.cell_level[network.flow_buyer] == level)
        buyer = network.flow_buyer[flows]
        passed_on = network.flow_share[flows] * (np.maximum(0, target[buyer]) + below[buyer])
        np.add.at(below, network.flow_source[flows], passed_on)
    return target
