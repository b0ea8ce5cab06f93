"""Demand drawn at random, as a run meets it.

What is drawn depends on the seed, the replication and the name alone, never on policies or disruptions.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.engine.plan import DemandPlan
from sim.engine.serving.demand_source import DemandSource, TurnedSource, never_negative
from sim.engine.serving.surges import Joined, Surges
from sim.engine.time_tape import block_of
from sim.model.effects import Impact
from sim.model.network import Calendar
from sim.model.part import Part
from sim.rng import Streams


class DemandTape(Part):
    """Whole units demanded each day over demand cells: the plain draws, with the surges and the patients of one run.

    `source` are the plain draws where an earlier run of the same replication has made them, None: they are drawn here.
    Raises ValueError where the source is of other demand.
    """

    SCRATCH = ("_block", "_first")

    def __init__(
        self, plan: DemandPlan, calendar: Calendar, streams: Streams, source: DemandSource | None = None
    ) -> None:
        if source is None:
            source = DemandSource(plan, calendar, streams)
        elif not source.serves(plan, calendar, streams):
            raise ValueError("these draws are of other demand, or of another replication")
        self._source: DemandSource | TurnedSource = source
        self._block = np.zeros((0, len(plan.cell)), dtype=np.int64)
        self._first: int | None = None
        self._surges = Surges(plan, streams, source.random, source.shape)
        self._plan, self._streams = plan, streams
        self._turns: list[tuple[int, Streams]] = []
        self._joined: Joined | None = None

    def draw_anew(self, day: int, streams: Streams) -> None:
        self._turns = [*self._turns, (day, streams)]
        self._source, self._first = self._source.turned(day, streams), None

    def join(self, impacts: Sequence[Impact]) -> None:
        """From now on the patients come whom these disruptions bring."""
        if arrivals := [added for impact in impacts for added in impact.arrivals]:
            self._joined = Joined(self._plan, self._streams, self._source.random, arrivals)
            for day, streams in self._turns:
                self._joined.draw_anew(day, streams)
            self._first = None

    def rejoin(self) -> None:
        self._first = None  # the block is the source's, which forgets it too

    def day(self, day: int, factor: np.ndarray | None = None) -> np.ndarray:
        """Demand of a day, int64 over demand cells; `factor` multiplies the mean where it is not 1.

        The patients of the plain draws come whatever the factor: above 1 others join them, below 1 some stay away.
        """
        if self._first is None or not 0 <= day - self._first < len(self._block):
            number, first, _ = block_of(day)
            self._block, self._first = self._source.block(number, first), first
            if self._joined is not None:
                self._joined.draw(number, first, len(self._block))
        position = day - self._first
        demand = self._block[position].astype(np.int64)
        if factor is not None and (changed := (factor != 1).nonzero()[0]).size:
            usual = self._block[position:]
            demand[changed] = never_negative(self._surges.demand(changed, factor[changed], day, usual), day)
        if self._joined is not None:
            demand[self._joined.cells] += never_negative(self._joined.units[position], day)
        return demand
