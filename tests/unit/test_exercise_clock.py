"""The clocks of an exercise, by hand: what they show is worked out from what was done to them."""

from __future__ import annotations

import datetime as dt

import pytest

from sim.scenario.exercise_spec import Exercise
from sim.tabletop.clock import Clock, Tick
from sim.tabletop.injects import parse_delivery

STORY = dt.date(2027, 3, 1)


def at(clock: str, day: str = "2026-11-18") -> dt.datetime:
    return dt.datetime.fromisoformat(f"{day}T{clock}:00+00:00")


def minutes(number: float) -> dt.timedelta:
    return dt.timedelta(minutes=number)


def exercise(**fields: object) -> Exercise:
    return Exercise.model_validate({"roles": {"ministry": {"party": "orrelia"}}, "minutes": 90} | fields)


def clock(*ticks: Tick, **fields: object) -> Clock:
    return Clock(exercise(**fields), STORY, ticks)


START = Tick("start", at("09:00"))
PAUSED = (START, Tick("pause", at("09:20")), Tick("resume", at("09:50")))


def test_paused_time_never_counts() -> None:
    """20 minutes run, 30 pause, 10 run: 30 of 90 at 10:00."""
    reading = clock(*PAUSED).read(at("10:00"))
    assert (reading.status, reading.elapsed, reading.paused, reading.left) == (
        "running", minutes(30), minutes(30), minutes(60),
    )  # fmt: skip
    in_pause = clock(*PAUSED[:2]).read(at("09:45"))
    assert (in_pause.status, in_pause.elapsed, in_pause.paused) == ("paused", minutes(20), minutes(25))
    before = clock().read(at("08:00"))
    assert (before.status, before.elapsed, before.left) == ("not started", minutes(0), minutes(90))


def test_an_extension_adds_to_what_is_left_and_a_leap_to_what_has_passed() -> None:
    """60 left of 90; 15 on top: 75; a leap of 20 from 30 to 50: 55. What was leapt over is no pause."""
    ticks = (*PAUSED, Tick("extend", at("09:55"), 15), Tick("jump", at("10:00"), 20))
    reading = clock(*ticks).read(at("10:00"))
    assert (reading.elapsed, reading.left, reading.paused) == (minutes(50), minutes(55), minutes(30))
    in_a_pause = clock(*PAUSED[:2], Tick("jump", at("09:30"), 5)).read(at("09:40"))
    assert (in_a_pause.elapsed, in_a_pause.paused) == (minutes(25), minutes(20))


def test_a_reset_resets_everything() -> None:
    ticks = (*PAUSED, Tick("extend", at("09:55"), 15), Tick("turn", at("09:58")), Tick("reset", at("10:00")))
    reading, never = clock(*ticks).read(at("10:30")), clock().read(at("10:30"))
    assert reading == never
    again = clock(*ticks, Tick("start", at("11:00"))).read(at("11:05"))
    assert (again.elapsed, again.left, again.paused) == (minutes(5), minutes(85), minutes(0))


def test_the_time_to_decide_is_that_of_the_turn() -> None:
    """Ten minutes a turn. The second turn began at 09:15 and ran 5 minutes until the pause, and 2 since 09:50."""
    ticks = [START, Tick("turn", at("09:15")), *PAUSED[1:]]
    assert clock(*ticks, turn_minutes=10).read(at("09:52")).turn_left == minutes(3)
    longer = [*ticks, Tick("extend", at("09:51"), 4, "turn")]
    assert clock(*longer, turn_minutes=10).read(at("09:52")).turn_left == minutes(7)
    assert clock(*longer, turn_minutes=10).read(at("09:52")).left == minutes(90 - 22)
    third = [*longer, Tick("turn", at("09:53"))]  # the extension was the second turn's
    assert clock(*third, turn_minutes=10).read(at("09:54")).turn_left == minutes(9)
    assert clock(*ticks).read(at("09:52")).turn_left is None


def test_the_three_clocks_of_the_story() -> None:
    """After 30 minutes that ran; 672 times as fast, 15 minutes are a week: two weeks."""
    told = {
        ("by turns", 1.0): dt.datetime(2027, 3, 8),
        ("real", 1.0): dt.datetime(2027, 3, 1, 0, 30),
        ("compressed", 672.0): dt.datetime(2027, 3, 15),
    }
    for (runs, times), story in told.items():
        spec = {"runs": runs} | ({"times": times} if runs == "compressed" else {})
        assert clock(*PAUSED, story=spec).read(at("10:00"), story_day=7).story == story


def test_a_delivery_is_due_when_so_much_has_run_and_leaves_pauses_out() -> None:
    """25 minutes have run at 09:55: 20 until the pause, 5 since 09:50. A time of day comes in a pause as well."""
    one = clock(*PAUSED)
    assert one.due(parse_delivery("+0:25")) == (at("09:55"), True)
    assert one.due(parse_delivery("0 min")) == (at("09:00"), True)
    assert one.due(parse_delivery("09:30")) == (at("09:30"), False)  # in the pause: it does not come by itself
    assert one.due(parse_delivery("09:55")) == (at("09:55"), True)
    assert one.due(parse_delivery("08:58")) == (at("08:58"), False)  # planned before a late start
    assert clock(*PAUSED[:2]).due(parse_delivery("+0:25")) is None
    assert clock().due(parse_delivery("+0:25")) is None
    leap = clock(*PAUSED, Tick("jump", at("09:52"), 10))  # from 22 to 32
    assert leap.due(parse_delivery("+0:25")) == (at("09:52"), False)
    in_a_pause = clock(*PAUSED[:2], Tick("jump", at("09:30"), 10))
    assert in_a_pause.due(parse_delivery("+0:25")) == (at("09:30"), False)


def test_times_across_a_change_of_the_clocks() -> None:
    """Paris, 29 March 2026: at 02:00 (01:00 UTC) it is 03:00. From 01:30 on, 45 minutes lead to 03:15."""
    day = "2026-03-29"
    spring = clock(Tick("start", at("00:30", day)), zone="Europe/Paris")
    assert spring.read(at("01:15", day)).elapsed == minutes(45)
    assert spring.shown(at("00:30", day)) == "01:30 CET"
    assert spring.shown(at("01:15", day)) == "03:15 CEST"
    assert spring.due(parse_delivery("03:15")) == (at("01:15", day), True)
    assert spring.due(parse_delivery("02:30")) == (at("01:30", day), True)  # there is none: half an hour after 02:00
    # 25 October: at 03:00 summer time (01:00 UTC) it is 02:00 once more; 02:30 is the first of both
    autumn = clock(Tick("start", at("00:15", "2026-10-25")), zone="Europe/Paris")
    assert autumn.due(parse_delivery("02:30")) == (at("00:30", "2026-10-25"), True)
    late = clock(Tick("start", at("01:10", "2026-10-25")), zone="Europe/Paris")  # 02:10 once more: 02:30 is the second
    assert late.due(parse_delivery("02:30")) == (at("01:30", "2026-10-25"), True)
    west = clock(Tick("start", at("06:10", "2026-11-01")), zone="America/New_York")  # 01:10 once more
    assert west.due(parse_delivery("01:30")) == (at("06:30", "2026-11-01"), True)
    night = clock(Tick("start", at("22:00")))
    assert night.due(parse_delivery("01:00")) == (at("01:00", "2026-11-19"), True)


def test_a_machine_whose_clock_is_put_back_loses_no_time_and_gains_none() -> None:
    back = (START, Tick("pause", at("09:20")), Tick("resume", at("09:10")))
    assert clock(*back).read(at("09:15")).elapsed == minutes(20)
    assert clock(*back).read(at("09:30")).elapsed == minutes(30)


def test_what_cannot_be_done_is_refused() -> None:
    assert clock().refusal("pause") == "the exercise has not started"
    assert clock(START).refusal("start") == "the exercise has started already"
    assert clock(START).refusal("resume") == "it is running already"
    assert clock(*PAUSED[:2]).refusal("pause") == "it is paused already"
    assert not clock(START).refusal("pause") and not clock(*PAUSED[:2]).refusal("resume")


@pytest.mark.parametrize(
    ("text", "shown"),
    [("10:25", "10:25"), ("10:25:00", "10:25"), ("+0:25", "+0:25"), ("95 min", "+1:35"), ("+2h", "+2:00")],
)
def test_delivery_times_are_read_and_written(text: str, shown: str) -> None:
    assert str(parse_delivery(text)) == shown


@pytest.mark.parametrize("text", ["25", "noon", "25:61", "24:00", "-5 min", ""])
def test_a_time_that_may_mean_two_things_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="a time of day such as 10:25"):
        parse_delivery(text)
