"""What is lifted before its end, and what follows it: days by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

import sim

CASE = """
scenario: lifted
title: A ban, and what follows it
start: 2001-01-01
end: 2001-02-10
products: {kit: {unit: kit}}
suppliers: {maker: {country: IN, makes: {kit: {}}}}
facilities: {clinic: {country: KE}}
parties: {india: {kind: country, sites: IN}, kenya: {kind: country, sites: KE}}
lanes: [{from: maker, to: clinic, time: 1d}]
demand: [{at: clinic, product: kit, per_day: 10, distribution: deterministic}]
replenishment: [{at: clinic, policy: push, quantity: 10}]
"""
BAN = "{kind: export_ban, name: ban, country: IN, from: 2001-01-11, for: 20d%s}"
SLOW = "{disruption: {kind: lane_delay, lanes: [maker > clinic], extra: 1d%s}, lasts: 2d, happens: %s}"
AFTER = "{process: after, of: %s, delay: %s, counted_from: %s}"


def on(day: int) -> str:
    return f"when: {{trigger: 'on', date: 2001-01-{day + 1:02d}}}"


def lift(day: int, what: str = "ban") -> str:
    return f"  - {{decision: lift_ban, name: talks, by: india, ban: {what}, {on(day)}}}\n"


def run(folder: Path, decisions: str, disruptions: str = BAN % "", hazards: str = "", detail: str = "none") -> sim.Run:
    told = f"disruptions: [{disruptions}]\n" if disruptions else ""
    chance = f"hazards:\n{hazards}" if hazards else ""
    (file := folder / "case.yaml").write_text(CASE + told + chance + f"decisions:\n{decisions}")
    return sim.run(file, twin=False, detail=detail)


def spans(run: sim.Run) -> dict[str, tuple[float, float]]:
    return {impact.cause: (impact.start, impact.end) for impact in run.outcome.impacts if not impact.decided}


@pytest.mark.parametrize(
    ("counted", "day", "follows"),
    [
        # the ban is from day 10 to day 30; what follows 3 days after it lasts 2
        ("end", 15, (18, 20)),
        ("end", 30, (33, 35)),
        ("beginning", 15, (13, 15)),
        ("beginning", 12, (13, 15)),  # it has begun: what that leads to comes, lifted or not
        ("end", 5, None),  # it never comes
        ("beginning", 5, None),
    ],
)
def test_what_follows_a_ban_follows_its_earlier_end(
    counted: str, day: int, follows: tuple[float, float] | None, tmp_path: Path
) -> None:
    second = SLOW % ("", AFTER % ("'first'", "1d", "end"))
    hazards = f"  first: {SLOW % ('', AFTER % ('ban', '3d', counted))}\n  then: {second}\n"
    found = spans(run(tmp_path, lift(day), hazards=hazards))
    expected = {"ban": (10, day)} if day != 5 else {}
    if follows is not None:
        begins, ends = follows
        expected |= {"first #1": (begins, ends), "then #1": (ends + 1, ends + 3)}
    assert found == expected


def test_what_comes_sooner_is_heard_of_no_sooner_than_it_is_known_to(tmp_path: Path) -> None:
    """Told 10 days ahead, it would be heard of on day 23; the ban is lifted on day 15, and it comes on day 18."""
    told = SLOW % (", notice: 10d, known_by: announcement", AFTER % ("ban", "3d", "end"))
    done = run(tmp_path, lift(15), hazards=f"  late: {told}\n", detail="full")
    [late] = [impact for impact in done.outcome.impacts if impact.hazard]
    assert (late.announced, late.start) == (15, 18)
    lines = done.events[done.events["cause"] == "late #1"]
    assert list(zip(lines["event"], lines["day"], strict=True)) == [
        ("disruption_announced", 15), ("disruption_begins", 18), ("disruption_ends", 20),
    ]  # fmt: skip


def test_what_was_announced_and_is_lifted_before_it_begins_does_not_come(tmp_path: Path) -> None:
    """The ban is heard of on day 6; it is lifted on day 8, and every day's ten kits come."""
    done = run(tmp_path, lift(8), BAN % ", notice: 4d", detail="full")
    told = done.events[done.events["cause"] == "ban"]
    assert list(zip(told["event"], told["day"], strict=True)) == [("disruption_announced", 6)]
    received = done.daily[done.daily["site"] == "clinic"]["received"]
    assert received.iloc[1:].eq(10).all()


def test_of_a_hazard_what_goes_on_is_over_and_what_comes_later_is_not(tmp_path: Path) -> None:
    """It strikes on days 5, 20 and 35, for 10 days each: five of working, ten of not."""
    hazards = (
        "  bans: {disruption: {kind: export_ban, country: IN}, lasts: 10d, happens: {process: up_down, up: 5d}}\n"
        f"  late: {SLOW % ('', AFTER % ('bans', '1d', 'end'))}\n"
    )
    found = spans(run(tmp_path, lift(23, "bans"), "", hazards))
    assert found == {
        "bans #1": (5, 15), "bans #2": (20, 23), "bans #3": (35, 45),
        "late #1": (16, 18), "late #2": (24, 26),
    }  # fmt: skip


AGAIN = "  - {decision: ban_exports, name: ban, by: india, for: 10d, at_most: 2, when: %s%s}\n"
LOW = "{trigger: days_of_cover, below: 1d, of: any}"


def test_a_ban_that_was_decided_and_lifted_may_be_decided_again(tmp_path: Path) -> None:
    """By a date, on days 5 to 15; lifted on day 8; its date being past it is taken again, for ten days from day 9."""
    done = run(tmp_path, AGAIN % (on(5).removeprefix("when: "), "") + lift(8), "")
    taken = [(one.name, one.since, one.until) for one in done.outcome.decisions]
    assert taken == [("ban", 5, 8), ("talks", 8, 8), ("ban", 9, 19)]
    received = done.daily[done.daily["site"] == "clinic"]["received"].astype(int).tolist()
    # what is ordered in the evening leaves then, and is there the next day: nothing is sent on days 5 to 7, 9 to 18;
    # what waits leaves on days 8 and 19
    assert received[:22] == [*[10] * 6, 0, 0, 0, 40, *[0] * 10, 110, 10]


def test_a_decision_that_is_under_way_is_called_off(tmp_path: Path) -> None:
    done = run(tmp_path, AGAIN % (on(5).removeprefix("when: "), ", after: 6d") + lift(8), "", detail="full")
    told = done.events[done.events["cause"] == "ban"]
    assert list(zip(told["event"], told["day"], strict=True))[:2] == [("decision_due", 4), ("decision_given_up", 8)]


def test_levels_that_are_decided_and_lifted_at_one_midnight_never_hold(tmp_path: Path) -> None:
    levels = (
        "  - {decision: change_levels, name: more, by: kenya, to: [{at: clinic, policy: push, quantity: 30}], %s}\n"
    )
    done = run(tmp_path, levels % on(8) + lift(8, "more"), "")
    assert done.daily[done.daily["site"] == "clinic"]["ordered"].eq(10).all()
    assert [(one.name, one.since, one.until) for one in done.outcome.decisions] == [("more", 8, 8), ("talks", 8, 8)]
