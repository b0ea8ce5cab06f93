"""When goods that set out on a route are where: rounds, hours of the day and ports, in the order in which they come."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from sim.engine.moving.loading import Window
from sim.model.lane_table import LaneTable
from sim.model.network import Gate, Lane, Network

Lasts = Callable[[int, int], np.ndarray | float]
"""Days that a lane or a gate (its position) takes on a leg (its number)."""


class Leg(NamedTuple):
    """Times at which goods are ready for a leg, set out on it, come to its end, and may go in there."""

    ready: np.ndarray
    left: np.ndarray
    reached: np.ndarray
    came: np.ndarray


class Timetable:
    """Rounds and hours of the lanes of a network."""

    def __init__(self, lanes: Sequence[Lane], table: LaneTable, gates: Sequence[Gate]) -> None:
        self._lanes, self._gates = lanes, gates
        self._departs, self._arrives = Window(table.departs), Window(table.arrives)

    def follows(self, path: Sequence[int]) -> bool:
        """Whether goods wait anywhere on a route for a round or for an hour, the round of its first lane aside."""
        lanes = [self._lanes[lane] for lane in path]
        return any(lane.departs or lane.arrives for lane in lanes) or any(lane.every > 1 for lane in lanes[1:])

    def legs(
        self, path: Sequence[int], gates: Sequence[int], at: np.ndarray, journey: Lasts, stay: Lasts
    ) -> Iterator[Leg]:
        """The legs of a route for goods that are handed out at some times; `gates` are those between the lanes."""
        for k, position in enumerate(path):
            lane, here, ready = self._lanes[position], np.full(len(at), position), at
            if k and lane.every > 1:
                day = np.floor(at)
                at = np.where((day - lane.first) % lane.every == 0, at, day + (lane.first - day) % lane.every)
            left = np.asarray(self._departs.next(here, at))
            reached = np.asarray(left + journey(position, k))
            at = np.asarray(self._arrives.next(here, reached))
            yield Leg(ready, left, reached, at)
            if k < len(gates):
                at = at + stay(gates[k], k)

    def in_mean_time(self, path: Sequence[int], gates: Sequence[int], at: np.ndarray) -> list[Leg]:
        """The legs of a route where every journey and every port takes its mean time."""
        return list(
            self.legs(
                path, gates, at, lambda lane, _: self._lanes[lane].times.mean, lambda gate, _: self._gates[gate].stay
            )
        )


def route_of(network: Network, route: int) -> tuple[list[int], list[int]]:
    """Lanes of a route, and the gates between them."""
    legs = int(network.routes.legs[route])
    return network.routes.lane[route, :legs].tolist(), network.routes.gate[route, : legs - 1].tolist()
