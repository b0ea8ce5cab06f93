"""Vessels that queue before a passage: all of the world's traffic as a fluid, first come, first served.

The goods simulated are a few among the many vessels, so a vessel waits for those ahead of it and adds nothing itself:
    queue Q' = traffic - passing,  passing = capacity while Q > 0, else min(traffic, capacity)
    a vessel that comes at r leaves at the first time at which as many have passed as had come by r.
Traffic and capacity are constant between the times at which effects change, so both are piecewise linear and exact.
"""

from __future__ import annotations

import numpy as np

from sim.engine.moving.convoys import ConvoyQueue
from sim.model.effects import Quantities
from sim.model.network import Network
from sim.model.vocabulary import QuantityName

TRAFFIC: QuantityName = "passage.traffic"
CAPACITY: QuantityName = "passage.capacity"
OPEN: QuantityName = "passage.open"
NO_VESSEL = 1e-9


class PassageQueue:
    """Queue of one passage from day `first` to day `last`: vessels come, wait and pass."""

    def __init__(self, times: list[float], traffic: list[float], capacity: list[float]) -> None:
        """`times` ascending; rates hold from each time to the next, the last ones for ever."""
        self._time, self._come, self._passed = [times[0]], [0.0], [0.0]
        self._rate_in: list[float] = []
        self._rate_out: list[float] = []
        for k, rate in enumerate(traffic):
            end = times[k + 1] if k + 1 < len(times) else np.inf
            self._go_on(end, rate, capacity[k])
        self.time, self.come, self.passed = np.array(self._time), np.array(self._come), np.array(self._passed)
        self.rate_in, self.rate_out = np.array(self._rate_in), np.array(self._rate_out)
        self._queues = (self.come - self.passed > NO_VESSEL) | (self.rate_in > self.rate_out)

    def _go_on(self, end: float, traffic: float, capacity: float) -> None:
        queue = self._come[-1] - self._passed[-1]
        if queue > NO_VESSEL and capacity > traffic:
            empty = self._time[-1] + queue / (capacity - traffic)
            if empty < end:
                self._stretch(empty, traffic, capacity)
                self._passed[-1] = self._come[-1]
                queue = 0.0
        self._stretch(end, traffic, capacity if queue > NO_VESSEL else min(traffic, capacity))

    def _stretch(self, end: float, rate_in: float, rate_out: float) -> None:
        self._rate_in.append(rate_in)
        self._rate_out.append(rate_out)
        if np.isfinite(end):
            length = end - self._time[-1]
            self._time.append(end)
            self._come.append(self._come[-1] + rate_in * length)
            self._passed.append(self._passed[-1] + rate_out * length)

    def _at(self, day: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Stretch in which a day lies, and how far into it."""
        k = np.maximum(0, np.searchsorted(self.time, day, side="right") - 1)
        return k, np.maximum(0.0, day - self.time[k])

    def arrivals(self, day: np.ndarray) -> np.ndarray:
        """Vessels that have come by each day, counted from the first."""
        k, since = self._at(day)
        return np.asarray(self.come[k] + self.rate_in[k] * since)

    def length(self, day: np.ndarray) -> np.ndarray:
        """Vessels waiting at each day."""
        k, since = self._at(day)
        waiting = self.come[k] - self.passed[k] + (self.rate_in[k] - self.rate_out[k]) * since
        return np.asarray(np.where(self._queues[k], np.maximum(0.0, waiting), 0.0))

    def in_time(self, reached: np.ndarray) -> np.ndarray:
        """When a vessel that comes at `reached` would pass on an ordinary day: at once."""
        return reached

    def leaves(self, reached: np.ndarray) -> np.ndarray:
        """When a vessel that comes at `reached` passes; infinite where the queue never gets that far."""
        k, _ = self._at(reached)
        ahead = self.arrivals(reached)
        j = np.maximum(0, np.searchsorted(self.passed, ahead, side="right") - 1)
        with np.errstate(divide="ignore", invalid="ignore"):
            at = self.time[j] + (ahead - self.passed[j]) / self.rate_out[j]
        at = np.where(self.rate_out[j] > 0, at, np.inf)
        return np.where(self._queues[k], np.maximum(reached, at), reached)


def passage_queues(network: Network, quantities: Quantities) -> dict[int, PassageQueue | ConvoyQueue]:
    """The queue of every passage, by position, that has convoys or before which vessels are said to come."""
    if not quantities.touched(TRAFFIC) and not network.convoys:
        return {}
    first_day, last = float(-network.calendar.warm_up), float(network.calendar.days)
    names = (TRAFFIC, CAPACITY, OPEN)
    mine = [e for e in quantities.effects if e.quantity in names]
    rates = Quantities({name: quantities.base[name] for name in names}, mine)
    times = [first_day, *(t for t in rates.boundaries() if first_day < t < np.inf)]
    traffic, capacity = [], []
    for time in times:
        rates.update(time)
        traffic.append(rates[TRAFFIC].copy())
        capacity.append(np.where(rates[OPEN] > 0, rates[CAPACITY], 0.0))
    come, able = np.array(traffic), np.array(capacity)
    queues: dict[int, PassageQueue | ConvoyQueue] = {}
    for row in np.flatnonzero(come.any(axis=0)).tolist():
        if (convoys := network.convoys.get(row)) is None:
            queues[row] = PassageQueue(times, come[:, row].tolist(), able[:, row].tolist())
        else:
            share = able[:, row] / convoys.room
            queues[row] = ConvoyQueue(times, come[:, row].tolist(), share.tolist(), convoys, last)
    return queues
