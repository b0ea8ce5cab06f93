"""Vessels that pass a canal or strait in convoys: all of the world's traffic as a fluid, first come, first served.

The queue is that of `passage_queue.py`, but vessels leave it together. With A(t) vessels come by time t, the convoys
at t1 < t2 < ... with room c1, c2, ... have taken, all together,
    D(k) = min(A(t_k - limit), D(k-1) + c_k)
and a vessel that comes at r goes with the first convoy that leaves at or after r + limit with D(k) >= A(r). A convoy
that is due at the very time at which the passage opens goes; one that is due as it closes does not.
"""

from __future__ import annotations

import functools

import numpy as np

from sim.model.network import Convoys

NO_VESSEL = 1e-6


class ConvoyQueue:
    """Queue before convoys, empty on day `times[0]`, until day `last`."""

    def __init__(
        self, times: list[float], traffic: list[float], share: list[float], convoys: Convoys, last: float
    ) -> None:
        """`times` ascending: from each until the next, and the last one for ever, `traffic` vessels come a day and
        convoys take the `share` of their usual room."""
        self._time, self._rate = np.array(times), np.array(traffic)
        self._come = np.concatenate([[0.0], np.cumsum(np.diff(self._time) * self._rate[:-1])])
        self._limit = convoys.limit
        self.leave = convoys.times(times[0], last)
        """when convoys leave"""
        room = convoys.ships * np.array(share)[np.searchsorted(self._time, self.leave, side="right") - 1]
        held, total = self.arrivals(self.leave - self._limit), np.cumsum(room)
        # the recursion of D, solved: D(k) - C(k) is the least of A - C so far, with C the sum of all room
        self.passed = total + np.minimum(0.0, np.minimum.accumulate(held - total))
        """vessels that have gone with each convoy and those before it"""

    def arrivals(self, day: np.ndarray) -> np.ndarray:
        """Vessels that have come by each day, counted from the first."""
        k = np.maximum(0, np.searchsorted(self._time, day, side="right") - 1)
        return np.asarray(self._come[k] + self._rate[k] * np.maximum(0.0, day - self._time[k]))

    def length(self, day: np.ndarray) -> np.ndarray:
        """Vessels waiting at each day, after a convoy of that time has left."""
        gone = np.concatenate([[0.0], self.passed])[np.searchsorted(self.leave, day, side="right")]
        return np.maximum(0.0, self.arrivals(day) - gone)

    def in_time(self, reached: np.ndarray) -> np.ndarray:
        """When the first convoy leaves that a vessel which comes at `reached` is in time for."""
        first = np.searchsorted(self.leave, reached + self._limit - NO_VESSEL)
        return np.maximum(reached, np.concatenate([self.leave, [np.inf]])[first])

    def leaves(self, reached: np.ndarray) -> np.ndarray:
        """When a vessel that comes at `reached` leaves; infinite where that is after the last day."""
        room = np.searchsorted(self.passed, self.arrivals(reached) - NO_VESSEL)
        return np.maximum(self.in_time(reached), np.concatenate([self.leave, [np.inf]])[room])


@functools.cache
def mean_wait(convoys: Convoys) -> float:
    """Mean days that a vessel waits on ordinary days: the mean queue over a period divided by the traffic (Little)."""
    begin = convoys.every * (2 + np.ceil(convoys.limit / convoys.every))  # from then on all periods are alike
    queue = ConvoyQueue([0.0], [convoys.traffic], [1.0], convoys, begin + convoys.every)
    inside = queue.leave[(queue.leave > begin) & (queue.leave < begin + convoys.every)]
    ends = np.concatenate([[begin], inside, [begin + convoys.every]])
    rising = convoys.traffic * np.diff(ends) ** 2 / 2
    return float((queue.length(ends[:-1]) * np.diff(ends) + rising).sum() / (convoys.traffic * convoys.every))
