"""How buyers with several sources choose among them, bound to cells."""

from __future__ import annotations

import numpy as np

from sim.engine.plan import BoundUrgent, Sourcing
from sim.model.network import Network
from sim.scenario.load import Loaded, Problems


def bind_sourcing(loaded: Loaded, network: Network, problems: Problems) -> Sourcing:
    """What the entries of `sourcing` say beside shares, over cells."""
    cells = len(network.cell_site)
    several = np.bincount(network.flow_buyer, minlength=cells) > 1
    moves, notices, rebooks = several.copy(), np.ones(cells, dtype=np.int64), np.zeros(cells, dtype=np.int64)
    urgent: list[BoundUrgent] = []
    for position, entry in enumerate(loaded.spec.sourcing):
        with problems.at("sourcing", position):
            mine = network.select_cells(entry.at, entry.products)
            moves[mine] &= not entry.keep_shares
            notices[mine] = int(entry.notices_after)
            rebooks[mine] = int(entry.rebook_after or 0)
            if entry.urgent is not None:
                urgent.append(BoundUrgent(np.sort(mine), entry.urgent.when, entry.urgent.share))
    return Sourcing(moves, notices, rebooks, tuple(urgent))
