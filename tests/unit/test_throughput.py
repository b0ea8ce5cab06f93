"""What a port lets pass in a day: where there is room for all, nobody's turn matters."""

from __future__ import annotations

import numpy as np
import pytest

from sim.engine.moving.loading import Throughput


@pytest.mark.parametrize("seed", range(40))
def test_all_pass_at_once_just_where_all_pass_one_after_the_other(seed: int) -> None:
    draws = np.random.default_rng(seed)
    place, units = draws.integers(0, 3, 8), draws.integers(0, 20, 8)
    size = draws.integers(1, 4, 8).astype(float)
    room = np.array([draws.integers(0, 80), draws.integers(0, 80) + 0.5, np.inf])
    one_by_one, at_once = Throughput(3), Throughput(3)
    one_by_one.renew(room)
    at_once.renew(room)
    passing = one_by_one.admit(place, units, size, np.lexsort((np.arange(8), place)))
    assert at_once.admit_all(place, units * size) == (passing == units).all()
    expected = one_by_one.left if (passing == units).all() else room
    assert np.array_equal(at_once.left, expected)


def test_a_day_is_used_up_when_no_place_has_anything_left() -> None:
    day = Throughput(2)
    day.renew(np.array([3.0, 1.0]))
    assert day.admit_all(np.array([0, 0]), np.array([1.0, 2.0])) and not day.used_up
    assert day.admit_all(np.array([1]), np.array([1.0])) and day.used_up


@pytest.mark.parametrize("tenths", range(1, 40))
def test_a_queue_of_small_units_passes_as_fast_as_the_place_allows(tenths: int) -> None:
    """Ten days for units of a tenth, of which sums are not exact: every tenth is used, and none is used twice."""
    gate, passed = Throughput(1), 0
    one = np.zeros(1, dtype=np.int64)
    for _ in range(10):
        gate.renew(np.array([tenths / 10]))
        passed += int(gate.admit(one, np.array([1_000]), np.array([0.1]), one)[0])
    assert passed == 10 * tenths
