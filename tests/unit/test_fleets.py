"""Vehicles of one lane, against a plain count of who is away."""

from __future__ import annotations

import numpy as np
import pytest

from sim.engine.moving.fleets import Fleet
from sim.engine.moving.journeys import Journeys


class Road(Journeys):
    """A way that is always open and always takes as long."""

    def __init__(self, hours: float) -> None:
        self._days = hours / 24

    def sets_out(self, lane: np.ndarray, at: np.ndarray | float) -> np.ndarray | float:
        return at

    def length(self, lane: np.ndarray, at: np.ndarray | float) -> np.ndarray:
        return np.full(len(lane), self._days)


def fleet(carries: float, number: int, hours: float) -> Fleet:
    return Fleet(0, carries, number, Road(hours))


@pytest.mark.parametrize("seed", range(20))
def test_never_more_vehicles_are_away_than_there_are_and_all_goods_leave(seed: int) -> None:
    rng = np.random.default_rng(seed)
    carries, number, hours = float(rng.integers(5, 30)), int(rng.integers(1, 4)), float(rng.uniform(1, 60))
    vehicles, trips, sizes = fleet(carries, number, hours), {}, np.array([1.0, 2.5])
    for at in np.sort(rng.uniform(0, 30, 40)).tolist():
        units = rng.integers(0, 12, 2)
        aboard = vehicles.load(at, units, sizes)
        assert sum((given for _, given in aboard), np.zeros(2)).tolist() == units.tolist()
        for start, given in aboard:
            assert start >= at
            trips[start] = trips.get(start, 0.0) + float((given * sizes).sum())
    for start in trips:
        out = [s for s in trips if s <= start < s + 2 * hours / 24 - 1e-9]
        assert sum(np.ceil(trips[s] / carries - 1e-9) for s in out) <= number


def test_the_room_of_a_day_is_what_its_trips_take() -> None:
    """Five hours out: trips at 0, 10 and 20 o'clock; one that is half loaded has room for the other half."""
    vehicles, size = fleet(20, 1, 5), np.ones(1)
    assert vehicles.room(0.0, 1.0) == 60
    assert [start for start, _ in vehicles.load(0.0, np.array([30]), size)] == pytest.approx([0, 10 / 24])
    assert vehicles.room(0.0, 1.0) == 30
    assert vehicles.room(0.9, 1.0) == 20  # back since 20 o'clock, and then not before midnight


def test_on_a_way_of_no_time_a_vehicle_makes_one_trip_a_day() -> None:
    assert fleet(20, 2, 0).room(0.0, 1.0) == 40
