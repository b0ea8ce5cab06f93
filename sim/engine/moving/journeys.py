"""When what is ready sets out on a lane, and how long it is then on its way."""

from __future__ import annotations

import numpy as np

from sim.engine.moving.loading import Loading, after_curfew
from sim.engine.time_tape import TimeTape
from sim.model.effects import Quantities
from sim.model.network import Network
from sim.model.part import Part
from sim.rng import Streams


class Journeys(Part):
    """Hours, curfews and journey times of all lanes."""

    def __init__(self, network: Network, loading: Loading, quantities: Quantities, streams: Streams) -> None:
        lanes = network.lane_table
        self._loading, self._quantities = loading, quantities
        self._times = TimeTape(lanes.named, lanes.times, streams)
        self._may_have_curfew = quantities.touched("lane.opens", "lane.closes")
        self._at_any_hour = not self.keep_hours(np.ones(len(lanes.place), dtype=bool))
        self._may_slow_down = quantities.touched("lane.factor", "lane.extra")

    def keep_hours(self, lane: np.ndarray) -> bool:
        """Whether what comes to any of these lanes (a mask) may have to wait for an hour of the day."""
        return self._may_have_curfew or self._loading.has_hours(lane)

    def sets_out(self, lane: np.ndarray, at: np.ndarray | float) -> np.ndarray | float:
        """When what is ready at a time may set out on each of some lanes."""
        if self._at_any_hour:
            return at
        at = self._loading.begin(lane, at)
        if self._may_have_curfew:
            at = after_curfew(at, self._quantities["lane.opens"][lane], self._quantities["lane.closes"][lane])
        return at

    def length(self, lane: np.ndarray, at: np.ndarray | float) -> np.ndarray:
        """Days for which what sets out at a time is under way on each of some lanes."""
        length = self._times.at(lane, at)
        if self._may_slow_down:
            length = length * self._quantities["lane.factor"][lane] + self._quantities["lane.extra"][lane]
        return length

    def plan(
        self, lane: np.ndarray, at: np.ndarray | float
    ) -> tuple[np.ndarray | float, np.ndarray, np.ndarray | float]:
        """(when what is ready at a time sets out on each of some lanes, days for which it is then under way, when it
        may come in)."""
        if not self._at_any_hour:
            at = self.sets_out(lane, at)
        length = self.length(lane, at)
        ends = at + length
        return at, length, self._loading.end(lane, ends) if self._loading.opens_at_hours else ends
