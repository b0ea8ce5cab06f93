"""Drawn times are the same whatever was asked for before, and only those of late are kept."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pytest

from sim.engine.time_tape import TimeTape
from sim.model.chance.distributions import parse_times
from sim.rng import BLOCK_DAYS, Key, Streams

TEXTS = ["lognormal(9d, 3d)", "4d", "uniform(1d, 3d)", "gamma(5d, 2d)"]
RANDOM = 3


def tape() -> TimeTape:
    """Times of four things, one of which takes a time that is certain."""
    return TimeTape([f"lane/{k}" for k in range(len(TEXTS))], [parse_times(text) for text in TEXTS], Streams(3, 1))


def test_times_do_not_hang_on_the_order_in_which_they_are_asked_for() -> None:
    """Three years forward, with looks back and a little ahead, beside tapes that know nothing yet."""
    used, generator = tape(), np.random.default_rng(2)
    for day in range(-40, 3 * 365, 60):
        days = generator.integers(-40, day + 3, 20).astype(float)
        things = generator.integers(0, len(TEXTS), 20)
        alone = [tape().at(np.array([thing]), at)[0] for thing, at in zip(things, days.tolist(), strict=True)]
        assert used.at(things, days).tolist() == alone
        assert used.at(things[:4], float(day)).tolist() == tape().at(things[:4], float(day)).tolist()
    assert len(set(used.at(np.full(300, 0), np.arange(300.0)).tolist())) == 300  # they are drawn indeed


def test_times_are_those_of_the_day_on_which_something_happens() -> None:
    """Whatever the hour: day -3 is over at the midnight of day -2, so -2.25 is on it."""
    things, day = np.arange(len(TEXTS)), tape().at(np.arange(len(TEXTS)), -3.0)
    assert tape().at(things, -2.25).tolist() == day.tolist()
    assert tape().at(things, np.full(len(things), -2.25)).tolist() == day.tolist()
    assert (tape().at(things, -2.0) != day).sum() == RANDOM


def test_no_more_than_two_blocks_are_kept() -> None:
    used = tape()
    for day in range(-BLOCK_DAYS, 5 * BLOCK_DAYS, 50):
        used.at(np.arange(len(TEXTS)), np.array([day, day - 100, -300, -700]).astype(float))
        assert sum(block.nbytes for block in used._blocks.values()) <= 2 * BLOCK_DAYS * RANDOM * 8


def test_days_long_past_cost_a_stream_for_each_thing_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """And none for the others; days of late cost nothing once they are drawn."""
    sought: Counter[Key] = Counter()
    at = Streams.at

    def counted(self: Streams, key: Key, block: int) -> Any:
        sought[key] += 1
        return at(self, key, block)

    monkeypatch.setattr(Streams, "at", counted)
    used, late = tape(), float(4 * BLOCK_DAYS)
    used.at(np.arange(len(TEXTS)), late)
    used.at(np.arange(len(TEXTS)), late - BLOCK_DAYS)
    assert sorted(sought.values()) == [2] * RANDOM
    for back in range(2 * BLOCK_DAYS):
        used.at(np.arange(len(TEXTS)), late - back % BLOCK_DAYS)
    assert sorted(sought.values()) == [2] * RANDOM
    used.at(np.array([2, 2, 1]), np.array([3.0, 4.0, 5.0]))
    assert sorted(sought.values()) == [2] * (RANDOM - 1) + [3]
