"""Whatever is done in whatever order: what follows from the log is the same, nothing is lost, nothing comes twice."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

import sim
from sim.tabletop.as_scenario import overlay
from sim.tabletop.clock import Clock, Tick
from sim.tabletop.course import Course, digest
from sim.tabletop.ledger import Ledger
from sim.tabletop.refusals import Refused
from sim.tabletop.session import Session
from sim.tabletop.table import Table
from tests.tabletop.exercise import at

ROLES = ("ministry", "clinics", "facilitator", "observer")
NUMBERS = st.sampled_from(["1", "2", "3", "4", "5", "6"])
TURNS = st.integers(1, 8)
ACTS: dict[str, st.SearchStrategy[tuple[Any, ...]]] = {
    "advance": st.tuples(st.sampled_from(["turn", "turn", "day", "next inject"])),
    "decide": st.tuples(
        st.sampled_from(["ministry", "clinics"]), st.sampled_from(["open", "shut", "order", "less"]), TURNS,
        st.integers(1, 6),
    ),
    "fire": st.tuples(NUMBERS), "skip": st.tuples(NUMBERS), "unskip": st.tuples(NUMBERS), "rewind": st.tuples(TURNS),
    "new_branch": st.just(()), "switch": st.tuples(st.sampled_from(["Main", "Try 1", "Try 2"])), "reset": st.just(()),
    "withdraw": st.tuples(st.integers(1, 6)),
}  # fmt: skip
LIKELY = ["advance"] * 4 + ["decide"] * 4 + ["fire"] * 2 + list(ACTS)
act = st.sampled_from(LIKELY).flatmap(lambda name: st.tuples(st.just(name), ACTS[name]))


def done(session: Session, name: str, arguments: tuple[Any, ...]) -> bool:
    """Try something; whether it was done. What is refused changes nothing."""
    calls: dict[str, Callable[[], object]] = {
        "decide": lambda: session.decide(*arguments[:3], id=f"id {arguments[3]}"),
        "withdraw": lambda: session.withdraw(f"id {arguments[0]}", "facilitator"),
        "rewind": lambda: session.rewind(arguments[0]),
    }  # fmt: skip
    before, place = session.entries, session.place
    try:
        calls.get(name, lambda: getattr(session, name)(*arguments))()
    except Refused:
        assert session.entries == before and session.place == place
        return False
    assert session.entries[: len(before)] == before  # nothing of the log is ever changed
    return len(session.entries) > len(before)


@settings(max_examples=6)
@given(acts=st.lists(act, min_size=4, max_size=14), turn=TURNS)
def test_going_back_is_the_replay_of_what_led_there_for_every_role(
    table: Table, acts: list[tuple[str, tuple[Any, ...]]], turn: int
) -> None:
    session = Session(table)
    for name, arguments in acts:
        done(session, name, arguments)
    turn = min(turn, session.turn)
    path = session.branch_path(session.branch)
    steps = [k for k, entry in enumerate(path) if entry.do == "advance"]
    prefix = path[: steps[turn - 2] + 1] if turn > 1 else ()
    session.rewind(turn)
    again = Session(table, prefix)
    again._course = Course(table, kept=0)  # from the first day on
    assert digest(session.begun) == digest(again.begun)
    for role in ROLES:
        mine, its = session.view(role), again.view(role)
        for shown in (mine, its):  # names of branches, and the clock, are not of the turn
            for key in ("branch", "branches", "clock"):
                shown.pop(key, None)
        assert mine == its


@settings(max_examples=10)
@given(acts=st.lists(act, min_size=5, max_size=25))
def test_nothing_is_lost_and_nothing_comes_twice(table: Table, acts: list[tuple[str, tuple[Any, ...]]]) -> None:
    session = Session(table)
    count = sum(done(session, name, arguments) for name, arguments in acts)
    assert len(session.entries) == count
    ledger = Ledger(session.entries)
    assert ledger.branches == {name: session.branch_path(name) for name in session.branches}
    handed_in = {entry.what["id"] for entry in session.entries if entry.do == "decide"}
    assert len(handed_in) == sum(entry.do == "decide" for entry in session.entries)
    kept = set()
    for name in session.branches:
        place = session.branch_place(name)
        fired = Counter(number for turn in place.turns for number in turn.fired)
        assert max(fired.values(), default=1) == 1
        assert {n for n, standing in place.injects.items() if standing.status == "fired"} == set(fired)
        ids = [one.id for one in place.choices]
        assert len(ids) == len(set(ids))
        kept |= set(ids)
        counted = [one.decision for one in place.choices if not one.withdrawn and one.turn < place.turn]
        assert sorted(counted) == sorted(chosen for turn in place.turns for chosen in turn.chosen)
        assert [turn.day for turn in place.turns] == sorted({turn.day for turn in place.turns})
    assert kept == handed_in  # what was taken back is on a branch


@settings(max_examples=4)
@given(acts=st.lists(act, min_size=6, max_size=20))
def test_what_was_played_is_the_run_of_its_scenario(table: Table, acts: list[tuple[str, tuple[Any, ...]]]) -> None:
    """To the byte, whatever was decided twice, in vain, or over something else."""
    session = Session(table)
    for name, arguments in acts:
        done(session, name, arguments)
    played = session.begun.until(table.days).resume()
    run = sim.run(table.settings.path, overrides=overlay(session), twin=False)
    assert run.daily.equals(played.daily) and run.events.equals(played.events)


tick = st.tuples(
    st.sampled_from(["start", "pause", "resume", "extend", "jump", "turn", "reset"]),
    st.integers(0, 30), st.integers(1, 20),
)  # fmt: skip


@given(ticks=st.lists(tick, max_size=12), later=st.integers(0, 60))
def test_the_clock_counts_every_minute_once(ticks: list[tuple[Any, int, int]], later: int) -> None:
    """As counted minute by minute: a minute passes, or is paused, or was leapt over; a reset begins at nothing."""
    from tests.unit.test_exercise_clock import STORY, exercise

    made, now = [], 0
    state, ran, paused, leapt, more = "not started", 0, 0, 0, 0
    for do, wait, some in ticks:
        now += wait
        ran, paused = ran + wait * (state == "running"), paused + wait * (state == "paused")
        if Clock(exercise(), STORY, made).refusal(do):
            continue
        made.append(Tick(do, at(now), some if do in ("extend", "jump") else 0))
        if do == "reset":
            made.clear()
            state, ran, paused, leapt, more = "not started", 0, 0, 0, 0
        state = {"start": "running", "resume": "running", "pause": "paused"}.get(do, state)
        leapt, more = leapt + some * (do == "jump"), more + some * (do == "extend")
    ran, paused = ran + later * (state == "running"), paused + later * (state == "paused")
    reading = Clock(exercise(), STORY, made).read(at(now + later))
    minutes = [dt.timedelta(minutes=number) for number in (ran + leapt, paused, 90 + more - ran - leapt)]
    assert [reading.elapsed, reading.paused, reading.left] == minutes and reading.status == state
