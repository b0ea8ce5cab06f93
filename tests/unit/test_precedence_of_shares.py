"""Two decisions about the shares of orders: whose hold on which day, by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

import sim

CASE = """
scenario: two
title: A member, and the pool that it is in, with two makers
start: 2001-01-01
end: 2001-01-13
products: {kit: {unit: kit}, bag: {unit: bag}}
suppliers: {one: {makes: {kit: {}, bag: {}}}, two: {makes: {kit: {}, bag: {}}}}
facilities: {a: {country: KE}, b: {country: KE}}
parties:
  kenya: {kind: country, sites: [a, b]}
  pool: {kind: pool, members: [kenya]}
lanes: [{from: one, to: facilities, time: 1d}, {from: two, to: facilities, time: 1d}]
sourcing: [{at: facilities, from: {one: 100%, two: 0%}, keep_shares: true}]
demand:
  - {at: facilities, product: kit, per_day: 10, distribution: deterministic}
  - {at: facilities, product: bag, per_day: 10, distribution: deterministic}
replenishment: [{policy: push, at: facilities, quantity: 10}]
decisions:
"""


def shift(name: str, by: str, to: str, on: str, more: str = "") -> str:
    when = f"{{trigger: {on}}}" if on == "chosen" else f"{{trigger: 'on', date: 2001-01-{on}}}"
    return f"  - {{decision: shift_orders, name: {name}, by: {by}, at: a, to: {to}, when: {when}{more}}}\n"


def opened(name: str, by: str, share: str, on: str, more: str = "") -> str:
    source = shift(name, by, "two", on, more).replace("shift_orders", "open_source")
    return source.replace("to: two", f"source: two, share: {share}")


def of_two(run: sim.Run, product: str = "kit", site: str = "a") -> list[int]:
    """Units of ten that are ordered of the second maker on each day."""
    orders = run.events[(run.events["event"] == "order") & (run.events["other"] == "two")]
    mine = orders[(orders["site"] == site) & (orders["product"] == product)]
    units = dict(zip(mine["day"].astype(int), mine["units"].astype(int), strict=True))
    return [units.get(day, 0) for day in range(12)]


FIRST = ", takes_precedence: true"
HALF = "{one: 50%, two: 50%}"
TABLE: dict[str, tuple[str, list[int]]] = {
    # days          0  1   2   3   4   5   6   7   8   9  10 11
    "more, for a time, over less": (
        shift("x", "kenya", HALF, "03", ", for: 8d") + shift("y", "pool", "two", "06", ", for: 3d" + FIRST),
        [0, 0, 5, 5, 5, 10, 10, 10, 5, 5, 0, 0],
    ),
    "less, for a time, over more": (
        shift("x", "kenya", "two", "03", ", for: 8d") + shift("y", "pool", HALF, "06", ", for: 3d" + FIRST),
        [0, 0, 10, 10, 10, 5, 5, 5, 10, 10, 0, 0],
    ),
    "the first holds over what comes later": (
        shift("x", "kenya", "two", "03", ", for: 8d" + FIRST) + shift("y", "pool", "one", "06", ", for: 6d"),
        [0, 0, 10, 10, 10, 10, 10, 10, 10, 10, 0, 0],
    ),
    "a source is opened, from its approval on, over a shift": (
        shift("x", "kenya", "two", "03", ", for: 8d")
        + opened("y", "pool", "20%", "05", ", approval: 1d, for: 4d" + FIRST),
        [0, 0, 10, 10, 10, 2, 2, 2, 10, 10, 0, 0],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", TABLE)
def test_shares_of_the_one_that_takes_precedence_hold_while_both_are_in_force(name: str, tmp_path: Path) -> None:
    decisions, expected = TABLE[name]
    (file := tmp_path / "case.yaml").write_text(CASE + decisions)
    run = sim.run(file, twin=False)
    assert of_two(run) == expected
    assert of_two(run, site="b") == [0] * 12


def test_at_the_table_the_last_choice_counts_product_by_product(tmp_path: Path) -> None:
    """All of a's orders go to the second maker from day 2 on; from day 5 to day 8 half of those of kits, and then
    what was chosen before is over for kits, and goes on for bags: it has been in force for six days on the evening
    of day 8, for whoever waits for that."""
    first, kits = shift("x", "kenya", "two", "chosen"), ", products: [kit], for: 4d"
    waits = (
        "  - {decision: change_levels, name: z, by: kenya, to: [{policy: push, at: b, quantity: 10}], "
        "when: {trigger: after_decision, decision: x, for_at_least: 6d}}\n"
    )
    (file := tmp_path / "case.yaml").write_text(CASE + first + shift("y", "kenya", HALF, "chosen", kits) + waits)
    begun = sim.begin(file).until("2001-01-03").choose("x").until("2001-01-06").choose("y")
    run = begun.resume()
    assert of_two(run) == [0, 0, 10, 10, 10, 5, 5, 5, 5, 0, 0, 0]
    assert of_two(run, "bag") == [0, 0] + [10] * 10
    taken = [(one.name, one.product, one.since, one.until) for one in run.outcome.decisions]
    for_good = float("inf")
    assert taken == [("x", "bag", 2, for_good), ("x", "kit", 2, 5), ("y", "kit", 5, 9), ("z", "", 9, for_good)]


def test_of_two_chosen_for_one_day_the_last_choice_counts_and_the_journal_tells(tmp_path: Path) -> None:
    """The first would come later or at once: it is given up; one that comes sooner holds until the other does."""
    late, soon = ", products: [kit], after: 2d", ", products: [kit]"
    (file := tmp_path / "case.yaml").write_text(
        CASE + shift("x", "kenya", HALF, "chosen", late) + shift("y", "kenya", "two", "chosen", soon)
    )
    today = sim.begin(file).until("2001-01-03")
    given_up = today.fork().choose("x").choose("y").resume()
    assert of_two(given_up) == [0, 0] + [10] * 10
    told = given_up.events[given_up.events["event"] == "decision_given_up"]
    assert list(zip(told["day"], told["cause"], strict=True)) == [(2, "x")]
    both = today.fork().choose("y").choose("x").resume()
    assert of_two(both) == [0, 0, 10, 10] + [5] * 8


@pytest.mark.parametrize(("first", "last", "units"), [("x", "y", 10), ("y", "x", 5)])
def test_of_two_chosen_on_one_morning_the_last_choice_counts(first: str, last: str, units: int, tmp_path: Path) -> None:
    kits = ", products: [kit]"
    (file := tmp_path / "case.yaml").write_text(
        CASE + shift("x", "kenya", HALF, "chosen", kits) + shift("y", "kenya", "two", "chosen", kits)
    )
    run = sim.begin(file).until("2001-01-03").choose(first).choose(last).resume()
    assert of_two(run) == [0, 0] + [units] * 10
    assert [one.name for one in run.outcome.decisions] == [last]


def test_what_is_chosen_holds_over_what_a_condition_decides(tmp_path: Path) -> None:
    """x would come by its date on day 5; what was chosen on day 2, until day 7, sets the same: x comes once that is
    over, its date being past. Chosen later it ends x."""
    (file := tmp_path / "case.yaml").write_text(
        CASE + shift("x", "kenya", HALF, "06", ", products: [kit]")
        + shift("y", "kenya", "two", "chosen", ", products: [kit], for: 5d")
    )  # fmt: skip
    today = sim.begin(file).until("2001-01-03")
    assert of_two(today.fork().resume()) == [0] * 5 + [5] * 7
    assert of_two(today.fork().choose("y").resume()) == [0, 0] + [10] * 5 + [5] * 5
    assert of_two(today.until("2001-01-08").choose("y").resume()) == [0] * 5 + [5] * 2 + [10] * 5


def test_a_decision_is_in_force_since_the_first_product_that_it_was_taken_for(tmp_path: Path) -> None:
    """For both from day 2 on; for kits it is over on day 5, and chosen again on day 9, while it holds for bags: for
    eight days on the evening of day 10."""
    waits = (
        "  - {decision: change_levels, name: z, by: kenya, to: [{policy: push, at: b, quantity: 10}], "
        "when: {trigger: after_decision, decision: x, for_at_least: 8d}}\n"
    )
    twice, kits = ", for: 9d, at_most: 2", ", products: [kit], for: 4d"
    (file := tmp_path / "case.yaml").write_text(
        CASE + shift("x", "kenya", "two", "chosen", twice) + shift("y", "kenya", HALF, "chosen", kits) + waits
    )
    begun = sim.begin(file).until("2001-01-03").choose("x").until("2001-01-06").choose("y")
    run = begun.until("2001-01-10").choose("x").resume()
    assert [(one.name, one.product, one.since) for one in run.outcome.decisions] == [
        ("x", "bag", 2), ("x", "kit", 2), ("y", "kit", 5), ("x", "kit", 9), ("z", "", 11),
    ]  # fmt: skip
