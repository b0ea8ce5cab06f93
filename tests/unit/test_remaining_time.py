"""How long work will still take, as it is told on a terminal and in a log."""

from __future__ import annotations

import pytest

from sim import options
from sim.options import Pace, left_words


def test_the_time_left_goes_by_the_pace_until_now() -> None:
    pace = Pace(100.0)
    assert pace.left(0.0, 101.0) is None  # nothing is done yet
    assert pace.left(0.25, 130.0) == pytest.approx(90)  # a quarter in 30 s: three quarters take 90 s
    assert pace.left(0.75, 190.0) == pytest.approx(30)
    assert pace.left(1.0, 220.0) == 0


def test_a_further_round_has_a_pace_of_its_own() -> None:
    pace = Pace(0.0)
    assert pace.left(1.0, 100.0) == 0
    pace.left(0.0, 100.0)
    assert pace.left(0.5, 110.0) == pytest.approx(10)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (None, ""), (0.2, "about 1 s left"), (89, "about 89 s left"), (90, "about 2 min left"),
        (3000, "about 50 min left"), (9000, "about 2.5 h left"),
    ],
)  # fmt: skip
def test_it_is_said_as_one_says_it(seconds: float | None, words: str) -> None:
    assert left_words(seconds) == words


def test_a_log_has_a_line_now_and_then(capsys: pytest.CaptureFixture[str]) -> None:
    """After half a minute, then each time that has passed twice as long; none at the end."""
    now = 0.0
    tick = options._lines(Pace(0.0), lambda: now)
    for second in range(401):
        now = float(second)
        tick(second / 400)
    assert capsys.readouterr().err.splitlines() == [
        "8% done, about 6 min left",  # 30 s: 370 s left
        "15% done, about 6 min left",  # 60 s: 340 s
        "30% done, about 5 min left",  # 120 s: 280 s
        "60% done, about 3 min left",  # 240 s: 160 s
    ]


def test_quiet_work_shows_nothing() -> None:
    with options.progress_bar(False) as tick:
        assert tick is None
