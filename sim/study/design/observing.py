"""What a run is looked at for, where it is held against what was observed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from sim.engine.run import Outcome
from sim.model.network import Network
from sim.observations import Observation
from sim.observations.points import Points
from sim.observations.seen import Seen

OBSERVED = "observed"
"""Breakdown of the rows that tell a run's figure for a point of a series; the group is the point's number."""


@dataclass(frozen=True)
class Watched:
    """A series and its points."""

    series: Observation
    points: Points = field(repr=False)


def cells_of(watched: Sequence[Watched], network: Network) -> np.ndarray:
    """Cells of which the daily figures are needed, ascending."""
    return np.unique(np.concatenate([one.series.cells(network) for one in watched]))


def quantities_of(watched: Sequence[Watched], network: Network) -> set[str]:
    """Quantities that are needed day by day."""
    return {name for one in watched for name in one.series.watches(network)}


def seen_of(outcome: Outcome) -> Seen:
    """A finished run, of which some cells were kept day by day, as observation models see it."""
    record, network = outcome.record, outcome.plan.network
    kept, table = (np.arange(len(network.cell_site)), record.table or {}) if record.part is None else record.part
    return Seen(network, kept, table, record.ports, record.passages, record.queues, record.watched)
