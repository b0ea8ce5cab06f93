"""Mean time that goods lose on a route to schedules: to rounds, to hours of the day, and to convoys.

An order waits for the round of its first lane. Orders come on any day and a round leaves every R days, so that it
waits 0, 1, ... or R - 1 days: (R - 1)/2 in the mean. On the way, what a time of day costs depends on when goods get
there: where all before it is certain the wait is one number, else a mean over the times that may be. It is taken over
SAMPLE journeys from one evening after another on which the first lane leaves, with times drawn once and for all, the
same for every seed. A convoy costs the mean queue divided by the traffic (Little's law). Queues, full vehicles and full
lanes are in no mean.
"""

from __future__ import annotations

import numpy as np

from sim.engine.moving.convoys import mean_wait
from sim.engine.timetable import Timetable
from sim.model.chance.distributions import Times
from sim.model.lane_table import lane_table
from sim.model.network import Gate, Lane
from sim.rng import Streams

SAMPLE = 2048


class Waits:
    """Mean waits on the lanes of a network."""

    def __init__(self, lanes: tuple[Lane, ...], gates: tuple[Gate, ...]) -> None:
        self._lanes, self._gates, self._streams = lanes, gates, Streams(0)
        self._timetable = Timetable(lanes, lane_table(lanes), gates)

    def order(self, path: tuple[int, ...]) -> float:
        """Mean days that an order waits at its source for the round of the first lane."""
        return (self._lanes[path[0]].every - 1) / 2

    def convoys(self, path: tuple[int, ...]) -> float:
        """Mean days that vessels wait for convoys."""
        passages = [passage for lane in path for passage in self._lanes[lane].passages]
        return sum(mean_wait(passage.convoys) for passage in passages if passage.convoys is not None)

    def on_the_way(self, path: tuple[int, ...], gates: list[int]) -> np.ndarray:
        """Mean days lost on each lane of a route to hours, and to rounds after the first; `gates` between the lanes."""
        if not self._timetable.follows(path):
            return np.zeros(len(path))
        first = self._lanes[path[0]]
        at = (first.first + first.every * np.arange(SAMPLE)).astype(float)
        legs = self._timetable.legs(
            path, gates, at,
            lambda lane, k: self._drawn(self._lanes[lane].times, f"lane {k}"),
            lambda gate, k: self._stay(self._gates[gate], k),
        )  # fmt: skip
        return np.array([float((leg.left - leg.ready + leg.came - leg.reached).mean()) for leg in legs])

    def _stay(self, gate: Gate, leg: int) -> np.ndarray:
        """Times from arrival to release."""
        stay = self._drawn(gate.clearance, f"clearance {leg}")
        if gate.berth_time is not None:
            stay = stay + self._drawn(gate.berth_time, f"berth {leg}")
        for number, hold in enumerate(gate.holds):
            held = self._streams.named(f"held {leg} {number}").random(SAMPLE) < hold.share
            stay = stay + np.where(held, self._drawn(hold.times, f"hold {leg} {number}"), 0.0)
        return stay

    def _drawn(self, times: Times, name: str) -> np.ndarray:
        if times.draw is None:
            return np.full(SAMPLE, times.mean)
        return times.draw(self._streams.named(name), SAMPLE)
