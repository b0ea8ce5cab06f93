"""Lanes as columns: what runs look up of many lanes at once, worked out once for a network."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim.model.chance.distributions import Times

if TYPE_CHECKING:  # a network has them
    from sim.model.network import Lane


@dataclass(frozen=True)
class LaneTable:
    """Figures of lanes as of `Lane`, arrays over lanes that nobody changes in place.

    `place` numbers the rounds, lanes of none being one each; `departs` and `arrives` are (lanes, 2), NaN where that may
    be at any hour; `vehicles`, `sails` and `paid` are masks of lanes that have vehicles, that are a way of vessels
    through passages, and whose shipments are paid whole. `named` are the names under which their times are drawn, of
    which `times` are the distributions and `mean` the means.
    """

    place: np.ndarray
    capacity: np.ndarray
    cold_capacity: np.ndarray
    every: np.ndarray
    first: np.ndarray
    departs: np.ndarray
    arrives: np.ndarray
    vehicle: np.ndarray
    vehicles: np.ndarray
    sails: np.ndarray
    paid: np.ndarray
    mean: np.ndarray
    named: tuple[str, ...]
    times: tuple[Times, ...]


def lane_table(lanes: Sequence[Lane]) -> LaneTable:
    """The columns of some lanes."""

    def real(of: Callable[[Lane], float]) -> np.ndarray:
        return np.array([of(lane) for lane in lanes], dtype=float)

    def whole(of: Callable[[Lane], int]) -> np.ndarray:
        return np.array([of(lane) for lane in lanes], dtype=np.int64)

    def hours(of: Callable[[Lane], tuple[float, float] | None]) -> np.ndarray:
        always = (np.nan, np.nan)
        return np.array([of(lane) or always for lane in lanes], dtype=float).reshape(len(lanes), 2)

    rounds = [lane.round or lane.name for lane in lanes]
    number = {name: k for k, name in enumerate(dict.fromkeys(rounds))}
    return LaneTable(
        place=np.array([number[name] for name in rounds], dtype=np.int64),
        capacity=real(lambda lane: lane.capacity),
        cold_capacity=real(lambda lane: lane.cold_capacity),
        every=whole(lambda lane: lane.every),
        first=whole(lambda lane: lane.first),
        departs=hours(lambda lane: lane.departs),
        arrives=hours(lambda lane: lane.arrives),
        vehicle=real(lambda lane: lane.vehicle),
        vehicles=whole(lambda lane: lane.vehicles) > 0,
        sails=np.array([lane.way is not None for lane in lanes], dtype=bool),
        paid=np.array([lane.load_cost is not None for lane in lanes], dtype=bool),
        mean=real(lambda lane: lane.times.mean),
        named=tuple(f"lane/{name}" for name in rounds),
        times=tuple(lane.times for lane in lanes),
    )
