"""Hazards whose luck is drawn anew from a day on: the past stays, and what may still come agrees with it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import numpy as np
from scipy import stats

from sim.hazards.processes.after import After
from sim.hazards.processes.arrivals import Arrivals
from sim.hazards.processes.base import Circumstances, Draws, Process, Shock
from sim.hazards.processes.up_down import UpDown
from sim.hazards.processes.window import Window
from sim.model.chance.distributions import parse_times
from sim.model.network import Calendar
from sim.rng import Streams

CALENDAR = Calendar(dt.date(2024, 1, 1), 60, 10)


def shocks(process: Process, replication: int, turn: float | None = None, luck: int = 0, lasts: str = "0d",
           happened: dict[str, list[Shock]] | None = None) -> list[Shock]:  # fmt: skip
    """What a process draws in a replication, with its luck drawn anew on a day."""
    streams = Streams(1, replication)
    turns = () if turn is None else ((turn, streams.turned(int(turn), luck)),)
    now = Circumstances(CALENDAR, parse_times(lasts), happened or {})
    return process.shocks(Draws(streams, "hazard/x", turns), now)


def first_after(process: Process, turn: float, unstruck: Callable[[list[Shock]], bool], n: int = 400) -> np.ndarray:
    """Under n lucks, the first shock after a day in runs in which nothing had struck by then (inf: none comes)."""
    found, replication = [], 0
    while len(found) < n:
        replication += 1
        if unstruck([s for s in shocks(process, replication) if s.start < turn]):
            later = shocks(process, replication, turn, luck=replication)
            found.append(next((s.start for s in later), np.inf))
    return np.array(found)


def test_what_had_struck_stays_and_what_had_not_is_drawn_again() -> None:
    process = Arrivals(process="arrivals", a_year=60)
    differ = 0
    for replication in range(40):
        turn = CALENDAR.days / 2
        plain, lucky = (
            shocks(process, replication, lasts="gamma(3d, 2d)"),
            shocks(process, replication, turn, 7, "gamma(3d, 2d)"),
        )
        assert [s for s in plain if s.start < turn] == [s for s in lucky if s.start < turn]
        assert shocks(process, replication, turn, 7, "gamma(3d, 2d)") == lucky
        differ += plain != lucky
    assert differ >= 35


def test_time_that_has_run_counts() -> None:
    """Time to failure even over 0 to 20 days, none by day 8: even over 8 to 20 days (Kolmogorov-Smirnov, p > 0.001)."""
    first = -CALENDAR.warm_up
    process = UpDown(process="up_down", up="uniform(0d, 20d)")
    found = first_after(process, first + 8.0, lambda past: not past) - first
    assert found.min() >= 8
    assert stats.kstest(found, stats.uniform(8, 12).cdf).pvalue > 0.001


def test_no_memory_has_none() -> None:
    """Exponential time to failure of mean 5 days: what is left after 6 days without is exponential of mean 5 again."""
    first = -CALENDAR.warm_up
    process = UpDown(process="up_down", up="exponential(5d)")
    left = first_after(process, first + 6.0, lambda past: not past) - first - 6
    inside = left[left < 15]  # a run ends; given that it strikes within 15 days
    assert stats.kstest(inside, stats.truncexpon(b=3, scale=5).cdf).pvalue > 0.001


def test_a_window_half_over_without_it_has_half_of_what_was_left() -> None:
    """Probability 60 %, even over 20 days, not struck by day 10: (0.6 / 2) / (1 - 0.6 / 2) = 3/7, even over the rest.

    Of 400 lucks 171.4 +- 3.5 standard errors of 9.9.
    """
    span = {"from": CALENDAR.date(0), "until": CALENDAR.date(20)}
    process = Window.model_validate({"process": "window", "probability": "60%"} | span)
    found = first_after(process, 10.0, lambda past: not past)
    struck = found[np.isfinite(found)]
    assert abs(len(struck) - 400 * 3 / 7) < 3.5 * np.sqrt(400 * 3 / 7 * 4 / 7)
    assert stats.kstest(struck, stats.uniform(10, 10).cdf).pvalue > 0.001


def test_what_follows_waits_on_what_is_known() -> None:
    """Follows with 50 % after a delay even over 0 to 10 days, not yet after 5: follows with (1/4) / (3/4) = 1/3."""
    process = After.model_validate({"process": "after", "of": "it", "probability": "50%", "delay": "uniform(0d, 10d)"})
    cause = {"it": [Shock(0, 0.0, 1.0)]}
    found = []
    for replication in range(3000):
        if not [s for s in shocks(process, replication, happened=cause) if s.start < 5]:
            found.append(bool(shocks(process, replication, 5.0, replication, happened=cause)))
    n = len(found)
    assert abs(sum(found) - n / 3) < 3.5 * np.sqrt(n * 2 / 9)
